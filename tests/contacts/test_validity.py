"""What is typed about somebody is checked before it is believed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2s_core.contacts import validity

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("story", "typed", "stored"),
    [
        ("a French mobile", "06 12 34 56 78", "+33612345678"),
        ("with dots", "06.12.34.56.78", "+33612345678"),
        ("a mobile of La Réunion, dialled as at home", "0692 12 34 56", "+262692123456"),
        ("a mobile of Guadeloupe", "0690 12 34 56", "+590690123456"),
        ("a mobile of Martinique", "0696 12 34 56", "+596696123456"),
        ("a mobile of Guyane", "0694 12 34 56", "+594694123456"),
        ("New Caledonia by its code", "+687 75 12 34", "+687751234"),
        ("Belgium by its code", "+32 470 12 34 56", "+32470123456"),
        ("two zeros for the plus", "0032 470 12 34 56", "+32470123456"),
        ("too short", "06 12 34", None),
        ("not a number", "demander à Paul", None),
    ],
)
def test_telephone(story, typed, stored):
    assert validity.e164(typed) == stored, story


def test_a_stored_number_is_the_same_when_typed_again():
    for number in ("+33612345678", "+262692123456", "+32470123456"):
        assert validity.e164(number) == number
        assert validity.e164(validity.readable_phone(number)) == number


@pytest.mark.parametrize(
    ("story", "birth", "on", "years"),
    [
        ("the day before the birthday", date(1980, 11, 25), TODAY, 45),
        ("on the birthday", date(1980, 11, 24), TODAY, 46),
        ("born on a leap day, a year without it", date(2008, 2, 29), date(2026, 2, 28), 17),
        ("born on a leap day, the day after", date(2008, 2, 29), date(2026, 3, 1), 18),
        ("not known", None, TODAY, None),
    ],
)
def test_age(story, birth, on, years):
    assert validity.age(birth, on) == years, story


@given(st.dates(date(1900, 1, 1), TODAY), st.dates(TODAY, date(2060, 1, 1)))
def test_nobody_grows_younger(birth, later):
    assert validity.age(birth, later) >= validity.age(birth, TODAY)


def test_a_siren_carries_its_key():
    assert validity.check_siren("732 829 320", {}, TODAY) is None
    assert "clé" in validity.check_siren("732829321", {}, TODAY)


def test_a_birth_is_past_and_less_than_120_years_ago():
    assert validity.check_birth(date(1950, 1, 1), {}, TODAY) is None
    assert "passée" in validity.check_birth(date(2026, 11, 25), {}, TODAY)
    assert "120" in validity.check_birth(date(1905, 1, 1), {}, TODAY)
    lived = {"death_date": date(1990, 1, 1)}
    assert validity.check_birth(date(1905, 1, 1), lived, TODAY) is None


def test_death_follows_birth():
    born = {"birth_date": date(1950, 1, 1)}
    assert validity.check_death(date(2020, 5, 1), born, TODAY) is None
    assert "naissance" in validity.check_death(date(1949, 5, 1), born, TODAY)
    assert "passée" in validity.check_death(date(2027, 1, 1), born, TODAY)


def test_an_adult_is_not_a_minor():
    assert "mineure" in validity.check_capacity("minor", {"birth_date": date(1980, 1, 1)}, TODAY)
    assert validity.check_capacity("minor", {"birth_date": date(2015, 1, 1)}, TODAY) is None
    assert validity.check_capacity("guardianship", {"birth_date": date(1980, 1, 1)}, TODAY) is None
