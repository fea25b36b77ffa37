"""Services > Documents en série: the drop, what was found, what lacks."""

from o2s_core import portfolio
from o2s_core.portfolio import FilingForm
from tests import kit
from tests.kit import pages, windows
from tests.portfolio.filing.test_batches import read

PAGE = "pages/portfolio/filing.py"


def test_the_page_shows_the_drop_and_the_contracts_without_paper(firm):
    anne = kit.person(firm.alice, "Martin", "Anne")
    kit.account(firm.alice, kit.provider(firm.alice), [anne], number="71234567")
    at = pages.open_page(firm, "alice", PAGE)
    assert not at.exception
    assert "71234567" in pages.shown(at)
    files = [("71234567.txt", b"x"), ("perdu.txt", b"y")]
    portfolio.drop_papers(firm.alice, FilingForm("IFU", "tax", 2025), files)
    read(firm)
    at = pages.open_page(firm, "alice", PAGE)
    assert not at.exception
    assert [row[:2] for row in pages.table(at, 1)] == [
        ["perdu.txt", "À classer"],
        ["71234567.txt", "Contrat trouvé"],
    ]
    at = windows.press(at, "Ranger 1\xa0document")
    assert not at.exception
    assert pages.table(at, 1)[1][1] == "Rangé"
    assert "Aucun : chaque contrat" in pages.shown(at)


def test_the_window_of_a_drop_says_what_is_missing(firm):
    at = windows.open_window(firm, "alice", "o2s_core.ui.filing_view.drop")
    at = windows.press(at, "Déposer")
    assert "de 1 à 2000" in "".join(e.value for e in at.error)
