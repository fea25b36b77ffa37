"""Type a prospect's situation, see the Synthèse, open the origin of a figure: in a real browser."""

import pytest

from o2s_core.kernel.identifiers import isin_with_check_digit
from tests import kit
from tests.kit.server import idle

pytestmark = pytest.mark.browser

ISIN = isin_with_check_digit("XF000000321")
PASTED = f"Code ISIN\tSupport\tQuantité\tVL\tValorisation\n{ISIN}\tMonde Indiciel\t10\t28,50\t285,00\n\tFonds en euros\t\t\t1 000,00"


def test_a_prospects_situation_is_pasted_and_shown(page, server):
    """S-005, S-060."""
    alice = server.firm.alice
    paul = kit.person(alice, "Essai", "Paul", stage="prospect", file_code="PASTE-1")
    account = kit.account(
        alice, kit.provider(alice, "collage", "Assureur collé"), [paul], label="Vie ailleurs"
    )
    server.login(page, "alice", at=f"/situation?compte={account}")
    page.get_by_role("button", name="Coller un relevé").click()
    page.get_by_label("Texte collé").fill(PASTED)
    page.get_by_label("Texte collé").press("Control+Enter")
    idle(page)
    page.get_by_role("button", name="Lire ces lignes").click()
    idle(page)
    page.keyboard.press("Escape")
    page.get_by_text("1 285,00").first.wait_for()
    page.get_by_role("button", name="Enregistrer la situation").click()
    page.get_by_role("button", name="Saisir une situation").wait_for()
    idle(page)

    page.goto(f"{server.url}/portefeuille-synthese?contact=PASTE-1")
    page.get_by_text("Monde Indiciel").first.wait_for()
    idle(page)
    shown = page.locator("[data-testid=stApp]").inner_text()
    assert "1\u202f285,00\u00a0€" in shown
    page.get_by_text("Données déclaratives").first.wait_for()
    page.get_by_role("button", name="Origine du chiffre").first.click()
    page.get_by_text("Situation saisie au cabinet (déclaratif)").wait_for()
