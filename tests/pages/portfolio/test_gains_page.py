"""Contacts › Portefeuille › Plus-values: the figures of the core, at the method that was chosen."""

from datetime import date

import pytest

from o2s_core import contacts, portfolio
from o2s_core.kernel import french
from tests import kit
from tests.kit import pages

PAGE = "pages/portfolio/gains.py"


@pytest.fixture
def anne(firm):
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    fund = kit.instrument(ctx, "Monde Indiciel")
    pea = kit.account(ctx, kit.provider(ctx), [anne], label="PEA Horizon", envelope="pea")
    for day, kind, quantity, net in (
        (date(2025, 1, 6), "buy", "10", "-1000"),
        (date(2025, 6, 30), "buy", "10", "-1200"),
        (date(2026, 3, 2), "sell", "-15", "1950"),
    ):
        kit.movement(ctx, pea, day, kind, instrument_id=fund, quantity=quantity, net=net)
    kit.price(ctx, fund, date(2026, 10, 30), "130")
    return anne


def test_the_page_shows_the_gains_of_the_core_at_the_chosen_method(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    assert not at.exception
    scope = contacts.scope(firm.alice, "contact", "ANNE")
    id_ = contacts.contact(firm.alice, "ANNE").id
    for method in portfolio.COST_METHODS:
        at.segmented_control(key=f"gains_method_person_{id_}").set_value(method).run()
        found = portfolio.gains(firm.alice, scope, method=method)
        shown = pages.shown(at)
        assert french.eur(found.latent_eur, signed=True) in shown
        assert french.eur(found.years["gain_eur"][0], signed=True) in shown
        assert french.eur(found.total_eur) in shown


def test_the_lines_group_by_contract_by_class_and_by_support(firm, anne):
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    id_ = contacts.contact(firm.alice, "ANNE").id
    for by, name in (
        ("account", "PEA Horizon"),
        ("asset_class", "Actions"),
        ("instrument", "Monde Indiciel"),
    ):
        at.segmented_control(key=f"gains_by_person_{id_}").set_value(by).run()
        assert not at.exception
        assert name in str(pages.table(at))


def test_a_line_without_cost_is_not_zero_and_says_why(firm, anne):
    vie = kit.account(firm.alice, kit.provider(firm.alice, "vie", "Vie"), [anne], label="Vie")
    fund = kit.instrument(firm.alice, "Sans coût")
    line = {"instrument_id": fund, "quantity": "10", "price": "50"}
    kit.situation(firm.alice, vie, date(2026, 9, 30), [line])
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    row = next(row for row in pages.table(at) if row[0] == "Sans coût")
    assert row[3] == row[5] == "n.c."
    assert "situation d'ouverture" in row[7]


def test_columns_that_warn_of_nothing_are_left_out(firm, anne):
    """No sale is without cost, none in another currency: three columns of zeros would be noise."""
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    assert pages.table(at, 1)[0][:2] == ["2026", "1"]
    for label in ("dont change", "Produit n.c.", "Pourquoi n.c."):
        assert label not in pages.shown(at)


def test_a_sale_without_cost_brings_its_columns_back(firm, anne):
    cto = kit.account(firm.alice, kit.provider(firm.alice, "b", "Banque"), [anne], label="CTO")
    fund = kit.instrument(firm.alice, "Reçu")
    kit.movement(firm.alice, cto, date(2026, 4, 1), "sell", instrument_id=fund, quantity="-2",
                 net="80")  # fmt: skip
    at = pages.open_page(firm, "alice", PAGE, contact="ANNE")
    assert "Produit n.c." in pages.shown(at)
    assert "Pourquoi n.c." in pages.shown(at)


def test_an_empty_file_says_what_is_missing(firm):
    kit.person(firm.alice, file_code="VIDE")
    at = pages.open_page(firm, "alice", PAGE, contact="VIDE")
    assert "premiers mouvements" in pages.shown(at)


def test_a_client_of_another_adviser_does_not_open(firm, anne):
    at = pages.open_page(firm, "bruno", PAGE, contact="ANNE")
    assert "Monde Indiciel" not in pages.shown(at)
