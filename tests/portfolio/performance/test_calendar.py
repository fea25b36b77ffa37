"""Months and years: what each earned compounds to the whole."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from o2s_core import portfolio


def series(first, returns):
    days = [first + timedelta(n) for n in range(len(returns) + 1)]
    return pl.DataFrame({"day": days, "index": np.cumprod([1.0, *(1 + r for r in returns)])})


@pytest.fixture
def two_years():
    rng = np.random.default_rng(3)
    return series(date(2024, 12, 31), rng.normal(0, 0.01, 500).tolist())


def test_a_month_runs_from_the_close_before_it():
    """By hand: +10 % on 31 January, then +20 % on 1 February."""
    found = portfolio.by_month(series(date(2026, 1, 30), [0.10, 0.20]))
    assert found.select("month", "whole").rows() == [(1, False), (2, False)]
    assert found["return"].to_list() == pytest.approx([0.10, 0.20])


def test_months_and_years_compound_to_the_whole(two_years):
    whole = two_years["index"][-1]
    assert (portfolio.by_month(two_years)["return"] + 1).product() == pytest.approx(whole)
    assert (portfolio.by_year(two_years)["return"] + 1).product() == pytest.approx(whole)


def test_only_complete_periods_are_whole(two_years):
    assert portfolio.by_year(two_years).select("year", "whole").rows() == [
        (2025, True),
        (2026, False),
    ]
    months = portfolio.by_month(two_years)
    assert months["whole"].to_list() == [True] * 16 + [False]


def test_the_index_is_below_its_peak_or_on_it(two_years):
    found = portfolio.drawdowns(two_years)["drawdown"]
    assert found.max() == 0
    assert portfolio.drawdowns(series(date(2026, 1, 1), [0.1, -0.5, 0.5]))[
        "drawdown"
    ].to_list() == (pytest.approx([0, 0, -0.5, -0.25]))
