"""Story 6: a manager looks at the whole firm, at a family together, and at what has just come in."""

import pytest
from playwright.sync_api import expect

from o2s_core import aggregation
from tests import kit
from tests.kit import documents as doc
from tests.kit.firm import TODAY

pytestmark = pytest.mark.browser


@pytest.fixture
def family(server, unique):
    """A couple of two advisers: hers, his, and a contract of both; a company beside the household."""
    alice, bruno, firm = server.firm.alice, server.firm.bruno, server.firm.operator
    anne = kit.person(alice, f"Roche{unique}", "Anne", file_code=f"ANN-{unique}")
    luc = kit.person(bruno, f"Roche{unique}", "Luc", file_code=f"LUC-{unique}")
    sci = kit.company(alice, f"SCI {unique}", file_code=f"SCI-{unique}")
    kit.household(alice, anne, luc, name=f"Foyer Roche{unique}", file_code=f"FOY-{unique}")
    kit.group(alice, anne, luc, sci, name=f"Famille {unique}")
    cash = kit.instrument(firm, "Liquidités", isin=None, kind="cash", asset_class="cash")
    insurer = kit.provider(firm, f"m-{unique}", f"Maison {unique}")
    for holders, label, value in (
        ([anne], "Vie d'Anne", "1000"),
        ([luc], "Vie de Luc", "2000"),
        ([anne, luc], "Compte joint", "600"),
        ([sci], "Placement de la SCI", "5000"),
    ):
        account = kit.account(alice, insurer, holders, label=f"{label} {unique}")
        line = {"instrument_id": cash, "value": value, "label": "Liquidités", "currency": "EUR"}
        kit.situation(alice, account, TODAY, [line])


def test_a_manager_sees_the_firm_a_family_together_and_what_came_in(
    somebody, server, unique, family
):
    """S-005, S-012, S-021, S-022, S-036, S-060, S-102, S-116, S-117."""
    # The clients of every adviser, and of each.
    somebody.comes_in("manager", at="/contacts")
    somebody.looks_for(f"Roche{unique}")
    somebody.sees(f"ANN-{unique}", f"LUC-{unique}", "Alice", "Bruno")

    # The family: the joint account once, each person their share.
    somebody.opens(f"/portefeuille-synthese?contact=FOY-{unique}")
    somebody.sees("3 600,00 €", f"Compte joint {unique}")
    somebody.chooses_view(f"Roche{unique} Anne")
    somebody.sees("1 300,00 €", "300,00 €")
    somebody.opens("/groupes")
    somebody.follows(f"Famille {unique}")
    somebody.presses("Voir la synthèse")
    somebody.sees("8 600,00 €")

    # Something new for them: the bell says it, and is read once it has been opened.
    partner = (f"m-{unique}", f"Maison {unique}")
    holders = [{"last_name": f"Noble{unique}", "first_name": "Éva"}]
    came = doc.holding(f"NEW{unique}", [doc.cash("7531.42")], as_of="2026-11-23", holders=holders)
    aggregation.receive(server.firm.operator, doc.document(came, partner=partner), f"{unique}.json")
    somebody.opens("/accueil")
    somebody.clicks_on(somebody.page.get_by_label("Alertes techniques").first)
    somebody.sees("à rattacher")

    # A client whom the firm did not know is made from the delivered account (Accueil's panel).
    somebody.page.keyboard.press("Escape")
    somebody.sees("Nouveaux clients et portefeuilles à importer", f"{unique}.json")
    somebody.presses("Comptes à rattacher")
    somebody.on_row(f"NEW{unique}", "Rattacher")
    with somebody.window("Rattacher un compte") as window:
        somebody.chooses_view("Nouveau contact")
        expect(somebody.value_of("Nom *")).to_have_value(f"Noble{unique}")
        expect(somebody.value_of("Prénom *")).to_have_value("Éva")
        somebody.picks("Conseiller *", "Bruno")
        somebody.presses("Créer et rattacher")
        expect(window).to_be_hidden()
    somebody.sees("Validée")
    somebody.goes_to("Contacts")
    somebody.looks_for(f"Noble{unique}")
    somebody.follows(f"Noble{unique}")
    somebody.sees("7 531,42 €", "Bruno")
