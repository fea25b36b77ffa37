"""Contribution: what the lines earned adds up to the return of the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2s_core.analytics import contribution, returns


def test_two_lines_over_two_days():
    """By hand: 100 + 100; A +10 % then 0, B 0 then +20 %: 5 % then 20/210."""
    values = np.array([[100.0, 100.0], [110.0, 100.0], [110.0, 120.0]])
    found = contribution.linked(values, np.zeros_like(values))
    first, second, whole = 0.05, 20 / 210, 0.15
    k = np.log(1 + whole) / whole
    assert found.tolist() == pytest.approx(
        [first * np.log1p(first) / first / k, np.log1p(second) / k]
    )
    assert found.sum() == pytest.approx(0.15)


def test_a_purchase_from_cash_earns_nothing():
    values = np.array([[100.0, 0.0], [40.0, 60.0]])
    flows = np.array([[0.0, 0.0], [-60.0, 60.0]])
    assert contribution.linked(values, flows).tolist() == pytest.approx([0, 0])


def test_the_whole_lost_has_no_split():
    values = np.array([[100.0], [0.0], [0.0]])
    assert np.isnan(contribution.linked(values, np.zeros_like(values))).all()


@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(1, 6))
def test_the_parts_add_up_to_the_time_weighted_return(seed, days, lines):
    rng = np.random.default_rng(seed)
    values = rng.uniform(10, 1000, (days, lines))
    flows = rng.normal(0, 50, (days, lines))
    flows[0] = 0
    moved = flows.sum(axis=1)
    values[1:] += np.abs(np.minimum(moved[1:], 0))[:, None]
    whole = returns.time_weighted(values.sum(axis=1), np.maximum(moved, 0), np.maximum(-moved, 0))
    assert contribution.linked(values, flows).sum() == pytest.approx(whole[-1], rel=1e-7, abs=1e-9)
