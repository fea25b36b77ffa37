"""Figures, days and ratios read the French way."""

from datetime import date
from decimal import Decimal

import pytest

from o2s_core.kernel import french


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("1234567.891", 2, "1 234 567,89"),
        ("1234.50", 0, "1 235"),
        ("0.125", 2, "0,13"),
        ("-0.125", 2, "−0,13"),
        ("-0.004", 2, "0,00"),
        ("92000000000", 2, "92 000 000 000,00"),
    ],
)
def test_a_number_is_rounded_half_up_as_amounts_are_posted(value, decimals, expected):
    assert plain(french.number(Decimal(value), decimals)) == expected


@pytest.mark.parametrize(
    ("many", "expected"),
    [(0, "0 compte"), (1, "1 compte"), (2, "2 comptes"), (1200, "1 200 comptes")],
)
def test_what_is_counted_takes_its_plural_from_two_on(many, expected):
    assert plain(french.count(many, "compte")) == expected


def test_a_plural_that_is_not_an_s_is_given():
    assert plain(french.count(3, "contact choisi", "contacts choisis")) == "3 contacts choisis"


def test_no_figure_reads_n_c():
    assert french.eur(None) == "n.c."
    assert french.percent(None) == "n.c."


def test_a_ratio_reads_as_a_percentage_and_a_day_as_a_day():
    assert plain(french.percent(Decimal("0.12345"), 2, signed=True)) == "+12,35 %"
    assert plain(french.percent(0.125)) == "12,5 %"
    assert french.day(date(2025, 12, 31)) == "31/12/2025"
    assert french.day(None) == ""


def test_a_quantity_keeps_the_decimals_it_has():
    assert french.quantity(Decimal("812.44710000")) == "812,4471"
    assert french.quantity(Decimal(1200)) == "1\u202f200"
