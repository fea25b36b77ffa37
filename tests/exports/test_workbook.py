"""A workbook holds real numbers and dates, and nothing that runs."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import polars as pl
from python_calamine import CalamineWorkbook

from o2s_core import exports

COLUMNS = (
    exports.SheetColumn("name", "Nom"),
    exports.SheetColumn("value", "Encours", "eur"),
    exports.SheetColumn("on", "Au", "day"),
)


def made(rows: list[tuple]) -> bytes:
    frame = pl.DataFrame(rows, schema=["name", "value", "on"], orient="row", strict=False)
    return exports.xlsx([exports.Sheet("Contacts : été / 2026", frame, COLUMNS)])


def read(data: bytes) -> list[list]:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return book.get_sheet_by_index(0).to_python()


def test_numbers_and_dates_are_real():
    rows = read(made([("Martin", Decimal("1234.56"), date(2025, 12, 31))]))
    assert rows == [["Nom", "Encours", "Au"], ["Martin", 1234.56, date(2025, 12, 31)]]


def test_no_text_becomes_a_formula_a_link_or_a_number():
    data = made([("=1+1", None, None), ("https://exemple.fr", None, None), ("0012", None, None)])
    assert [row[0] for row in read(data)[1:]] == ["=1+1", "https://exemple.fr", "0012"]
    with ZipFile(BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


def test_the_headings_stay_in_sight_and_the_sheet_has_a_name_that_excel_accepts():
    data = made([("a", None, None)])
    with ZipFile(BytesIO(data)) as parts:
        assert 'state="frozen"' in parts.read("xl/worksheets/sheet1.xml").decode()
    assert CalamineWorkbook.from_filelike(BytesIO(data)).sheet_names == ["Contacts   été   2026"]


def test_an_empty_table_is_a_sheet_with_its_headings():
    assert read(made([])) == [["Nom", "Encours", "Au"]]
