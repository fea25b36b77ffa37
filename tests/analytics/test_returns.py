"""Returns: what was earned, whatever was paid in or taken out."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from o2s_core.analytics import returns

JAN, JUL, NEXT = date(2025, 1, 1), date(2025, 7, 2), date(2026, 1, 1)
growth = st.floats(0.5, 2.0)
amounts = st.floats(0, 1e6)


# -- the three returns of one story: 100 000 grows to 110 000, 100 000 comes in, 199 500 is left


def test_a_deposit_is_not_a_gain():
    index = returns.time_weighted([100_000, 110_000, 199_500], [0, 0, 100_000], [0, 0, 0])
    assert index.tolist() == pytest.approx([0, 0.10, 0.045])


def test_modified_dietz_weighs_the_deposit_by_its_time():
    flow = [(JUL, 100_000)]
    middle = returns.modified_dietz(100_000, 199_500, flow, JAN, NEXT)
    assert middle == pytest.approx(-500 / (100_000 + 100_000 * 183 / 365))
    assert middle == pytest.approx(-0.003333, abs=1e-5)


def test_the_internal_rate_sees_when_the_money_came():
    rate = returns.xirr([JAN, JUL, NEXT], [-100_000, -100_000, 199_500])
    assert rate == pytest.approx(-0.003329, abs=5e-7)


# -- xirr and irr


def test_flows_may_come_in_any_order_and_miss_an_amount():
    days, flows = [NEXT, JAN, JUL], [110.0, -100.0, None]
    assert returns.xirr(days, flows) == pytest.approx(0.10)
    assert returns.xirr(pl.Series(days), pl.Series(flows)) == pytest.approx(0.10)


@pytest.mark.parametrize(
    ("days", "flows"),
    [
        ([], []),
        ([JAN], [-100]),
        ([JAN, JAN], [-100, 110]),
        ([JAN, NEXT], [100, 50]),
        ([JAN, NEXT], [0, 0]),
        ([JAN, NEXT], [None, 50]),
    ],
)
def test_flows_without_answer_have_no_rate(days, flows):
    assert returns.xirr(days, flows) is None


def test_a_published_series_of_flows_has_its_rate():
    """The example of a spreadsheet's manual: 37.34 %."""
    days = [
        date(2008, 1, 1),
        date(2008, 3, 1),
        date(2008, 10, 30),
        date(2009, 2, 15),
        date(2009, 4, 1),
    ]
    assert returns.xirr(days, [-10_000, 2_750, 4_250, 3_250, 2_750]) == pytest.approx(
        0.373362535, abs=1e-8
    )


def test_one_flow_a_period():
    assert returns.irr([-100, 60, 60]) == pytest.approx(0.1306623863)
    assert returns.irr([-100, None, 121]) == pytest.approx(0.21)
    assert returns.irr([100]) is None
    assert returns.irr([100, 50]) is None


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3000), st.floats(1, 1e5)), min_size=1, max_size=8),
    st.floats(-0.5, 1.5),
)
def test_the_present_value_at_the_rate_is_nil(paid, rate):
    days = [JAN + timedelta(after) for after, _ in paid]
    flows = [amount for _, amount in paid]
    price = sum(a / (1 + rate) ** (after / 365) for after, a in paid)
    found = returns.xirr([JAN, *days], [-price, *flows])
    assert found is not None
    worth = sum(a / (1 + found) ** (after / 365) for after, a in paid) - price
    assert worth == pytest.approx(0, abs=1e-6 * max(1, price))


def test_flows_that_change_sign_twice_may_have_two_rates():
    days = [JAN, NEXT, date(2027, 1, 1)]
    two = [-100, 230, -132]  # 10 % and 20 %
    assert returns.several_rates_fit(days, two)
    assert returns.xirr(days, two) == pytest.approx(0.10) or returns.xirr(
        days, two
    ) == pytest.approx(0.20)
    assert not returns.several_rates_fit(days, [-100, 50, 80])
    assert not returns.several_rates_fit([], [])


# -- Modified Dietz


def test_a_flow_at_the_start_of_its_day_counts_one_day_more():
    flow, end = [(date(2025, 1, 11), 30)], date(2025, 1, 31)
    assert returns.modified_dietz(100, 140, flow, JAN, end) == pytest.approx(
        10 / (100 + 30 * 20 / 30)
    )
    assert returns.modified_dietz(100, 140, flow, JAN, end, "start") == pytest.approx(
        10 / (100 + 30 * 21 / 30)
    )
    first = [(JAN, 30)]
    assert returns.modified_dietz(100, 140, first, JAN, end, "start") == pytest.approx(10 / 130)


