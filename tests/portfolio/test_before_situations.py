"""Before its first situation, an account holds what its movements say, where they explain it."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core import contacts, portfolio
from tests import kit

BOUGHT, BETWEEN, MAY = date(2026, 1, 12), date(2026, 3, 2), date(2026, 5, 31)


@pytest.fixture
def pea(firm):
    """1 000 € paid in, 9 units bought for 900 €, and a price."""
    ctx = firm.alice
    anne = kit.person(ctx, file_code="ANNE")
    account = kit.account(ctx, kit.provider(ctx), [anne], envelope="pea")
    fund = kit.instrument(ctx, "Monde")
    kit.movement(ctx, account, BOUGHT, "deposit", net="1000")
    kit.movement(ctx, account, BOUGHT, "buy", instrument_id=fund, quantity="9", net="-900")
    kit.price(ctx, fund, BOUGHT, "100")
    return account, fund


def situation(firm, pea, quantity, cash):
    account, fund = pea
    money = kit.instrument(firm.alice, "Espèces EUR", isin=None, kind="cash", asset_class="cash")
    kit.situation(firm.alice, account, MAY, [
        {"instrument_id": fund, "quantity": quantity, "price": "110"},
        {"instrument_id": money, "value": cash},
    ])  # fmt: skip


def held(firm, on=BETWEEN):
    return portfolio.holdings(firm.alice, contacts.scope(firm.alice, "contact", "ANNE"), on)


def curve(firm):
    return portfolio.value_series(
        firm.alice, contacts.scope(firm.alice, "contact", "ANNE"), None, MAY
    )


def test_movements_that_add_up_to_the_situation_tell_what_was_held_before(firm, pea):
    situation(firm, pea, "9", "100")
    view = held(firm)
    assert view.total_eur == Decimal("1000.00")
    assert set(view.lines["kind"]) == {"computed"}
    assert curve(firm).since == (("Contrat d'essai", BOUGHT),)


@pytest.mark.parametrize(("quantity", "cash"), [("9.5", "100"), ("9", "250")])
def test_movements_that_do_not_say_why_and_give_no_figure(firm, pea, quantity, cash):
    situation(firm, pea, quantity, cash)
    view = held(firm)
    assert view.total_eur == 0
    assert "avant la première situation (31/05/2026)" in view.excluded["reason"][0]
    assert curve(firm).since == (("Contrat d'essai", MAY),)


def test_rounding_explains_a_small_difference(firm, pea):
    situation(firm, pea, "9.00005", "100.05")
    assert held(firm).total_eur == Decimal("1000.00")


def test_the_situation_speaks_from_its_day_on(firm, pea):
    situation(firm, pea, "9", "100")
    view = held(firm, MAY)
    assert view.total_eur == Decimal("1090.00")
    assert set(view.lines["kind"]) == {"partner"}


def test_without_any_situation_the_movements_are_all_there_is(firm, pea):
    assert held(firm).total_eur == Decimal("1000.00")
