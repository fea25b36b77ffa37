"""The law on a day: the value, since when, until when, and which text says so."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core.kernel.errors import DataError
from o2s_core.kernel.parameters import parameter, parameters


@pytest.mark.parametrize(
    ("name", "on", "value"),
    [
        ("livret_a.ceiling", date(2026, 11, 24), "22950"),
        ("livret_a.ceiling", date(2012, 12, 31), "19125"),
        ("livret_a.rate", date(2025, 7, 31), "0.024"),
        ("livret_a.rate", date(2025, 8, 1), "0.017"),
        ("livret_a.rate", date(2026, 11, 24), "0.015"),
        ("ldds.ceiling", date(2026, 1, 1), "12000"),
        ("lep.ceiling", date(2026, 1, 1), "10000"),
        ("pea.ceiling", date(2026, 1, 1), "150000"),
        ("pea.combined_ceiling", date(2026, 1, 1), "225000"),
        ("pass", date(2025, 12, 31), "47100"),
        ("pass", date(2026, 1, 1), "48060"),
    ],
)
def test_value_on_a_day(name, on, value):
    assert parameter(name, on).value == Decimal(value)


def test_a_value_ends_the_day_before_the_next():
    old = parameter("livret_a.rate", date(2025, 3, 1))
    assert (old.valid_from, old.valid_until) == (date(2025, 2, 1), date(2025, 7, 31))
    assert parameter("livret_a.rate", date(2026, 3, 1)).valid_until is None


@pytest.mark.parametrize(
    ("name", "on"), [("pass", date(2027, 1, 1)), ("lep.ceiling", date(2023, 9, 30))]
)
def test_a_day_without_value_is_refused(name, on):
    with pytest.raises(DataError, match="aucune valeur connue"):
        parameter(name, on)


@pytest.mark.parametrize("name", parameters())
def test_every_value_names_its_source_and_how_fresh_it_is(name):
    said = parameter(name, date(2026, 6, 30))
    assert said.source
    assert said.link.startswith("https://www.legifrance.gouv.fr/")
    assert said.unit in {"EUR", "ratio"}
    assert said.known_on >= date(2026, 1, 1)
