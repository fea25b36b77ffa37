"""Correlation: of what both series have, and nothing said on too little."""

import numpy as np
import pytest

from o2s_core.analytics.correlation import correlations


def prices(*returns):
    return np.array([np.cumprod([100.0, *(1 + r for r in each)]) for each in returns])


def test_a_case_by_hand():
    """Returns (1, 2, 3) % and (1, 3, 2) %: covariance 1/2 of the variance."""
    found = correlations(prices([0.01, 0.02, 0.03], [0.01, 0.03, 0.02]), fewest=3)
    assert found == pytest.approx(np.array([[1.0, 0.5], [0.5, 1.0]]))


def test_the_scale_and_the_order_change_nothing():
    some = np.random.default_rng(1).normal(0, 0.02, (3, 60))
    table = prices(*some)
    found = correlations(table)
    assert correlations(table * 7) == pytest.approx(found)
    assert correlations(table[::-1]) == pytest.approx(found[::-1, ::-1])
    assert (found == found.T).all()


def test_the_opposite_is_minus_one():
    up = np.array([0.01, -0.02, 0.03, 0.01])
    assert correlations(prices(up, -up), fewest=4)[0, 1] == pytest.approx(-1.0)


def test_too_few_common_returns_say_nothing():
    table = prices([0.01] * 30, np.linspace(-0.02, 0.02, 30))
    table[1, :10] = np.nan
    assert np.isnan(correlations(table)[0, 1])


def test_what_does_not_move_has_no_correlation():
    still = np.full((1, 40), 100.0)
    moving = prices(np.linspace(-0.02, 0.02, 39))
    assert np.isnan(correlations(np.vstack([still, moving]))[0, 1])
