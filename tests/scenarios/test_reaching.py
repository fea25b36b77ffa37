"""Story 11: the telephone rings; whoever it is, their file is open before they have said why."""

import pytest
from playwright.sync_api import expect

from o2s_core.kernel.identifiers import isin_with_check_digit
from tests import kit
from tests.kit.server import idle

pytestmark = pytest.mark.browser


def test_from_any_page_a_few_keys_open_a_file_an_account_or_a_support(somebody, server, unique):
    """S-095, S-096, S-097, S-099, S-104, S-105, S-106, S-107, S-108, S-109, S-110."""
    alice, page = server.firm.alice, somebody.page
    who = kit.person(
        alice, f"Appel{unique}", "Jeanne", file_code=f"T{unique}".upper(), phone="+33655443322"
    )
    held = kit.account(alice, kit.provider(alice, f"q{unique}"), [who], number=f"AV{unique}99")
    isin = isin_with_check_digit(f"XF{unique[:9].upper():0>9}")
    fund = kit.instrument(alice, f"Fonds {unique}", isin=isin)
    box, found = page.get_by_label("Recherche rapide"), page.get_by_label("Résultats")

    # Away from the contacts; one key, no mouse: the telephone as it is displayed.
    somebody.comes_in("alice", at="/outils")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("06.55.44.33.22")
    expect(found.get_by_role("option")).to_contain_text([f"Appel{unique} Jeanne"])
    page.keyboard.press("Enter")
    with page.expect_request("**/files/opened"):
        page.wait_for_url(f"**/dossier-general?contact=T{unique.upper()}")
    idle(page)
    expect(box).to_have_value("")

    # Enter does not wait for the answer: it opens what was typed to the end.
    page.keyboard.press("Control+k")
    page.keyboard.type(f"av {unique} 99")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/compte?compte={held}")
    idle(page)

    # A support, its ISIN pasted with spaces, from the menu of everyday actions.
    page.keyboard.press("Control+k")
    page.keyboard.insert_text(f"{isin[:4]} {isin[4:8]} {isin[8:]}")
    expect(found.get_by_role("option")).to_contain_text([f"Fonds {unique}"])
    found.get_by_role("option").click()
    page.wait_for_url(f"**/support?support={fund}")
    idle(page)

    # The menu: hovering opens it, "Rechercher un compte" keeps to accounts.
    page.locator("details[data-menu=quick]").hover()
    expect(page.get_by_role("link", name=f"Appel{unique} Jeanne")).to_be_visible()
    page.get_by_role("link", name="Rechercher un compte").click()
    expect(box).to_be_focused()
    page.keyboard.type(unique)
    expect(found.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()


def test_the_menu_adds_an_account_from_anywhere(somebody):
    """S-096: without a file open, the holder is asked."""
    somebody.comes_in("alice", at="/outils")
    somebody.asks("Menu d'actions courantes", "Ajouter un compte")
    with somebody.window("Ajouter un compte"):
        somebody.sees("Titulaires")
