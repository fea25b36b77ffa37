"""Every value of a table is French, whatever the browser."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from o2s_core.ui.columns import Column, total_of


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("eur", Decimal("1234.5"), "1 234,50 €"),
        ("eur", Decimal("-0.004"), "0,00 €"),
        ("number", Decimal("1234.567"), "1 234,57"),
        ("integer", 20000, "20 000"),
        ("quantity", Decimal("812.44710000"), "812,4471"),
        ("percent", 0.125, "12,5 %"),
        ("day", date(2025, 12, 31), "31/12/2025"),
        ("instant", datetime(2026, 7, 1, 10, 5, tzinfo=UTC), "01/07/2026 12:05"),
        ("yes_no", True, "oui"),
        ("text", "Été", "Été"),
    ],
)
def test_a_value_reads(kind, value, expected):
    assert plain(Column("x", "X", kind).text(value)) == expected


def test_no_value_shows_nothing_or_what_the_column_says():
    assert Column("x", "X", "eur").text(None) == ""
    assert Column("x", "X", "eur", missing="n.c.").text(None) == "n.c."


def test_a_loss_has_a_true_minus_sign_and_is_red():
    cell = Column("x", "X", "eur", signed=True).cell({"x": Decimal("-3.5")})
    assert plain(cell["t"]) == "−3,50 €"
    assert cell["tone"] == "loss"
    assert plain(Column("x", "X", "eur", signed=True).cell({"x": Decimal("3.5")})) == "+3,50 €"


def test_a_code_shows_its_label_and_its_tone():
    stage = Column("x", "X", "badge", labels={"client": "Client"}, tones={"client": "good"})
    assert stage.cell({"x": "client"}) == {"t": "Client", "tone": "good"}


def test_a_link_takes_the_values_of_the_row_and_escapes_them():
    name = Column("name", "Nom", link="/contacts?contact={code}")
    assert name.cell({"name": "A", "code": "a b&c"})["href"] == "/contacts?contact=a%20b%26c"


def test_a_total_is_the_sum_of_the_cells_shown_to_the_cent():
    column = Column("v", "V", "eur", total=True)
    amounts = [Decimal("0.10")] * 3 + [None]
    assert plain(total_of(column, amounts)["t"]) == "0,30 €"


def test_a_column_without_value_has_no_total():
    assert total_of(Column("v", "V", "eur", total=True), [None, None]) is None
