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


def test_a_movement_is_typed_from_its_window_and_seen_in_the_ledger(firm):
    """S-051: what no partner feeds is kept up to date by hand."""
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    account = kit.account(ctx, kit.provider(ctx), [anne], label="Contrat papier")
    window = "o2s_core.ui.movement_windows.new_movement"
    at = windows.open_window(firm, "alice", window, str(account))
    key = f"new_movement_{account}"
    at.selectbox(key=f"{key}_kind").set_value("deposit").run()
    at.text_input(key=f"{key}_0_amount").set_value("1 500,50")
    windows.press(at, "Enregistrer le mouvement")
    assert not at.exception
    assert portfolio.movements_of_account(ctx, account)["net"].to_list() == [Decimal("1500.50")]
    at = pages.open_page(firm, "alice", MOVEMENTS, contact="ANNE")
    (row,) = pages.table(at)
    assert "saisi à la main" in str(pages.components(at, "table")[0]["rows"])
    assert "1 500,50" in " ".join(map(str, row)).replace("\u202f", " ").replace("\xa0", " ")


def test_of_several_accounts_one_is_chosen_first(firm):
    ctx = firm.alice
    anne, insurer = kit.person(ctx), kit.provider(ctx)
    one, two = (kit.account(ctx, insurer, [anne], label=name) for name in ("Un", "Deux"))
    window = "o2s_core.ui.movement_windows.new_movement_among"
    at = windows.open_window(firm, "alice", window, f"{{{one}: 'Un', {two}: 'Deux'}}")
    at.selectbox(key=f"new_movement_among_{one}_{two}").set_value(two).run()
    at.selectbox(key=f"new_movement_{two}_kind").set_value("deposit").run()
    at.text_input(key=f"new_movement_{two}_0_amount").set_value("100")
    windows.press(at, "Enregistrer le mouvement")
    assert not at.exception
    heights = [portfolio.movements_of_account(ctx, each).height for each in (one, two)]
    assert heights == [0, 1]


def test_a_second_identical_movement_waits_for_a_word(firm):
    ctx = firm.alice
    account = kit.account(ctx, kit.provider(ctx), [kit.person(ctx)], label="Contrat papier")
    paid = portfolio.MovementForm("deposit", ctx.today, Decimal(100))
    portfolio.type_movement(ctx, account, paid)
    window = "o2s_core.ui.movement_windows.new_movement"
    at = windows.open_window(firm, "alice", window, str(account))
    key = f"new_movement_{account}"
    at.selectbox(key=f"{key}_kind").set_value("deposit").run()
    at.text_input(key=f"{key}_0_amount").set_value("100")
    windows.press(at, "Enregistrer le mouvement")
    assert "a déjà ce mouvement" in at.warning[0].value
    assert portfolio.movements_of_account(ctx, account).height == 1
    windows.press(at, "Enregistrer quand même")
    assert not at.exception
    assert portfolio.movements_of_account(ctx, account).height == 2


def test_a_typed_movement_is_taken_back_from_its_window(firm):
    ctx = firm.alice
    account = kit.account(ctx, kit.provider(ctx), [kit.person(ctx)], label="Contrat papier")
    made = portfolio.type_movement(
        ctx, account, portfolio.MovementForm("deposit", ctx.today, Decimal(100))
    )
    at = windows.open_window(
        firm, "alice", "o2s_core.ui.movement_windows.amend_movement", str(made)
    )
    assert "alice, le 24/11/2026" in pages.shown(at)
    at.segmented_control(key=f"amend_movement_{made}_what").set_value("Annuler").run()
    windows.press(at, "Annuler le mouvement")
    assert "Motif" in at.error[0].value
    at.text_area(key=f"amend_movement_{made}_undo_0_reason").set_value("Saisi deux fois")
    windows.press(at, "Annuler le mouvement")
    assert not at.exception
    assert portfolio.movements_of_account(ctx, account).is_empty()
