"""The last known price counts, exactly as it was published, wherever it is kept."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from sqlmodel import select

from o2s_core import market, store
from o2s_core.kernel.errors import InvalidInputError, PermissionDeniedError
from o2s_core.market.models import PendingPrice
from o2s_core.market.price_matrix import filled
from tests import kit

ON = date(2026, 11, 20)


def prices(*rows, currency="EUR", kind="nav", source="essai"):
    """Rows of (instrument, day, value)."""
    return pl.DataFrame(
        [(i, day, Decimal(value), currency, kind, source) for i, day, value in rows],
        schema=market.PRICE_INPUT,
        orient="row",
    )


def last(ctx, *ids, on=ON):
    table = market.last_prices(ctx, ids, on)
    assert table.schema == market.LAST_PRICES
    return {row[0]: (row[1], row[2]) for row in table.iter_rows()}


def waiting(ctx):
    with store.reading(ctx) as session:
        return len(session.exec(select(PendingPrice)).all())


@pytest.fixture
def fund(firm):
    return kit.instrument(firm.operator)


def test_the_last_price_on_or_before_the_day_counts(firm, fund):
    market.record_prices(
        firm.operator, prices((fund, ON - timedelta(3), "10"), (fund, ON, "11.12345678"))
    )
    assert last(firm.alice, fund) == {fund: (ON, Decimal("11.12345678"))}
    assert last(firm.alice, fund, on=ON - timedelta(1)) == {fund: (ON - timedelta(3), Decimal(10))}
    assert last(firm.alice, fund, on=ON - timedelta(4)) == {}


def test_recording_twice_is_recording_once(firm, fund):
    for value in ("10", "12"):
        market.record_prices(firm.operator, prices((fund, ON, value)))
    assert waiting(firm.operator) == 1
    assert last(firm.alice, fund)[fund][1] == 12


@pytest.mark.parametrize("publish", [market.publish_price_history, market.record_prices])
def test_published_and_waiting_prices_read_alike(firm, fund, publish):
    publish(firm.operator, prices((fund, date(2024, 2, 29), "10.5"), (fund, ON, "11.25")))
    assert last(firm.alice, fund)[fund] == (ON, Decimal("11.25"))
    series = market.price_series(firm.alice, fund, date(2024, 1, 1), ON)
    assert series.schema == market.PRICE_SERIES
    assert series.select("day", "value").rows() == [
        (date(2024, 2, 29), Decimal("10.5")),
        (ON, Decimal("11.25")),
    ]


def test_compaction_changes_no_figure(firm, fund):
    market.publish_price_history(firm.operator, prices((fund, date(2026, 10, 1), "9")))
    market.record_prices(firm.operator, prices((fund, ON, "11"), (fund, date(2025, 1, 2), "8")))
    before = market.price_series(firm.alice, fund, date(2020, 1, 1), ON)
    matrix = market.price_matrix(firm.alice, [fund], date(2025, 1, 1), ON)
    assert market.compact_prices(firm.operator) == 2
    assert waiting(firm.operator) == 0
    assert market.price_series(firm.alice, fund, date(2020, 1, 1), ON).equals(before)
    after = market.price_matrix(firm.alice, [fund], date(2025, 1, 1), ON)
    np.testing.assert_array_equal(after.values, matrix.values)
    assert market.compact_prices(firm.operator) == 0


def test_a_corrected_price_replaces_the_published_one(firm, fund):
    market.publish_price_history(firm.operator, prices((fund, ON, "11")))
    market.publish_price_history(firm.operator, prices((fund, ON, "12")))
    assert last(firm.alice, fund)[fund] == (ON, Decimal(12))
    assert market.price_series(firm.alice, fund, ON, ON).height == 1


def test_a_price_typed_by_the_firm_wins_on_its_day_only(firm, fund):
    market.record_prices(firm.operator, prices((fund, ON, "50"), kind="manual", source="cabinet"))
    market.record_prices(firm.operator, prices((fund, ON, "11"), (fund, ON + timedelta(1), "12")))
    assert last(firm.alice, fund)[fund] == (ON, Decimal(50))
    market.compact_prices(firm.operator)
    assert last(firm.alice, fund)[fund] == (ON, Decimal(50))
    assert last(firm.alice, fund, on=ON + timedelta(1))[fund][1] == 12


def test_pence_are_kept_in_pounds(firm, fund):
    market.record_prices(firm.operator, prices((fund, ON, "250"), currency="GBX"))
    row = market.last_prices(firm.alice, [fund], ON).row(0, named=True)
    assert (row["value"], row["currency"]) == (Decimal("2.5"), "GBP")


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_price_that_is_not_positive_is_refused(firm, fund, value):
    with pytest.raises(InvalidInputError, match="rien n'a été enregistré"):
        market.record_prices(firm.operator, prices((fund, ON, "10"), (fund, ON, value)))
    assert waiting(firm.operator) == 0


def test_recording_needs_the_right(firm, fund):
    from dataclasses import replace

    reader = replace(firm.alice, permissions=frozenset())
    with pytest.raises(PermissionDeniedError):
        market.record_prices(reader, prices((fund, ON, "1")))
    with pytest.raises(PermissionDeniedError):
        market.last_prices(reader, [fund], ON)


def test_the_matrix_holds_the_last_price_and_nothing_before_the_first(firm, fund):
    other = kit.instrument(firm.operator)
    market.publish_price_history(
        firm.operator, prices((fund, date(2026, 1, 5), "10"), (fund, date(2026, 1, 8), "11"))
    )
    matrix = market.price_matrix(
        firm.alice, [other, fund, fund], date(2026, 1, 4), date(2026, 1, 9)
    )
    assert matrix.days[0] == np.datetime64("2026-01-04")
    assert np.isnan(matrix.values[0]).all()
    np.testing.assert_array_equal(matrix.values[1], [np.nan, 10, 10, 10, 11, 11])
    np.testing.assert_array_equal(matrix.values[1], matrix.values[2])


def test_the_matrix_sees_a_price_recorded_a_moment_ago(firm, fund):
    market.publish_price_history(
        firm.operator, prices((fund, date(2026, 1, 5), "10"), (fund, date(2026, 1, 8), "11"))
    )
    market.record_prices(firm.operator, prices((fund, date(2026, 1, 6), "20"), (fund, ON, "12")))
    values = market.price_matrix(firm.alice, [fund], date(2026, 1, 5), date(2026, 1, 8)).values
    np.testing.assert_array_equal(values[0], [10, 20, 20, 11])
    assert market.price_matrix(firm.alice, [fund], ON, ON).values[0, 0] == 12


def test_matrix_and_exact_prices_agree(firm):
    draw = np.random.default_rng(3)
    ids = [kit.instrument(firm.operator) for _ in range(5)]
    rows = [
        (
            int(draw.choice(ids)),
            ON - timedelta(int(draw.integers(0, 700))),
            f"{draw.uniform(1, 900):.6f}",
        )
        for _ in range(200)
    ]
    table = prices(*rows).unique(("instrument_id", "day"), keep="first")
    market.publish_price_history(firm.operator, table[:150])
    market.record_prices(firm.operator, table[150:])
    matrix = market.price_matrix(firm.alice, ids, ON - timedelta(720), ON)
    for back in (0, 100, 333, 650):
        exact = last(firm.alice, *ids, on=ON - timedelta(back))
        column = matrix.values[:, -1 - back]
        assert [None if np.isnan(v) else round(Decimal(v), 6) for v in column] == [
            exact[i][1] if i in exact else None for i in ids
        ]


def test_no_price_at_all_is_an_answer(firm, fund):
    assert last(firm.alice, fund) == {}
    assert last(firm.alice) == {}
    assert market.price_series(firm.alice, fund, ON, ON).is_empty()
    assert np.isnan(market.price_matrix(firm.alice, [fund], ON, ON).values).all()


def test_filling_forward_by_hand():
    known, values = np.array([2, 5]), np.array([10.0, 20.0])
    np.testing.assert_array_equal(
        filled(known, values, np.arange(1, 8)), [np.nan, 10, 10, 10, 20, 20, 20]
    )
