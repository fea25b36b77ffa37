"""Cost: what units cost and what their sale gained, oldest first or on average."""

from datetime import date, timedelta
from math import isnan, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2s_core.analytics import cost

DAY = date(2025, 1, 1)
#: 10 at 100, 10 at 120, then 15 sold at 130.
STORY = [
    (DAY, "buy", 10, 1000),
    (date(2025, 2, 1), "buy", 10, 1200),
    (date(2025, 3, 1), "sell", 15, 1950),
]


def test_the_oldest_leave_first():
    assert cost.realised(STORY) == cost.Cost(1950 - 1600, 5, 600)


def test_units_leave_at_their_average_cost():
    assert cost.realised(STORY, "average") == cost.Cost(1950 - 1650, 5, 550)


def test_days_are_put_in_order_and_one_day_keeps_its_own():
    assert cost.realised(reversed(STORY)) == cost.realised(STORY)
    same = [(DAY, "buy", 1, 10), (DAY, "sell", 1, 12)]
    assert cost.realised(same) == cost.Cost(2, 0, 0)


def test_more_sold_than_bought_has_no_gain():
    assert cost.realised([(DAY, "buy", 1, 10), (DAY, "sell", 3, 40)]) == cost.Cost(None, -2, None)


def test_nothing_happened():
    assert cost.realised([]) == cost.Cost(0, 0, 0)


@pytest.mark.parametrize("wrong", [(DAY, "short", 1, 1), (DAY, "buy", -1, 1), (DAY, "sell", 1, -1)])
def test_a_wrong_transaction_is_the_callers_mistake(wrong):
    with pytest.raises(ValueError, match=r"sides?|positive"):
        cost.realised([wrong])
    with pytest.raises(ValueError, match="fifo or average"):
        cost.realised(STORY, "lifo")


stories = st.lists(
    st.tuples(st.booleans(), st.floats(0.001, 1e4), st.floats(0, 1e6)), min_size=1, max_size=25
)


def covered(story):
    """The story with no sale beyond what is held."""
    held, kept = 0.0, []
    for n, (buys, quantity, amount) in enumerate(story):
        quantity = quantity if buys else min(quantity, held * 0.999)
        if quantity <= 0:
            continue
        held += quantity if buys else -quantity
        kept.append((DAY + timedelta(n), "buy" if buys else "sell", quantity, amount))
    return kept


@settings(max_examples=1000, deadline=None)
@given(stories, st.sampled_from(["fifo", "average"]))
def test_money_out_less_money_in_is_gain_less_cost_left(story, method):
    story = covered(story)
    found = cost.realised(story, method)
    paid = sum(a for _, side, _, a in story if side == "buy")
    received = sum(a for _, side, _, a in story if side == "sell")
    assert found.realised_gain - found.remaining_cost == pytest.approx(
        received - paid, rel=1e-9, abs=1e-4
    )


@settings(max_examples=1000, deadline=None)
@given(stories)
def test_both_methods_agree_once_all_is_sold(story):
    story = covered(story)
    left = cost.realised(story).remaining_quantity
    closed = [*story, (DAY + timedelta(10_000), "sell", left, 5.0)] if left > 0 else story
    fifo, average = cost.realised(closed), cost.realised(closed, "average")
    if fifo.realised_gain is not None and average.realised_gain is not None:
        assert fifo.realised_gain == pytest.approx(average.realised_gain, rel=1e-6, abs=1e-2)


@pytest.mark.parametrize("method", ["fifo", "average"])
def test_an_unknown_cost_is_never_zero(method):
    """It stays unknown on average; the oldest first forgets it with the units themselves."""
    lots = cost.Lots(method)
    lots.buy(10, [nan])
    lots.buy(10, [1200])
    (first,), _ = lots.sell(10)
    (second,), _ = lots.sell(5)
    assert isnan(first)
    assert second == 600 if method == "fifo" else isnan(second)


def test_units_that_were_not_there_have_no_cost():
    lots = cost.Lots()
    lots.buy(1, [10])
    (paid,), missing = lots.sell(3)
    assert isnan(paid)
    assert missing == 2


@settings(max_examples=300, deadline=None)
@given(stories, st.sampled_from(["fifo", "average"]), st.floats(0.1, 1))
def test_units_carried_elsewhere_keep_quantity_and_cost(story, method, part):
    source, target = cost.Lots(method), cost.Lots(method)
    for _, quantity, amount in story:
        source.buy(quantity, [amount])
    units, (paid,) = source.quantity, source.cost
    taken, missing = source.take(units * part)
    target.put(taken)
    target.multiply(2)
    assert missing == 0
    assert source.quantity + target.quantity / 2 == pytest.approx(units)
    assert source.cost[0] + target.cost[0] == pytest.approx(paid, abs=1e-6)
