"""Story 3: an adviser leaves in one tab; the other closes too, and comes back where it was."""

import pytest
from playwright.sync_api import expect

from tests import kit
from tests.kit.server import PASSWORD
from tests.scenarios.somebody import Somebody

pytestmark = pytest.mark.browser


def test_leaving_in_one_tab_closes_the_other_which_comes_back_to_its_page(somebody, server, unique):
    """S-001, S-011, S-012, S-013, S-014, S-015, S-099."""
    code = f"DEP-{unique}"
    kit.person(server.firm.alice, "Delorme", "Inès", file_code=code)
    address = f"/dossier-general?contact={code}"

    # The address of a file, kept in a note: the sign-in first, then that very file.
    somebody.comes_in("alice", at=address)
    assert somebody.page.url == server.url + address
    somebody.sees("Delorme Inès", f"Dossier {code}")
    expect(somebody.page.locator("nav[aria-label=Modules] a[aria-current]")).to_have_text(
        "Contacts"
    )

    # In a second tab, they leave.
    other = Somebody(somebody.page.context.new_page(), server)
    other.opens("/contacts")
    other.goes_to("Outils")
    other.sees("Supports suivis")
    other.page.get_by_label("Votre menu").click()
    other.page.get_by_role("button", name="Se déconnecter").click()
    expect(other.page.get_by_role("heading", name="Connexion")).to_be_visible()

    # The first tab gives nothing more at its next click, nor by going back.
    somebody.page.get_by_role("button", name="Voir la synthèse").click()
    expect(somebody.page.get_by_role("heading", name="Connexion")).to_be_visible()
    came_from = somebody.page.url
    somebody.page.go_back()
    expect(somebody.page.get_by_role("heading", name="Connexion")).to_be_visible()
    assert "Delorme" not in somebody.page.content()

    # They come back, to the page they were on.
    somebody.page.goto(came_from)
    somebody.page.get_by_label("Identifiant").fill("alice")
    somebody.page.get_by_label("Mot de passe").fill(PASSWORD)
    somebody.page.get_by_role("button", name="Se connecter").click()
    somebody.sees("Delorme Inès")
    assert code in somebody.page.url
