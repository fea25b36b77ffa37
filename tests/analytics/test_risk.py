"""Risk: the usual figures, each by hand, with what they must always hold."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2s_core.analytics import risk, risk_of_rows

R = [0.02, -0.01, 0.03, -0.04]
B = [0.01, -0.02, 0.02, 0.00]
one_return = st.floats(-0.2, 0.2)
series = st.lists(one_return, min_size=3, max_size=60)
pairs = st.lists(st.tuples(one_return, one_return), min_size=3, max_size=60)

BY_HAND = {
    # mean 0; squares 4 + 1 + 9 + 16 = 30e-4, over 3
    "volatility": (lambda: risk.volatility(R, 12), math.sqrt(0.003 / 3) * math.sqrt(12)),
    # 1e-4 + 16e-4 over all four
    "downside_deviation": (
        lambda: risk.downside_deviation(R, 0, 12),
        math.sqrt(0.0017 / 4) * math.sqrt(12),
    ),
    "sharpe": (lambda: risk.sharpe(R, -0.01, 12), 0.01 / math.sqrt(0.003 / 3) * math.sqrt(12)),
    # above -0.01: 0.03, 0, 0.04, -0.03: mean 0.01; below: 9e-4 over 4
    "sortino": (
        lambda: risk.sortino(R, -0.01, 12),
        0.01 * 12 / (math.sqrt(0.0009 / 4) * math.sqrt(12)),
    ),
    "max_drawdown": (lambda: risk.max_drawdown(R), -0.04),
    "max_drawdown from the start": (lambda: risk.max_drawdown([-0.1, 0.05, 0.02]), -0.1),
    "max_drawdown never down": (lambda: risk.max_drawdown([0.1, 0.0]), 0.0),
    "calmar": (lambda: risk.calmar([0.1, -0.05], 2), (1.1 * 0.95 - 1) / 0.05),
    # centred benchmark: .0075 -.0225 .0175 -.0025; covariance sum 1e-3, variance sum 8.75e-4
    "beta": (lambda: risk.beta(R, B), 0.001 / 0.000875),
    "alpha": (lambda: risk.alpha(R, B, 0, 12), (1 - 0.0025 * 0.001 / 0.000875) ** 12 - 1),
    # active: 0.01, 0.01, 0.01, -0.04: mean -0.0025, squares around it 18.75e-4
    "tracking_error": (
        lambda: risk.tracking_error(R, B, 12),
        math.sqrt(0.001875 / 3) * math.sqrt(12),
    ),
    "information_ratio": (
        lambda: risk.information_ratio(R, B, 12),
        -0.0025 * 12 / (math.sqrt(0.001875 / 3) * math.sqrt(12)),
    ),
    "up_capture": (lambda: risk.up_capture(R, B), (1.02 * 1.03 - 1) / (1.01 * 1.02 - 1)),
    "down_capture": (lambda: risk.down_capture(R, B), (0.99 * 0.96 - 1) / (0.98 - 1)),
    # sorted -.04 -.01 .02 .03: the quarter lies at 0.75 between the two first
    "value_at_risk": (lambda: risk.value_at_risk(R, 0.75), -0.04 + 0.75 * 0.03),
    "expected_shortfall": (lambda: risk.expected_shortfall(R, 0.5), (-0.04 - 0.01) / 2),
}
ALONE = ("volatility", "downside_deviation", "sharpe", "sortino", "max_drawdown", "calmar",
         "value_at_risk", "expected_shortfall")  # fmt: skip
AGAINST = ("beta", "alpha", "tracking_error", "information_ratio", "up_capture", "down_capture")


@pytest.mark.parametrize("case", BY_HAND)
def test_a_figure_computed_by_hand(case):
    found, expected = BY_HAND[case]
    assert found() == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", ALONE)
@pytest.mark.parametrize("few", [[], [0.01], [0.01, None], [math.nan, 0.01]])
def test_fewer_than_two_observations_have_no_risk(name, few):
    assert getattr(risk, name)(few) is None


@pytest.mark.parametrize("name", AGAINST)
def test_fewer_than_two_common_observations_compare_with_nothing(name):
    assert getattr(risk, name)([0.01, None, 0.02], [None, 0.01, 0.02]) is None


@pytest.mark.parametrize("name", [*ALONE, *AGAINST])
def test_a_missing_observation_is_dropped_from_both(name):
    more = [R[0], None, *R[1:], 0.5]
    other = [B[0], 0.7, *B[1:], math.nan]
    figure = getattr(risk, name)
    if name in AGAINST:
        assert figure(pl.Series(more), np.array(other)) == pytest.approx(figure(R, B))
    else:
        assert figure(pl.Series([*R[:2], None, *R[2:]])) == pytest.approx(figure(R))


@pytest.mark.parametrize(
    "nothing",
    [
        lambda: risk.sharpe([0.01, 0.01, 0.01]),
        lambda: risk.sortino([0.01, 0.02]),
        lambda: risk.calmar([0.01, 0.02]),
        lambda: risk.beta(R, [0.01] * 4),
        lambda: risk.alpha(R, [0.01] * 4),
        lambda: risk.information_ratio(R, R),
        lambda: risk.up_capture(R, [-0.01] * 4),
        lambda: risk.down_capture(R, [0.01] * 4),
    ],
)
def test_nothing_is_divided_by_zero(nothing):
    assert nothing() is None


def test_series_of_different_lengths_are_the_callers_mistake():
    with pytest.raises(ValueError, match="same number"):
        risk.beta([0.1, 0.2, 0.3], [0.1, 0.2])


def test_a_series_of_risk_free_rates_is_taken_day_by_day():
    assert risk.sharpe(R, [0.01, 0.0, 0.01, 0.0], 12) == pytest.approx(
        risk.sharpe([0.01, -0.01, 0.02, -0.04], 0, 12)
    )


@settings(max_examples=1000, deadline=None)
@given(series, st.floats(0.1, 3))
def test_risk_grows_with_the_stake(returns, stake):
    staked = [r * stake for r in returns]
    for name in ("volatility", "downside_deviation", "value_at_risk", "expected_shortfall"):
        figure = getattr(risk, name)
        assert figure(staked) == pytest.approx(stake * figure(returns), rel=1e-6, abs=1e-12)


@settings(max_examples=1000, deadline=None)
@given(series)
def test_falls_are_losses_and_the_worst_mean_is_no_better_than_its_quantile(returns):
    assert -1 <= risk.max_drawdown(returns) <= 0
    assert risk.expected_shortfall(returns) <= risk.value_at_risk(returns) + 1e-12


@settings(max_examples=1000, deadline=None)
@given(pairs)
def test_a_series_follows_itself(both):
    returns = [r for r, _ in both]
    if np.std(returns) > 1e-6:
        assert risk.beta(returns, returns) == pytest.approx(1)
        assert risk.alpha(returns, returns) == pytest.approx(0, abs=1e-9)
    assert risk.tracking_error(returns, returns) == 0


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_many_series_at_once_give_what_each_gives_alone(seed):
    rng = np.random.default_rng(seed)
    rows, index = rng.normal(0, 0.01, (4, 30)), rng.normal(0, 0.01, 30)
    for n, row in enumerate(rows):
        assert risk_of_rows.volatility(rows, 252)[n] == risk.volatility(row)
        assert risk_of_rows.max_drawdown(rows)[n] == risk.max_drawdown(row)
        assert risk_of_rows.beta(rows, index)[n] == pytest.approx(risk.beta(row, index), rel=1e-12)
        assert risk_of_rows.expected_shortfall(rows, 0.95)[n] == pytest.approx(
            risk.expected_shortfall(row)
        )
