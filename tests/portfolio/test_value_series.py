"""The value over time: quantities of the last situation, prices of each day."""

from datetime import date, timedelta

import pytest

from o2s_core import contacts, portfolio
from tests import kit

END = date(2026, 11, 23)


def weeks(n):
    return END - timedelta(weeks=n)


@pytest.fixture
def anne(firm):
    return kit.person(firm.alice, file_code="ANNE")


def series(firm, start=None, code="ANNE"):
    return portfolio.value_series(
        firm.alice, contacts.scope(firm.alice, "contact", code), start, END
    )


def test_quantities_step_at_each_situation_and_prices_move_between(firm, anne):
    ctx = firm.alice
    fund = kit.instrument(ctx)
    vie = kit.account(ctx, kit.provider(ctx), [anne])
    kit.situation(
        ctx,
        vie,
        weeks(3),
        [{"instrument_id": fund, "quantity": "10", "price": "10", "value": "100"}],
    )
    kit.situation(
        ctx,
        vie,
        weeks(1),
        [{"instrument_id": fund, "quantity": "20", "price": "12", "value": "240"}],
    )
    kit.price(ctx, fund, weeks(2), "11")
    kit.price(ctx, fund, END, "13")
    points = series(firm).points
    assert points.select("day", "value_eur").rows() == [
        (weeks(3), 100.0), (weeks(2), 110.0), (weeks(1), 240.0), (END, 260.0),
    ]  # fmt: skip


def test_the_last_point_is_the_total_of_the_holdings(firm, anne):
    ctx = firm.alice
    fund = kit.instrument(ctx)
    marc = kit.person(ctx, "Martin", "Marc")
    vie = kit.account(ctx, kit.provider(ctx), {anne: "0.33333333", marc: "0.66666667"})
    kit.situation(
        ctx, vie, weeks(2), [{"instrument_id": fund, "quantity": "3.1415", "price": "17.03"}]
    )
    kit.price(ctx, fund, weeks(1), "18.01")
    held = portfolio.holdings(ctx, contacts.scope(ctx, "contact", "ANNE"), END)
    assert series(firm).points["value_eur"][-1] == float(held.total_eur)


def test_before_anything_is_known_there_is_no_figure_and_an_entry_is_said(firm, anne):
    ctx = firm.alice
    cash = kit.instrument(ctx, isin=None, kind="cash")
    source = kit.provider(ctx)
    early, late, _ = (
        kit.account(ctx, source, [anne], label=label) for label in ("Tôt", "Tard", "Jamais")
    )
    kit.situation(ctx, early, weeks(4), [{"instrument_id": cash, "value": "100"}])
    kit.situation(ctx, late, weeks(1), [{"instrument_id": cash, "value": "50"}])
    history = series(firm, weeks(5))
    assert history.points["value_eur"].to_list() == [100.0, 100.0, 100.0, 150.0, 150.0]
    assert history.points["accounts"].to_list() == [1, 1, 1, 2, 2]
    assert dict(history.since) == {"Tôt": weeks(4), "Tard": weeks(1)}
    assert history.unknown == ("Jamais",)


def test_without_situation_the_movements_step(firm, anne):
    ctx = firm.alice
    share = kit.instrument(ctx, kind="share")
    cto = kit.account(ctx, kit.provider(ctx), [anne])
    kit.movement(ctx, cto, weeks(3), "deposit", net="1000")
    kit.movement(ctx, cto, weeks(2), "buy", instrument_id=share, quantity="10", net="-200")
    kit.price(ctx, share, weeks(2), "25")
    assert series(firm).points["value_eur"].to_list() == [1000.0, 1050.0, 1050.0, 1050.0]


def test_a_closed_account_leaves_the_curve(firm, anne):
    ctx = firm.alice
    cash = kit.instrument(ctx, isin=None, kind="cash")
    one = kit.account(ctx, kit.provider(ctx), [anne], closed_on=weeks(1))
    kit.situation(ctx, one, weeks(3), [{"instrument_id": cash, "value": "100"}])
    assert series(firm).points["value_eur"].to_list() == [100.0, 100.0, None, 0.0]


def test_a_line_without_price_is_counted_as_unpriced_not_as_zero_in_silence(firm, anne):
    ctx = firm.alice
    fund = kit.instrument(ctx)
    vie = kit.account(ctx, kit.provider(ctx), [anne])
    kit.situation(ctx, vie, weeks(1), [{"instrument_id": fund, "quantity": "10"}])
    assert series(firm).points["unpriced"].to_list() == [1, 1]


def test_ten_years_are_a_thousand_points_at_most(firm, anne):
    ctx = firm.alice
    cash = kit.instrument(ctx, isin=None, kind="cash")
    one = kit.account(ctx, kit.provider(ctx), [anne])
    kit.situation(ctx, one, date(1995, 1, 1), [{"instrument_id": cash, "value": "100"}])
    points = series(firm).points
    assert points.height <= 1000
    assert points["day"][-1] == END


def test_an_empty_file_has_no_curve(firm, anne):
    assert series(firm).points.is_empty()
