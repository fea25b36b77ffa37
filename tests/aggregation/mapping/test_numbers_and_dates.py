"""Numbers are exact or refused; a column of days has one format."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2s_core.aggregation.mapping.dates import read_days
from o2s_core.aggregation.mapping.language import NumberFormat
from o2s_core.aggregation.mapping.numbers import read_numbers
from o2s_core.kernel.french import number


def reads(text: str, **form):
    found = read_numbers(pl.Series([text]), NumberFormat(**form))
    return found.values[0], found.problems[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.72", "5.72"), ("470,50", "470.5"), ("1.83", "1.83"), ("419,22", "419.22"), ("0,039", "0.039"),
        ("0.123", "0.123"), ("1,0613", "1.0613"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"), ("1,234,567", "1234567"), ("1 234", "1234"), ("12", "12"),
        ("-890.5", "-890.5"), ("1234.567", "1234.567"),
    ],
)  # fmt: skip
def test_auto_reads_what_can_only_be_read_one_way(text, value):
    assert reads(text, decimal="auto") == (Decimal(value), None)


@pytest.mark.parametrize("text", ["1.234", "1,234", "-12,345", "999.999"])
def test_auto_refuses_what_can_be_read_two_ways(text):
    assert reads(text, decimal="auto") == (None, "AMBIGUOUS")


def test_declared_thousands_make_it_certain():
    assert reads("1.234", decimal=",", thousands=[" ", "."]) == (1234, None)
    assert reads("1.234", decimal=".") == (Decimal("1.234"), None)
    assert reads("1.234", decimal=",") == (None, "AMBIGUOUS")


def test_signs_of_currency_and_per_cent_are_dropped_only_when_declared():
    assert reads("1 234,50 €", decimal=",", symbols=["€"]) == (Decimal("1234.5"), None)
    assert reads("12,5 %", decimal=",", percent=True) == (Decimal("0.125"), None)
    assert reads("$5.00", decimal=".") == (None, "NUMBER")


@given(st.decimals(-(10**9), 10**9, places=8, allow_nan=False, allow_infinity=False))
def test_a_number_written_in_french_is_read_back_exactly(value):
    assert reads(number(value, 8), decimal=",") == (value, None)


@given(st.text(max_size=12))
def test_any_text_is_a_number_a_problem_or_nothing(text):
    for mark in (",", ".", "auto"):
        value, problem = reads(text, decimal=mark)
        assert (value is None) == (problem not in {None, "PRECISION"})


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("31/12/2025", "%d/%m/%Y", date(2025, 12, 31)), ("2025-12-31", "%Y-%m-%d", date(2025, 12, 31)),
        ("31.12.2025", "%d.%m.%Y", date(2025, 12, 31)), ("20251231", "%Y%m%d", date(2025, 12, 31)),
        ("16-jan-2025", "%d-%b-%Y", date(2025, 1, 16)), ("31/12/25", "%d/%m/%y", date(2025, 12, 31)),
        ("24-08-2022 07:00:15", "%d-%m-%Y %H:%M:%S", date(2022, 8, 24)),
        ("2026-03-06T10:20:05.865Z", "%Y-%m-%dT%H:%M:%S.%fZ", date(2026, 3, 6)),
    ],
)  # fmt: skip
def test_a_day_in_its_format(text, form, day):
    assert read_days(pl.Series([text]), (form,)).values.to_list() == [day]


def test_one_format_for_all_the_rows():
    found = read_days(
        pl.Series(["31/12/2025", "2025-12-31", "30/12/2025"]), ("%Y-%m-%d", "%d/%m/%Y")
    )
    assert found.values.to_list() == [date(2025, 12, 31), None, date(2025, 12, 30)]
    assert found.problems.to_list() == [None, "DATE", None]
