"""Amounts split without losing or making a cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2s_core.kernel.money import cents, split_by_shares

HALF = Decimal("0.5")


@pytest.mark.parametrize(
    ("story", "amount", "shares", "expected"),
    [
        (
            "two halves of an odd cent: the first holder takes it",
            "100.01",
            ["0.5", "0.5"],
            ["50.01", "50.00"],
        ),
        (
            "thirds",
            "100.00",
            ["0.33333333", "0.33333333", "0.33333334"],
            ["33.33", "33.33", "33.34"],
        ),
        ("an outsider's half is not distributed", "100.00", ["0.5"], ["50.00"]),
        ("a debt splits the same way", "-0.03", ["0.5", "0.5"], ["-0.01", "-0.02"]),
    ],
)
def test_split(story, amount, shares, expected):
    parts = split_by_shares(Decimal(amount), [Decimal(s) for s in shares])
    assert [str(p) for p in parts] == expected, story


@given(
    st.decimals(-(10**9), 10**9, places=2), st.lists(st.integers(1, 1000), min_size=1, max_size=6)
)
def test_parts_add_up_to_the_whole(amount, weights):
    shares = [Decimal(w) / sum(weights) for w in weights]
    assert sum(split_by_shares(amount, shares)) == cents(sum(amount * s for s in shares))
