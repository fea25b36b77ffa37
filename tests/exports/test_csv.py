"""A CSV opens right in a French spreadsheet, and executes nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from o2s_core import exports


def written(values: list, kind: str = "text", **options) -> list[str]:
    frame = pl.DataFrame({"x": values}, strict=False)
    sheet = exports.Sheet("essai", frame, (exports.SheetColumn("x", "Colonne", kind, **options),))
    return exports.csv(sheet).decode("utf-8-sig").split("\r\n")[1:-1]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text):
    (cell,) = written([text])
    assert cell.strip('"').startswith("'")


def test_a_negative_number_stays_a_number():
    assert written([Decimal("-1234.50")], "eur") == ["-1234,50"]


def test_a_day_and_an_instant_are_written_the_french_way():
    assert written([date(2025, 12, 31)], "day") == ["31/12/2025"]
    assert written([datetime(2025, 12, 31, 23, 30, tzinfo=UTC)], "instant") == ["01/01/2026 00:30"]


def test_no_value_is_nothing_and_never_none():
    assert [cell.strip(chr(34)) for cell in written(["a", None])] == ["a", ""]


def test_a_code_is_written_as_its_label():
    assert written(["client"], labels={"client": "Client"}) == ["Client"]


def test_the_file_says_that_it_is_utf_8_and_separates_by_semicolons():
    frame = pl.DataFrame({"a": ["é"], "b": [1]})
    columns = (exports.SheetColumn("a", "Été"), exports.SheetColumn("b", "Nombre", "integer"))
    assert exports.csv(exports.Sheet("t", frame, columns)) == "\ufeffÉté;Nombre\r\né;1\r\n".encode()
