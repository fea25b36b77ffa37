"""What is typed the French way reaches the core as an exact number."""

from decimal import Decimal

import pytest

from o2s_core.kernel.forms import FormField
from o2s_core.ui.fields import decimal, understood, written


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1 234,56", "1234.56"),
        ("1\u202f234,56\xa0€", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("−3,5", "-3.5"),
        ("+12", "12"),
        ("0,1", "0.1"),
    ],
)
def test_a_number_is_read(typed, number):
    assert decimal(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "abc", "1,2,3", "1,234.56", "NaN", "Infinity", "12 k€"])
def test_what_is_no_number_is_refused_rather_than_guessed(typed):
    assert decimal(typed) is None


def test_a_percentage_is_typed_in_points_and_kept_as_a_ratio():
    rate = FormField("rate", "Taux", "percent")
    assert understood(rate, "12,5") == Decimal("0.125")
    assert written(rate, Decimal("0.125")) == "12,5"


def test_an_amount_comes_back_as_it_was_typed():
    amount = FormField("amount", "Montant", "money")
    assert written(amount, understood(amount, "1 234,50")).replace("\u202f", " ") == "1 234,50"


def test_a_text_that_is_not_a_number_stays_as_typed_for_the_check_to_refuse():
    assert understood(FormField("n", "N", "money"), " abc ") == "abc"


def test_blanks_are_no_value():
    assert understood(FormField("n", "Nom"), "   ") is None


def test_an_integer_with_decimals_is_not_one():
    assert understood(FormField("n", "N", "integer"), "3") == 3
    assert understood(FormField("n", "N", "integer"), "3,5") == Decimal("3.5")
