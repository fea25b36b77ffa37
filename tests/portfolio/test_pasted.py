"""A situation pasted from a spreadsheet, a PDF or a mail is read, and what is not is said."""

from decimal import Decimal

import pytest

from o2s_core.kernel.identifiers import isin_with_check_digit
from o2s_core.portfolio import pasted
from o2s_core.portfolio.pasted import french_number

ISIN = isin_with_check_digit("XF000000001")


def test_a_table_with_its_header():
    text = (
        "Code ISIN\tSupport\tNombre de parts\tVL\tValorisation\tPRU\n"
        f"{ISIN}\tMonde Indiciel\t812,4471\t287,31\t233\u202f424,18 €\t212,00\n"
        "\tFonds en euros Sérénité\t\t\t412 300,00\t\n"
        "\tTotal\t\t\t645 724,18\t"
    )
    read = pasted(text)
    assert read.problems == ()
    first, second = read.lines
    assert (first.isin, first.quantity, first.price) == (
        ISIN,
        Decimal("812.4471"),
        Decimal("287.31"),
    )
    assert (first.value, first.unit_cost) == (Decimal("233424.18"), Decimal("212.00"))
    assert (second.label, second.value, second.quantity) == (
        "Fonds en euros Sérénité", Decimal("412300.00"), None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"{ISIN};Monde;10;28,5;285", ("10", "28.5", "285")),
        (f"Monde  {ISIN}  10  285,00 €", ("10", None, "285.00")),
        ("Fonds euros\t1 000,00", (None, None, "1000.00")),
    ],
)
def test_rows_without_header_are_told_by_their_shape(row, expected):
    (line,) = pasted(row).lines
    assert (line.quantity, line.price, line.value) == tuple(
        Decimal(x) if x else None for x in expected
    )


def test_a_balance_is_cash():
    (line,) = pasted("Liquidités\t1 204,50").lines
    assert (line.kind, line.value) == ("cash", Decimal("1204.50"))


def test_every_row_that_is_not_understood_is_named():
    read = pasted("XF0000000009;Autre;1;2;2\nSans montant;;;\nBon;5")
    assert [problem.row for problem in read.problems] == [1, 2]
    assert "ISIN" in read.problems[0].message
    assert "aucun montant" in read.problems[1].message
    assert [line.label for line in read.lines] == ["Autre", "Bon"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 234,56", "1234.56"),
        ("1\u202f234,56 €", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("(12,50)", "-12.50"),
        ("12,50-", "-12.50"),
        ("\u221212,50", "-12.50"),
    ],
)
def test_french_numbers(typed, value):
    assert french_number(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["1.234", "NaN", "inf", "#REF!", "12,5,3", ""])
def test_a_number_that_may_mean_two_things_or_nothing_is_refused(typed):
    assert isinstance(french_number(typed), str)
