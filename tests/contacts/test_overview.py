"""The general page counts people once, by stage, by age and by adviser."""

from datetime import date, timedelta

from o2s_core import contacts
from tests import kit


def test_the_same_people_are_counted_along_every_axis(firm):
    """S-116"""
    a = firm.alice
    one = kit.person(a, birth_date=date(1950, 1, 1))
    kit.person(a, birth_date=date(2015, 1, 1))
    kit.person(a, stage="prospect", birth_date=date(1951, 1, 1))
    kit.company(a)
    kit.household(a, one)
    seen = contacts.overview(firm.alice)
    assert seen.total == 4
    assert seen.by_stage.rows() == [("Prospect", 1), ("Client", 3)]
    bands = dict(seen.by_age.rows())
    assert (bands["Moins de 18 ans"], bands["70 à 79 ans"], bands["30 à 39 ans"]) == (1, 2, 0)
    assert seen.by_adviser["contacts"].to_list() == [4]
    assert seen.counters["household"] == 1


def test_new_contacts_are_those_of_thirty_days(firm):
    from dataclasses import replace

    kit.person(replace(firm.alice, now=firm.alice.now - timedelta(days=31)))
    kit.person(firm.alice)
    assert contacts.overview(firm.alice).new == 1


def test_an_empty_perimeter_has_an_empty_overview(firm):
    seen = contacts.overview(firm.alice)
    assert (seen.total, seen.by_age.height, seen.by_stage.height) == (0, 0, 0)
