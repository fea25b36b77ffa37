"""A corrected price has its own quarter laid out again, and nothing else."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from o2s_core import market, store
from o2s_core.market import price_index as index
from tests import kit

QUARTERS = [date(2025, 11, 3), date(2026, 2, 2), date(2026, 5, 4), date(2026, 8, 3)]


def prices(*rows, source="essai"):
    return pl.DataFrame(
        [(i, day, Decimal(value), "EUR", "nav", source) for i, day, value in rows],
        schema=market.PRICE_INPUT,
        orient="row",
    )


@pytest.fixture
def laid_out(monkeypatch):
    """The parts that are laid out, one after the other."""
    seen = []
    lay_out = index.lay_out

    def watched(home, segments, **how):
        made = lay_out(home, segments, **how)
        seen.extend(made)
        return made

    monkeypatch.setattr(index, "lay_out", watched)
    return seen


@pytest.fixture
def fund(firm):
    made = kit.instrument(firm.operator)
    rows = [(made, day + timedelta(n), str(100 + n)) for day in QUARTERS for n in range(3)]
    market.publish_price_history(firm.operator, prices(*rows))
    return made


def matrix(firm, *ids, start=QUARTERS[0], end=date(2026, 11, 24)):
    return market.price_matrix(firm.operator, ids, start, end).values


def test_the_first_reading_lays_out_every_quarter_once(firm, laid_out, fund):
    assert sorted(laid_out) == ["2025Q4", "2026Q1", "2026Q2", "2026Q3"]
    laid_out.clear()
    matrix(firm, fund)
    market.last_prices(firm.operator, [fund], date(2026, 11, 24))
    assert laid_out == []


def test_a_correction_lays_out_its_quarter_and_changes_its_days_only(firm, laid_out, fund):
    before = matrix(firm, fund)
    laid_out.clear()
    market.publish_price_history(firm.operator, prices((fund, QUARTERS[1] + timedelta(2), "77")))
    after = matrix(firm, fund)
    assert laid_out == ["2026Q1"]
    changed = np.flatnonzero(before[0] != after[0])
    first = (QUARTERS[1] + timedelta(2) - QUARTERS[0]).days
    until = (QUARTERS[2] - QUARTERS[0]).days
    assert changed.tolist() == list(range(first, until))
    assert set(after[0, changed]) == {77.0}


def test_a_waiting_correction_lays_nothing_out(firm, laid_out, fund):
    laid_out.clear()
    market.record_prices(firm.operator, prices((fund, QUARTERS[0], "90")))
    assert matrix(firm, fund)[0, 0] == 90
    assert laid_out == []
    market.compact_prices(firm.operator)
    assert laid_out == ["2025Q4"]
    assert matrix(firm, fund)[0, 0] == 90


def test_another_instrument_keeps_its_row(firm, fund):
    other = kit.instrument(firm.operator)
    market.publish_price_history(firm.operator, prices((other, QUARTERS[2], "5")))
    before = matrix(firm, other)
    market.publish_price_history(firm.operator, prices((fund, QUARTERS[2], "1")))
    np.testing.assert_array_equal(matrix(firm, other), before)


def test_a_price_goes_on_through_quarters_without_any(firm):
    quiet = kit.instrument(firm.operator)
    rows = [(quiet, date(2025, 1, 10), "10"), (quiet, date(2026, 7, 1), "20")]
    market.publish_price_history(firm.operator, prices(*rows))
    values = matrix(firm, quiet, start=date(2026, 2, 1), end=date(2026, 7, 2))[0]
    assert values[0] == values[-3] == 10
    assert values[-1] == values[-2] == 20
    assert (
        market.price_series(firm.operator, quiet, date(2025, 1, 1), date(2026, 12, 1)).height == 2
    )


def test_a_layout_left_half_written_is_made_again(firm, fund):
    """A crash leaves a folder aside, never a half one under the right name."""
    home = firm.place.home / "derived" / "1" / "prices"
    kept = min(home.iterdir())
    aside = kept.with_name(f"{kept.name}-dead.tmp")
    kept.rename(aside)
    index._standing.clear()
    index._opened.cache_clear()
    index._indexed.cache_clear()
    assert matrix(firm, fund)[0, 0] == 100
    assert kept.is_dir()


def test_layouts_made_in_another_order_of_sources_are_made_again(firm, laid_out, fund, monkeypatch):
    laid_out.clear()
    index._standing.clear()
    monkeypatch.setattr(index, "SHAPE", "another")
    matrix(firm, fund)
    assert sorted(laid_out) == ["2025Q4", "2026Q1", "2026Q2", "2026Q3"]


def test_replaced_layouts_go_and_the_live_ones_stay(firm, fund):
    for n in range(8):
        market.publish_price_history(firm.operator, prices((fund, QUARTERS[3], str(50 + n))))
    home = firm.place.home / "derived" / "1" / "prices"
    live = {path.stem for path in store.segments(firm.operator, "prices")}
    left = {folder.name for folder in home.iterdir()}
    assert live <= left
    assert len(left - live) <= index.KEPT


def test_prices_agree_with_their_day_by_day_reading(firm):
    """Random histories: the matrix is the last price of each day."""
    draw = np.random.default_rng(5)
    ids = [kit.instrument(firm.operator) for _ in range(4)]
    days = [QUARTERS[0] + timedelta(int(n)) for n in draw.integers(0, 380, 120)]
    rows = [(int(draw.choice(ids)), day, f"{draw.uniform(1, 9):.4f}") for day in days]
    market.publish_price_history(
        firm.operator, prices(*rows).unique(("instrument_id", "day"), keep="first")
    )
    start, end = QUARTERS[0] + timedelta(33), QUARTERS[0] + timedelta(340)
    values = matrix(firm, *ids, start=start, end=end)
    for back in range(0, (end - start).days, 17):
        on = start + timedelta(back)
        last = market.last_prices(firm.operator, ids, on)
        known = dict(last.select("instrument_id", pl.col("value").cast(pl.Float64)).iter_rows())
        column = [None if np.isnan(v) else v for v in values[:, back]]
        assert column == [known.get(i) for i in ids]
        said = last.select("instrument_id", "value", "day", "currency").iter_rows()
        assert market.quotes(firm.operator, ids, on) == {id_: tuple(rest) for id_, *rest in said}
