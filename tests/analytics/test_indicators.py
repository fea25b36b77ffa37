"""The classes of risk follow the published formulas."""

import math

import numpy as np
import pytest

from o2s_core.analytics import indicators


@pytest.mark.parametrize(
    ("volatility", "expected"),
    [(0.0, 1), (0.0049, 1), (0.005, 2), (0.0199, 2), (0.02, 3), (0.0999, 4), (0.10, 5), (0.1499, 5),
     (0.15, 6), (0.2499, 6), (0.25, 7), (None, None)],
)  # fmt: skip
def test_the_srri_changes_class_at_the_bounds_of_the_regulator(volatility, expected):
    assert indicators.srri(volatility) == expected


def test_the_volatility_of_alternating_weeks_is_computed_by_hand():
    weekly = [0.01, -0.01] * 130
    by_hand = math.sqrt(260 * 0.01**2 / 259) * math.sqrt(52)
    assert indicators.srri_volatility(weekly) == pytest.approx(by_hand)


def test_five_years_of_weeks_are_needed():
    assert indicators.srri_volatility([0.01, -0.01] * 129) is None


def test_the_equivalent_volatility_of_a_symmetric_walk_is_computed_by_hand():
    up = math.log(1.01)
    daily = [1.01 - 1, 1 / 1.01 - 1] * 300  # log returns of ± ln 1.01: no skew, kurtosis 1 - 3
    many = 5 * 256
    at_risk = up * math.sqrt(many) * (-1.96 + 0.0687 * 2 / many) - 0.5 * up**2 * many
    by_hand = (math.sqrt(3.842 - 2 * at_risk) - 1.96) / math.sqrt(5)
    assert indicators.var_equivalent_volatility(daily, 5) == pytest.approx(by_hand)


def test_a_normal_walk_is_worth_about_its_own_volatility():
    daily = np.expm1(np.random.default_rng(3).normal(0, 0.16 / 16, 1300))
    assert indicators.var_equivalent_volatility(daily, 5) == pytest.approx(0.16, abs=0.01)


@pytest.mark.parametrize(
    ("volatility", "expected"),
    [(0.0049, 1), (0.005, 2), (0.05, 3), (0.12, 4), (0.20, 5), (0.30, 6), (0.80, 7), (None, None)],
)
def test_the_market_class_changes_at_the_bounds_of_the_regulation(volatility, expected):
    assert indicators.market_risk_class(volatility) == expected


def test_what_never_moves_or_is_too_short_has_no_class():
    assert indicators.var_equivalent_volatility([0.0] * 600, 5) is None
    assert indicators.var_equivalent_volatility([0.01, -0.01] * 249, 5) is None
