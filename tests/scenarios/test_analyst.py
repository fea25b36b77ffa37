"""Story 7: an analyst keeps the supports and their prices, and never meets a client's name."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests import kit
from tests.kit.firm import TODAY

pytestmark = pytest.mark.browser


def test_an_analyst_follows_supports_and_sees_no_client(somebody, server, unique):
    """S-011, S-012, S-014, S-016, S-116, S-117, S-118, S-119."""
    alice = server.firm.alice
    hidden = f"Secret{unique}"
    owner = kit.person(alice, hidden, "Client", file_code=f"SEC-{unique}")
    fund = kit.instrument(alice, f"Vergers {unique}", manager="Vergers Gestion")
    for weeks in range(30):
        kit.price(alice, fund, TODAY - timedelta(weeks=weeks), f"{130 - weeks}")
    account = kit.account(alice, kit.provider(alice, f"v-{unique}", f"Vignes {unique}"), [owner])
    line = {"instrument_id": fund, "quantity": "3", "value": "390", "label": f"Vergers {unique}"}
    kit.situation(alice, account, TODAY, [line])

    # Accueil and Outils, and no other module.
    somebody.comes_in("analyste")
    bar = somebody.page.locator("nav[aria-label=Modules]")
    expect(bar.get_by_role("link")).to_have_count(2)
    somebody.sees("Supports à traiter")
    assert hidden not in somebody.reads()

    # A support: what it is, what it was worth, with the figures behind the curve.
    somebody.goes_to("Outils")
    expect(bar.locator("a[aria-current]")).to_have_text("Outils")
    assert hidden not in somebody.reads()
    somebody.turns_to("Supports")
    somebody.page.get_by_role("textbox", name="Rechercher").fill(unique)
    somebody.page.keyboard.press("Enter")
    somebody.follows(f"Vergers {unique}")
    somebody.sees("Vergers Gestion", "130,0000 EUR", "au 24/11/2026")
    expect(somebody.page.locator(".js-plotly-plot").first).to_be_visible()
    somebody.presses("Voir les données")
    somebody.sees("17/11/2026")
    assert hidden not in somebody.reads()
    assert f"SEC-{unique}" not in somebody.reads()

    # They type a price, in a window of its own.
    somebody.presses("Saisir un cours")
    with somebody.window("Saisir un cours") as window:
        somebody.fills("Cours *", "131,25")
        somebody.presses("Enregistrer")
        expect(window).to_be_hidden()
    somebody.sees("131,2500 EUR")

    # The distributors, without what the clients hold there.
    somebody.goes_to("Outils")
    somebody.turns_to("Distributeurs")
    somebody.page.get_by_role("textbox", name="Rechercher").fill(f"v-{unique}")
    somebody.page.keyboard.press("Enter")
    somebody.sees(f"Vignes {unique}")
    assert hidden not in somebody.reads()

    # Every other door says which right it asks for, and whom to ask.
    for address in (
        "/contacts",
        f"/dossier-general?contact=SEC-{unique}",
        f"/portefeuille-synthese?contact=SEC-{unique}",
        f"/compte?compte={account}",
        "/agregation",
        "/comptes-a-rattacher",
        "/utilisateurs",
        "/journal",
    ):
        somebody.opens(address)
        somebody.sees("Votre profil ne donne pas le droit", "Demandez-le à l'administrateur")
        assert hidden not in somebody.reads(), address