@pytest.mark.parametrize(
    ("opening", "closing", "flows", "start", "end"),
    [
        (None, 100, [], JAN, NEXT),
        (100, None, [], JAN, NEXT),
        (0, 0, [], JAN, NEXT),
        (100, 100, [], JAN, JAN),
        (100, 0, [(JAN, -150)], JAN, NEXT),
    ],
)
def test_no_capital_or_no_period_has_no_return(opening, closing, flows, start, end):
    assert returns.modified_dietz(opening, closing, flows, start, end) is None


def test_a_flow_outside_the_period_is_the_callers_mistake():
    with pytest.raises(ValueError, match="outside"):
        returns.modified_dietz(100, 110, [(date(2024, 12, 31), 5)], JAN, NEXT)


# -- time-weighted


def test_what_is_taken_out_leaves_at_the_close():
    assert returns.time_weighted([100, 60], [0, 0], [0, 50])[-1] == pytest.approx(0.10)


def test_a_day_without_capital_earns_nothing_and_the_first_deposit_starts_it():
    index = returns.time_weighted([0, 0, 110, 121], [0, 0, 110, 0], [0, 0, 0, 0])
    assert index.tolist() == pytest.approx([0, 0, 0, 0.10])


def test_a_day_without_value_passes_its_flow_on():
    index = returns.time_weighted([100, None, 165], [0, 50, None], [0, 0, 0])
    assert index.tolist() == pytest.approx([0, 0, 0.10])


def test_no_day_has_no_return_and_lists_must_match():
    assert len(returns.time_weighted([], [], [])) == 0
    with pytest.raises(ValueError, match="one flow per day"):
        returns.time_weighted([1, 2], [0], [0, 0])


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.tuples(growth, amounts, st.floats(0, 0.9)), min_size=1, max_size=30))
def test_flows_never_change_a_time_weighted_return(days):
    value, worth, paid_in, taken_out, index = 1000.0, [1000.0], [0.0], [0.0], 1.0
    for grown, deposit, share in days:
        before = (value + deposit) * grown
        value = before * (1 - share)
        worth.append(value)
        paid_in.append(deposit)
        taken_out.append(before * share)
        index *= grown
    assert returns.time_weighted(worth, paid_in, taken_out)[-1] == pytest.approx(
        index - 1, rel=1e-9, abs=1e-9
    )


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(st.tuples(st.floats(1, 1e6), amounts, amounts), min_size=2, max_size=20),
    st.floats(0.01, 100),
)
def test_another_unit_of_money_changes_no_return(days, scale):
    v, i, o = (np.array(column) for column in zip(*days, strict=True))
    assert returns.time_weighted(v * scale, i * scale, o * scale) == pytest.approx(
        returns.time_weighted(v, i, o), rel=1e-6, abs=1e-9
    )


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 1e6), amounts, amounts), min_size=3, max_size=20), st.data())
def test_a_later_change_moves_no_earlier_return(days, data):
    at = data.draw(st.integers(1, len(days) - 1))
    v, i, o = (np.array(column) for column in zip(*days, strict=True))
    before = returns.time_weighted(v, i, o)
    i[at] += 1234.0
    assert returns.time_weighted(v, i, o)[:at].tolist() == before[:at].tolist()


# -- annualised


def test_only_more_than_a_year_is_made_yearly():
    assert returns.annualised(0.21, JAN, date(2027, 1, 1)) == pytest.approx(0.10)
    assert returns.annualised(0.21, JAN, JUL) is None
    assert returns.annualised(None, JAN, date(2027, 1, 1)) is None
    assert returns.annualised(-1.0, JAN, date(2027, 1, 1)) == -1.0
    assert returns.annualised(-1.2, JAN, date(2027, 1, 1)) is None


@settings(max_examples=1000, deadline=None)
@given(st.floats(-0.99, 10), st.integers(366, 20_000))
def test_compounding_the_yearly_rate_gives_the_return_back(total, days):
    yearly = returns.annualised(total, JAN, JAN + timedelta(days))
    assume(yearly is not None)
    assert (1 + yearly) ** (days / 365) - 1 == pytest.approx(total, rel=1e-9, abs=1e-9)
