"""The value of a client on each day: reported until the market knows better, then its prices."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from o2s_core import market, portfolio
from o2s_core.contacts import scope
from o2s_core.portfolio.worth import Lines, turns, worth
from tests import kit

START = date(2026, 6, 1)
TODAY = date(2026, 11, 24)


def lines(*rows):
    """Rows of (start, end, turn, instrument, units, reported); in euros."""
    columns = np.array(rows, dtype=float).T
    ints = [column.astype(np.int64) for column in columns[:4]]
    zero = np.zeros(len(rows))
    return Lines(
        *ints[:3], ints[3], columns[4], zero, columns[5], zero.astype(np.int64),
        zero.astype(np.int64),
    )  # fmt: skip


def test_a_line_is_reported_then_priced_by_hand():
    """Ten units: 950 as reported two days, then 100, 110 of the market, sold on the fifth."""
    prices = np.array([[90.0, 90.0, 100.0, 110.0, 120.0]])
    found = worth(lines((0, 4, 2, 0, 10, 950)), prices, [0], np.ones((1, 5)))
    assert found.value.tolist() == [950, 950, 1000, 1100, 0]
    assert found.unpriced.tolist() == [0] * 5


def test_a_line_that_nothing_values_is_counted_not_guessed():
    prices = np.array([[np.nan, np.nan, 100.0]])
    found = worth(lines((0, 3, 2, 0, 10, np.nan)), prices, [0], np.ones((1, 3)))
    assert found.value.tolist() == [0, 0, 1000]
    assert found.unpriced.tolist() == [1, 1, 0]


def test_a_day_without_rate_leaves_its_lines_out():
    rates = np.array([[np.nan, 2.0]])
    found = worth(lines((0, 2, 2, -1, 0, 300)), np.empty((0, 2)), [], rates)
    assert (found.value.tolist(), found.unpriced.tolist()) == ([0, 150], [1, 0])


def test_the_market_takes_over_on_its_first_new_price():
    prices = np.array([[np.nan, 5, 5, 6, 6], [1, 1, 1, 1, 1]])
    instrument, own = np.array([0, 0, 0, 1, -1]), np.array([-1, 1, 3, 0, 2])
    end = np.full(5, 5)
    assert turns(prices, instrument, own, end).tolist() == [1, 3, 5, 5, 5]


@pytest.fixture
def client(firm):
    """Two supports over three situations, one in dollars, and cash."""
    ctx = firm.operator
    anne = kit.person(ctx, file_code="C00001", adviser=firm.user_ids["alice"])
    account = kit.account(ctx, kit.provider(ctx), [anne])
    fund = kit.instrument(ctx)
    dollars = kit.instrument(ctx, currency="USD")
    cash = kit.instrument(ctx, isin=None, kind="cash", asset_class="cash")
    for n in range(0, 170, 3):
        kit.price(ctx, fund, START + timedelta(n), str(100 + n))
        kit.price(ctx, dollars, START + timedelta(n), str(50 + n), currency="USD")
    for rank, as_of in enumerate((START + timedelta(5), START + timedelta(60), date(2026, 10, 1))):
        kit.situation(
            ctx, account, as_of,
            [
                {"instrument_id": fund, "quantity": str(10 + rank), "price": "101", "value": "1010"},
                {"instrument_id": dollars, "quantity": "3", "price": "50", "value": "150", "currency": "USD"},
                {"instrument_id": cash, "value": str(200 + rank)},
            ],
        )  # fmt: skip
    if TODAY.weekday() < 5:
        import polars as pl

        days = pl.date_range(START, TODAY, "1d", eager=True)
        rows = [("USD", day, Decimal("1.25"), "essai") for day in days]
        market.record_rates(ctx, pl.DataFrame(rows, market.RATE_INPUT, orient="row"))
    return anne


def test_the_last_day_is_the_total_of_the_holdings(firm, client):
    who = scope(firm.alice, "contact", "C00001")
    found = portfolio.daily_values(firm.alice, who, START, TODAY)
    assert found.value[-1] == float(portfolio.holdings(firm.alice, who, TODAY).total_eur)
    assert (found.days[0], len(found.days)) == (np.datetime64(START), (TODAY - START).days + 1)


@pytest.mark.parametrize("back", [0, 3, 54, 100, 170, 171])
def test_each_day_is_what_the_holdings_of_that_day_say(firm, client, back):
    who = scope(firm.alice, "contact", "C00001")
    found = portfolio.daily_values(firm.alice, who, START, TODAY)
    on = TODAY - timedelta(back)
    total = portfolio.holdings(firm.alice, who, on).total_eur
    assert found.value[-1 - back] == pytest.approx(float(total), abs=0.02)


def test_the_weekly_curve_lies_on_the_daily_one(firm, client):
    who = scope(firm.alice, "contact", "C00001")
    daily = portfolio.daily_values(firm.alice, who, START, TODAY)
    by_day = dict(zip(daily.days.tolist(), daily.value.tolist(), strict=True))
    points = portfolio.value_series(firm.alice, who).points
    for day, value in points.select("day", "value_eur").iter_rows():
        assert by_day[day] == pytest.approx(value, abs=0.02)


def test_a_corrected_price_moves_its_days_and_no_other(firm, client):
    who = scope(firm.alice, "contact", "C00001")
    before = portfolio.daily_values(firm.alice, who, START, TODAY)
    fund = market.instruments(firm.operator).filter(currency="EUR", kind="opcvm")["id"]
    on = START + timedelta(90)
    for id_ in fund:
        market.type_price(firm.operator, id_, on, Decimal(500))
    after = portfolio.daily_values(firm.fresh(firm.alice), who, START, TODAY)
    moved = after.days[before.value != after.value].tolist()
    assert moved == [on, on + timedelta(1), on + timedelta(2)]


def test_a_late_situation_moves_the_days_from_its_own_on(firm, client):
    """An older day that comes late: the series is computed again from that day."""
    ctx, who = firm.alice, scope(firm.alice, "contact", "C00001")
    before = portfolio.daily_values(ctx, who, START, TODAY)
    held = portfolio.accounts(ctx, who)["account_id"][0]
    late = START + timedelta(30)
    cash = market.instruments(firm.operator).filter(kind="cash")["id"][0]
    kit.situation(firm.operator, held, late, [{"instrument_id": cash, "value": "7000"}], late=True)
    after = portfolio.daily_values(firm.fresh(ctx), who, START, TODAY)
    moved = after.days[before.value != after.value].tolist()
    assert (moved[0], moved[-1]) == (late, START + timedelta(59))


def test_nothing_held_is_worth_nothing(firm):
    kit.person(firm.operator, file_code="C00009", adviser=firm.user_ids["alice"])
    who = scope(firm.alice, "contact", "C00009")
    found = portfolio.daily_values(firm.alice, who, START, TODAY)
    assert not found.value.any()
