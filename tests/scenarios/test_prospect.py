"""Story 2: an adviser meets a prospect, types what they hold elsewhere, and shows it consolidated."""

import pytest
from playwright.sync_api import expect

from o2s_core.kernel.identifiers import isin_with_check_digit
from tests import kit

pytestmark = pytest.mark.browser

WORLD = isin_with_check_digit("XF00000WLD1")
EUROPE = isin_with_check_digit("XF00000EUR2")
#: What somebody copies from the web site of an insurer.
STATEMENT = (
    "Code ISIN\tSupport\tQuantité\tVL\tValorisation\n"
    f"{WORLD}\tMonde Indiciel\t10\t28,50\t285,00\n"
    f"{EUROPE}\tEurope Valeur\t4,5\t100,00\t450,00\n"
    "\tFonds en euros\t\t\t1 000,00"
)


def test_a_prospect_is_created_and_what_they_hold_elsewhere_is_typed_pasted_and_shown(
    somebody, server, unique
):
    """S-001, S-004, S-005, S-049, S-060, S-099, S-117, S-118, S-119, S-120, S-121."""
    alice = server.firm.alice
    name = f"Garance{unique}"
    kit.provider(alice, f"ailleurs-{unique}", f"Assureur {unique}")

    # From wherever they are: the menu of everyday actions.
    somebody.comes_in("alice")
    somebody.goes_to("Outils")
    somebody.asks("Menu d'actions courantes", "Ajouter un contact")
    with somebody.window("Nouveau contact") as window:
        somebody.fills("E-mail", "garance@")
        somebody.presses("Créer le contact")
        # One message says everything that is missing or wrong; nothing typed is lost.
        somebody.sees("Veuillez renseigner : Nom, Prénom.", "E-mail : adresse e-mail invalide")
        expect(somebody.value_of("E-mail")).to_have_value("garance@")
        somebody.fills("E-mail", "garance@exemple.fr")
        somebody.fills("Nom *", name)
        somebody.fills("Prénom *", "Lou")
        somebody.presses("Créer le contact")
        expect(window).to_be_hidden()
    somebody.sees(f"{name} Lou", "Prospect")
    code = somebody.page.url.rsplit("=", 1)[1]

    # A first contract held elsewhere, whose situation is typed.
    somebody.presses("Voir les comptes")
    somebody.presses("Ajouter un compte")
    with somebody.window("Ajouter un compte") as window:
        somebody.presses("Créer le compte")
        somebody.sees(
            "Veuillez renseigner : Intitulé, Numéro, Enveloppe, Fournisseur, Date d'ouverture."
        )
        somebody.fills("Intitulé *", "Vie d'ailleurs")
        somebody.fills("Numéro *", f"V-{unique}")
        somebody.picks("Enveloppe *", "Assurance-vie")
        somebody.picks("Fournisseur *", f"Assureur {unique}")
        somebody.dates("Date d'ouverture *", "01/02/2020")
        somebody.presses("Créer le compte")
        expect(window).to_be_hidden()
    somebody.on_row("Vie d'ailleurs", "Saisir une situation")
    somebody.sees("Vie d'ailleurs", "Déclaratif")
    somebody.fills("Espèces (EUR)", "1 250,40")
    somebody.sees("1 250,40 EUR")
    somebody.presses("Enregistrer la situation")
    somebody.sees("Saisi à la main", "1 250,40 €")

    # The next one is pasted, as copied from the insurer's site.
    somebody.presses("Saisir une situation")
    somebody.presses("Coller un relevé")
    somebody.page.get_by_label("Texte collé").fill(STATEMENT)
    somebody.page.get_by_label("Texte collé").press("Control+Enter")
    somebody.presses("Lire ces lignes")
    somebody.page.keyboard.press("Escape")
    somebody.sees("1 735,00 EUR", "3 lignes")
    somebody.presses("Enregistrer la situation")
    somebody.sees("1 735,00 €")

    # The synthesis says what it is made of, and each chart has its table.
    somebody.opens(f"/portefeuille-synthese?contact={code}")
    somebody.sees("Données déclaratives", "Monde Indiciel", "Europe Valeur", "Fonds en euros")
    shown = somebody.reads()
    assert "1 735,00 €" in shown
    assert "1 250,40" not in shown
    for axis, part in (
        ("Enveloppe", "Assurance-vie"),
        ("Partenaire", f"Assureur {unique}"),
        ("Devise", "EUR"),
        ("Classe d'actifs", "Fonds en euros"),
    ):
        somebody.chooses_view(axis)
        expect(somebody.page.get_by_role("cell", name=part, exact=True).last).to_be_visible()
        expect(somebody.page.locator(".js-plotly-plot").first).to_be_visible()
    somebody.on_row("Monde Indiciel", "Origine du chiffre")
    with somebody.window("Origine du chiffre"):
        somebody.sees("Situation saisie au cabinet (déclaratif)", "10 × 28,5000 EUR")
