"""Contacts › Portefeuille: each page opens, shows the figure of the core, and says why it cannot."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import contacts, portfolio
from o2s_core.kernel import french
from tests import kit
from tests.kit import pages, windows

MAY = date(2026, 5, 31)
SYNTHESIS = "pages/portfolio/synthesis.py"
ACCOUNTS = "pages/portfolio/accounts.py"
ACCOUNT = "pages/portfolio/account.py"
MOVEMENTS = "pages/portfolio/movements.py"
SITUATION = "pages/portfolio/situation.py"


@pytest.fixture
def vie(firm):
    """A joint contract of a household, with a movement after its situation."""
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    marc = kit.person(ctx, "Martin", "Marc", file_code="MARC")
    kit.household(ctx, anne, marc, file_code="FOYER")
    fund = kit.instrument(ctx, "Monde Indiciel")
    secret = kit.instrument(ctx, "Sans cours")
    account = kit.account(ctx, kit.provider(ctx), [anne, marc], label="Horizon Vie", number="77-41")
    kit.situation(ctx, account, MAY, [
        {"instrument_id": fund, "quantity": "10", "price": "100", "value": "1000", "unit_cost": "80"},
        {"instrument_id": secret, "quantity": "3"},
    ])  # fmt: skip
    kit.movement(ctx, account, date(2026, 6, 5), "fee", net="-12.50", label="Frais de gestion")
    kit.price(ctx, fund, date(2026, 11, 20), "123.45")
    return account


def test_the_synthesis_shows_the_figure_of_the_core(firm, vie):
    """S-005, S-060."""
    at = pages.open_page(firm, "alice", SYNTHESIS, contact="ANNE")
    assert not at.exception
    held = portfolio.holdings(firm.alice, contacts.scope(firm.alice, "contact", "ANNE"))
    assert held.total_eur == Decimal("617.25")
    shown = pages.shown(at)
    assert french.eur(held.total_eur) in shown
    assert french.eur(held.situation_total_eur) in shown
    assert "Valeur au 24/11/2026" in shown
    assert "au 31/05/2026" in shown
    group, line = pages.table(at)
    assert group[0] == "Horizon Vie"
    assert line[0] == "Monde Indiciel"
    assert french.eur(held.total_eur) in line
    assert at.get("plotly_chart")


def test_the_scope_changes_the_figure_and_the_address(firm, vie):
    at = pages.open_page(firm, "alice", SYNTHESIS, contact="ANNE", perimetre="foyer-FOYER")
    assert french.eur(Decimal("1234.50")) in pages.shown(at)
    code = contacts.contact(firm.alice, "ANNE").id
    at.segmented_control(key=f"scope_c{code}").set_value("dossier").run()
    assert french.eur(Decimal("617.25")) in pages.shown(at)
    assert at.query_params["perimetre"] == "dossier"


def test_what_is_left_out_is_named_with_its_reason(firm, vie):
    at = pages.open_page(firm, "alice", SYNTHESIS, contact="ANNE")
    shown = pages.shown(at)
    assert "Sans cours" in shown
    assert "aucun cours connu" in shown


def test_a_file_without_account_says_what_to_do(firm):
    kit.person(firm.alice, file_code="VIDE")
    at = pages.open_page(firm, "alice", SYNTHESIS, contact="VIDE")
    assert "Aucun avoir connu" in pages.shown(at)


def test_without_file_the_page_says_where_to_choose_one(firm):
    assert "choisissez-en un dans Contacts" in pages.shown(
        pages.open_page(firm, "alice", SYNTHESIS)
    )


@pytest.mark.parametrize("page", [SYNTHESIS, ACCOUNTS, MOVEMENTS])
def test_somebody_elses_file_reads_as_none(firm, vie, page):
    shown = pages.shown(pages.open_page(firm, "bruno", page, contact="ANNE"))
    assert "introuvable" in shown
    assert "Horizon Vie" not in shown


@pytest.mark.parametrize("page", [ACCOUNT, SITUATION])
def test_somebody_elses_account_reads_as_none(firm, vie, page):
    shown = pages.shown(pages.open_page(firm, "bruno", page, compte=vie))
    assert "introuvable" in shown
    assert "Horizon Vie" not in shown


@pytest.mark.parametrize("page", [SYNTHESIS, ACCOUNTS, ACCOUNT, MOVEMENTS, SITUATION])
def test_a_profile_without_the_right_is_refused(firm, vie, page):
    at = pages.open_page(firm, "admin", page, contact="ANNE", compte=vie)
    assert "Votre profil ne donne pas le droit" in pages.shown(at)


def test_the_accounts_are_listed_with_value_and_age(firm, vie):
    """S-049, S-050, S-051: the buttons that add, edit and delete are there."""
    at = pages.open_page(firm, "alice", ACCOUNTS, contact="ANNE")
    assert not at.exception
    (row,) = pages.table(at)
    assert row[:4] == [
        "Horizon Vie",
        "Assurance-vie",
        "Assureur d'essai",
        "Martin Anne, Martin Marc",
    ]
    assert french.eur(Decimal("617.25")) in row
    assert "31/05/2026" in row
    actions = [a["name"] for a in pages.components(at, "table")[0]["actions"]]
    assert actions[:2] == ["situation", "edit"]


def test_an_account_is_added_from_its_window(firm, vie):
    """S-049."""
    anne = contacts.contact(firm.alice, "ANNE").id
    window = "o2s_core.ui.account_windows.new_account"
    at = windows.open_window(firm, "alice", window, f"({anne},)")
    windows.press(at, "Créer le compte")
    assert "Intitulé" in at.error[0].value
    assert "Numéro" in at.error[0].value


def test_the_account_shows_its_lines_whole(firm, vie):
    at = pages.open_page(firm, "alice", ACCOUNT, compte=vie)
    assert not at.exception
    assert french.eur(Decimal("1234.50")) in pages.shown(at)
    for tab in ("Mouvements", "Situations", "Titulaires"):
        at.segmented_control(key=f"tab_account_{vie}").set_value(tab).run()
        assert not at.exception
    assert "Martin Marc" in pages.shown(at)


def test_the_movements_say_which_come_after_the_situation(firm, vie):
    """S-058."""
    at = pages.open_page(firm, "alice", MOVEMENTS, contact="ANNE")
    assert not at.exception
    (row,) = pages.table(at)
    assert row[:3] == ["05/06/2026", "Frais", "Frais de gestion"]
    assert "postérieur à la situation" in pages.shown(at)


def test_an_empty_situation_says_what_is_missing(firm, vie):
    at = pages.open_page(firm, "alice", SITUATION, compte=vie)
    assert not at.exception
    assert "Saisissez les lignes, collez un relevé" in pages.shown(at)
