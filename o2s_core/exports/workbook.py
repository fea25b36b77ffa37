"""An Excel workbook: one sheet a table, real numbers and dates, headings that stay in sight."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from o2s_core.exports.sheets import Sheet, SheetColumn

#: Excel writes these by the reader's own country: comma and spaces in France.
FORMATS: Final = {
    "eur": "#,##0.00\\ [$€-40C]",
    "number": "#,##0.00",
    "integer": "#,##0",
    "quantity": "#,##0.####",
    "percent": "0.0%",
    "progress": "0.0%",
    "day": "dd/mm/yyyy",
    "instant": "dd/mm/yyyy\\ hh:mm",
}
#: What a workbook must never do with a text: run it, follow it, or take it for a number.
SAFE: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
LIMIT: Final = 48  #: characters of the widest column


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook of one or several sheets."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        book.set_calc_mode("manual")
        for number, sheet in enumerate(sheets, 1):
            _write(book, book.add_worksheet(_name(sheet.title, number)), sheet)
    return out.getvalue()


def _write(book: Workbook, page: Worksheet, sheet: Sheet) -> None:
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8ECEA"})
    formats = [_format(book, column) for column in sheet.columns]
    for n, column in enumerate(sheet.columns):
        page.write_string(0, n, column.label, heading)
        page.set_column(n, n, _width(sheet, column))
    rows = sheet.rows()
    for y, row in enumerate(rows, 1):
        for x, value in enumerate(row):
            _put(page, (y, x), value, formats[x])
    page.freeze_panes(1, 0)
    if rows:
        page.autofilter(0, 0, len(rows), len(sheet.columns) - 1)


def _put(page: Worksheet, at: tuple[int, int], value: Any, form: Format) -> None:  # noqa: ANN401
    if value is None or value == "":
        return
    if isinstance(value, datetime | date):
        page.write_datetime(*at, value, form)
    elif isinstance(value, Decimal | int | float):
        page.write_number(*at, float(value), form)
    else:
        page.write_string(*at, str(value), form)


def _format(book: Workbook, column: SheetColumn) -> Format:
    code = FORMATS.get(column.kind)
    return book.add_format({"num_format": code} if code else {})


def _width(sheet: Sheet, column: SheetColumn) -> int:
    """Return a width that shows the heading and the longest of the first values."""
    if column.name not in sheet.frame.columns:
        return len(column.label) + 2
    seen = [str(column.value(raw)) for raw in sheet.frame[column.name].head(200).to_list() if raw]
    longest = max((len(text) for text in seen), default=0)
    return min(LIMIT, max(len(column.label), longest, 10) + 2)


def _name(title: str, number: int) -> str:
    """Return a name that Excel accepts: 31 characters, none of the seven it refuses."""
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or f"Feuille {number}"
