"""A joint account is one account; each person owns a share, a family owns it once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2s_core.portfolio import HolderShare, share_problem
from o2s_core.portfolio.holders import owned

ANNE, MARC, LEA, OUTSIDER = 1, 2, 3, 9
JOINT = (HolderShare(ANNE, Decimal("0.5")), HolderShare(MARC, Decimal("0.5")))
PARENT_AND_CHILD = (
    HolderShare(ANNE, Decimal(1), right="usufruct"),
    HolderShare(LEA, Decimal(1), right="bare"),
)


@pytest.mark.parametrize(
    ("story", "members", "total", "outside"),
    [
        ("each holder owns half of a joint account", {ANNE}, "50000.00", "50000.00"),
        ("the household owns it once", {ANNE, MARC}, "100000.00", "0.00"),
        ("a stranger owns nothing", {OUTSIDER}, "0", "100000.00"),
    ],
)
def test_oracles_31_and_32(story, members, total, outside):
    mine = owned(Decimal("100000.00"), JOINT, members)
    assert (mine.total, mine.outside) == (Decimal(total), Decimal(outside)), story


def test_three_thirds_of_ten_million_lose_no_cent():
    thirds = [HolderShare(n, Decimal("0.33333333")) for n in (ANNE, MARC, LEA)]
    parts = [owned(Decimal("10000000.00"), thirds, {n}).total for n in (ANNE, MARC, LEA)]
    assert sum(parts) == Decimal("10000000.00")


def test_usufruct_and_bare_ownership_count_once_together():
    family = owned(Decimal("100000.00"), PARENT_AND_CHILD, {ANNE, LEA})
    assert family.total == Decimal("100000.00")
    assert family.split_right == 0


@pytest.mark.parametrize("alone", [ANNE, LEA])
def test_a_right_alone_is_not_valued_but_named(alone):
    mine = owned(Decimal("100000.00"), PARENT_AND_CHILD, {alone})
    assert (mine.total, mine.split_right) == (0, Decimal("100000.00"))


def test_a_parent_with_one_of_two_bare_owners_owns_half_in_full():
    holders = (
        HolderShare(ANNE, Decimal(1), right="usufruct"),
        HolderShare(LEA, Decimal("0.5"), right="bare"),
        HolderShare(OUTSIDER, Decimal("0.5"), right="bare"),
    )
    mine = owned(Decimal("100000.00"), holders, {ANNE, LEA})
    assert (mine.total, mine.split_right) == (Decimal("50000.00"), Decimal("50000.00"))


@given(
    cents=st.integers(-(10**12), 10**12),
    weights=st.lists(st.integers(1, 1000), min_size=1, max_size=6),
)
def test_the_persons_add_up_to_the_household_whatever_the_shares(cents, weights):
    whole = sum(weights)
    shares = [(Decimal(w) / whole).quantize(Decimal("1e-8")) for w in weights]
    shares[0] += 1 - sum(shares)
    holders = [HolderShare(n, share) for n, share in enumerate(shares)]
    amount = Decimal(cents) / 100
    persons = [owned(amount, holders, {n}).total for n in range(len(holders))]
    assert sum(persons) == owned(amount, holders, set(range(len(holders)))).total == amount


@pytest.mark.parametrize(
    ("story", "holders", "said"),
    [
        ("half is missing", [HolderShare(1, Decimal("0.5"))], "il est de 50"),
        ("nobody", [], "au moins un titulaire"),
        (
            "twice the same",
            [HolderShare(1, Decimal("0.5")), HolderShare(1, Decimal("0.5"))],
            "deux fois",
        ),
        (
            "a negative share",
            [HolderShare(1, Decimal(-1)), HolderShare(2, Decimal(2))],
            "entre 0 et 100",
        ),
        (
            "usufruct without bare owner",
            [HolderShare(1, Decimal(1), right="usufruct")],
            "nue-propriété",
        ),
    ],
)
def test_shares_that_do_not_make_a_whole_are_refused(story, holders, said):
    assert said in (share_problem(holders) or ""), story


@pytest.mark.parametrize(
    "holders",
    [
        JOINT,
        PARENT_AND_CHILD,
        [HolderShare(n, Decimal("0.33333333")) for n in (1, 2, 3)],
        [
            HolderShare(1, Decimal("0.5")),
            HolderShare(1, Decimal("0.5"), right="usufruct"),
            HolderShare(2, Decimal("0.5"), right="bare"),
        ],
        [HolderShare(1, Decimal(1)), HolderShare(2, Decimal(0), role="insured")],
    ],
)
def test_shares_that_make_a_whole_are_accepted(holders):
    assert share_problem(holders) is None
