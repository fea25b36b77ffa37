"""In a real browser: a partner's file is put in, its account attached, its client's holdings seen."""

from datetime import date

import pytest

from o2s_core.aggregation import receiving  # noqa: F401 - its records belong to the store
from tests import kit
from tests.kit import documents as doc
from tests.kit import server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = server.firm_with_passwords(tmp_path_factory.mktemp("aggregation") / "home")
    kit.person(made.alice, "Martin", "Anne", file_code="C00001", birth_date=date(1970, 5, 1))
    with server.running(made) as running:
        yield running


@pytest.fixture
def file(tmp_path):
    holder = {
        "holders": [{"last_name": "MARTIN", "first_name": "Anne", "birth_date": "1970-05-01"}]
    }
    account = doc.holding("AV 900", [doc.line(), doc.cash("234.56")], total="1234.56") | holder
    path = tmp_path / "releve_octobre.json"
    path.write_bytes(doc.document(account))
    return path


def test_from_a_file_to_the_holdings_of_a_client(served, page, file):
    """S-002, S-005, S-021, S-022."""
    served.login(page, "alice", at="/agregation")
    page.get_by_role("button", name="Déposer un fichier").click()
    page.locator('input[type="file"]').set_input_files(str(file))
    page.get_by_text("releve_octobre.json").first.wait_for()
    server.idle(page)
    page.get_by_role("dialog").get_by_role("button", name="Vérifier sans enregistrer").click()
    page.get_by_text("simulation : en quarantaine").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Déposer", exact=True).click()
    page.wait_for_url("**/livraison?livraison=*")
    page.get_by_text("1 à rattacher").first.wait_for()
    page.get_by_title("Rattacher").first.click()
    page.get_by_text("même date de naissance").first.wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Rattacher", exact=True).first.click()
    page.get_by_text("Validée", exact=True).first.wait_for()
    server.idle(page)
    page.goto(f"{served.url}/portefeuille-synthese?contact=C00001")
    page.get_by_text("1\u202f234,56\u00a0€").first.wait_for()
