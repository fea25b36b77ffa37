"""An Excel workbook: one sheet a table, real numbers and dates, headings that stay in sight."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from o2s_core.exports.sheets import Sheet, SheetChart, SheetColumn

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


def xlsx(sheets: Sequence[Sheet], on: date | None = None) -> bytes:
    """Return a workbook of one or several sheets; with a day, the same bytes for the same data."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        book.set_calc_mode("manual")
        if on is not None:
            book.set_properties({"created": datetime(on.year, on.month, on.day, 12, tzinfo=UTC)})
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
    if sheet.total is not None:
        for x, column in enumerate(sheet.columns):
            bold = _format(book, column, bold=True, top=1)
            _put(page, (len(rows) + 1, x), sheet.total.get(column.name), bold)
    if sheet.chart is not None and rows:
        page.insert_chart(1, len(sheet.columns) + 1, _chart(book, page, sheet, sheet.chart))


def _chart(book: Workbook, page: Worksheet, sheet: Sheet, asked: SheetChart) -> Any:  # noqa: ANN401
    """Return a chart of some columns, as the spreadsheet draws it itself."""
    drawn = book.add_chart({"type": asked.kind})
    last = min(asked.rows or sheet.frame.height, sheet.frame.height)
    places = {column.name: n for n, column in enumerate(sheet.columns)}
    for name in asked.values:
        at = places[name]
        shown = {
            "name": sheet.columns[at].label,
            "categories": [page.name, 1, places[asked.category], last, places[asked.category]],
            "values": [page.name, 1, at, last, at],
        }
        drawn.add_series(shown | ({"line": {"width": 1.5}} if asked.kind == "line" else {}))
    drawn.set_title({"name": asked.title, "name_font": {"size": 12}})
    drawn.set_size({"width": 620, "height": 340})
    if asked.kind == "line":
        drawn.set_x_axis({"date_axis": True, "num_format": "mm/yyyy"})
    if asked.kind == "doughnut" or len(asked.values) > 1:
        drawn.set_legend({"position": "right" if asked.kind == "doughnut" else "bottom"})
    else:
        drawn.set_legend({"none": True})
    return drawn


def _put(page: Worksheet, at: tuple[int, int], value: Any, form: Format) -> None:  # noqa: ANN401
    if value is None or value == "":
        return
    if isinstance(value, datetime | date):
        page.write_datetime(*at, value, form)
    elif isinstance(value, Decimal | int | float):
        page.write_number(*at, float(value), form)
    else:
        page.write_string(*at, str(value), form)


def _format(book: Workbook, column: SheetColumn, **more: Any) -> Format:  # noqa: ANN401
    code = FORMATS.get(column.kind)
    return book.add_format(({"num_format": code} if code else {}) | more)


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
