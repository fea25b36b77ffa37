"""Story: an adviser hands over a statement, a manager audits and measures, an analyst compares."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests import kit
from tests.kit.firm import TODAY

pytestmark = pytest.mark.browser


@pytest.fixture
def held(server, unique):
    """A client of Alice with two funds, and a year of weekly prices."""
    alice = server.firm.alice
    client = kit.person(alice, f"Relevé{unique}", "Anne", file_code=f"REL-{unique}",
                        email=f"{unique}@exemple.fr")  # fmt: skip
    funds = [kit.instrument(alice, f"{name} {unique}") for name in ("Garrigue", "Calanque")]
    for rank, fund in enumerate(funds):
        for weeks in range(54):
            kit.price(alice, fund, TODAY - timedelta(weeks=weeks), f"{200 - weeks * (rank + 1)}")
    provider = kit.provider(alice, f"r-{unique}", f"Relais {unique}")
    account = kit.account(alice, provider, [client], adviser=server.firm.user_ids["alice"])
    lines = [
        {"instrument_id": fund, "quantity": "3", "value": "600", "label": f"Ligne {rank}"}
        for rank, fund in enumerate(funds)
    ]
    kit.situation(alice, account, TODAY, lines)
    return funds


def test_an_adviser_hands_over_a_statement_that_stays_in_the_file(somebody, held, unique):
    """S-052, S-053: chosen, looked at, filed, found again among the documents of the client."""
    somebody.comes_in("alice", at=f"/etats-de-compte?contact=REL-{unique}")
    somebody.sees("Aperçu", "Aucun état de compte établi pour ce dossier.")
    somebody.presses("Établir et classer")
    somebody.sees("État de compte établi et classé")
    expect(somebody.row("24/11/2026")).to_contain_text("Rendez-vous annuel")
    somebody.opens(f"/dossier-documents?contact=REL-{unique}")
    expect(somebody.row("État de compte au 24/11/2026")).to_be_visible()


def test_an_adviser_sends_a_statement_to_a_client_who_accepts_it(somebody, held, unique):
    """S-054: the client's agreement is noted first; the message waits until the firm has a server."""
    somebody.comes_in("alice", at=f"/etats-de-compte?contact=REL-{unique}")
    somebody.presses("Établir et classer")
    somebody.sees("État de compte établi et classé")
    somebody.on_row("24/11/2026", "Envoyer")
    with somebody.window("Envoyer l'état de compte"):
        somebody.sees("n'a pas encore accepté")
        somebody.presses("Noter son accord")
        somebody.sees("Vous trouverez ci-joint votre état de compte")
        somebody.presses("Envoyer")
    somebody.goes_to("Messagerie")
    expect(somebody.row(f"{unique}@exemple.fr")).to_contain_text("À envoyer")


def test_a_manager_reads_the_audit_and_the_same_total_as_the_synthesis(somebody, held, unique):
    """S-061: key figures first, then what to look at, each with its evidence."""
    somebody.comes_in("manager", at=f"/audit?contact=REL-{unique}")
    somebody.sees("1 200,00 €", "Poids d'un même support")
    somebody.opens(f"/portefeuille-synthese?contact=REL-{unique}")
    somebody.sees("1 200,00 €")


def test_an_analyst_compares_two_funds_from_an_address(somebody, held, unique):
    """S-085: the comparison is in the address; its table names both, its period is said."""
    somebody.comes_in("analyste", at="/comparateur?supports=" + quote(",".join(map(str, held))))
    somebody.sees("Base 100")
    words = somebody.reads()
    assert f"Garrigue {unique}" in words
    assert f"Calanque {unique}" in words
    assert f"Relevé{unique}" not in words
