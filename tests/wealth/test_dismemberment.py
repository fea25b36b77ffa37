"""Article 669: what a usufruct is worth, by age or by term."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core.portfolio.holders import HolderShare
from o2s_core.wealth import OwnerShare, life_usufruct, term_usufruct
from o2s_core.wealth.dismemberment import UnknownUsufructError, age_on, shared

ON = date(2026, 11, 24)
SCALE = {20: 90, 21: 80, 30: 80, 31: 70, 50: 60, 51: 50, 60: 50, 61: 40, 70: 40, 71: 30, 80: 30,
         81: 20, 90: 20, 91: 10}  # fmt: skip


@pytest.mark.parametrize(("age", "percent"), SCALE.items())
def test_a_usufruct_for_life_follows_the_scale(age, percent):
    """Case 15."""
    assert life_usufruct(age, ON) * 100 == percent


def test_a_usufruct_for_a_term_counts_each_started_decade():
    """Case 16: 15 years are two periods, 46 %; never more than for life."""
    assert term_usufruct(15, ON) == Decimal("0.46")
    assert term_usufruct(10, ON) == Decimal("0.23")
    assert term_usufruct(15, ON, age=75) == Decimal("0.3")
    assert term_usufruct(60, ON) == 1


def test_a_birthday_counts_on_its_day():
    assert age_on(date(1965, 11, 24), ON) == 61
    assert age_on(date(1965, 11, 25), ON) == 60


def test_a_term_is_counted_to_its_last_day():
    rights = (
        OwnerShare(1, Decimal(1), "usufruct", until=date(2036, 11, 24)),
        OwnerShare(2, Decimal(1), "bare"),
    )
    assert shared(Decimal(1000), rights, {1}, on=ON).total == 230
    longer = (OwnerShare(1, Decimal(1), "usufruct", until=date(2036, 11, 25)), rights[1])
    assert shared(Decimal(1000), longer, {1}, on=ON).total == 460


def test_two_usufructuaries_each_have_their_age():
    half = Decimal("0.5")
    rights = (
        HolderShare(1, half, "usufruct"),
        HolderShare(2, half, "usufruct"),
        HolderShare(3, Decimal(1), "bare"),
    )
    births = {1: date(1960, 1, 1), 2: date(1940, 1, 1)}  # 66: 40 %, 86: 20 %
    parts = {
        one: shared(Decimal(1000), rights, {one}, on=ON, births=births).total for one in (1, 2, 3)
    }
    assert parts == {1: 200, 2: 100, 3: 700}


def test_in_full_value_a_good_is_the_usufructuarys_then_the_bare_owners():
    rights = (HolderShare(1, Decimal(1), "usufruct"), HolderShare(2, Decimal(1), "bare"))
    for members in ({1}, {2}, {1, 2}):
        assert shared(Decimal(1000), rights, members, on=ON, view="civil").total == 1000
    assert shared(Decimal(1000), rights, {3}, on=ON, view="civil").total == 0


def test_an_unknown_age_is_an_error():
    with pytest.raises(UnknownUsufructError, match="date de naissance"):
        shared(
            Decimal(1),
            (HolderShare(1, Decimal(1), "usufruct"), HolderShare(2, Decimal(1), "bare")),
            {1},
            on=ON,
        )
