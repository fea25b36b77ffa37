"""A CSV that a French spreadsheet opens right, and that it cannot be made to execute."""

import csv as _csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from o2s_core.exports.sheets import Sheet

#: A cell that starts with one of these is a formula for a spreadsheet (OWASP, CSV injection).
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv(sheet: Sheet) -> bytes:
    """Return a sheet as CSV: UTF-8 with its mark, semicolons, decimal comma, 31/12/2025.

    A text that a spreadsheet would take for a formula gets an apostrophe in
    front; numbers are written as numbers.
    """
    out = io.StringIO(newline="")
    writer = _csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_safe(column.label) for column in sheet.columns])
    writer.writerows([[_cell(value) for value in row] for row in sheet.rows()])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:  # noqa: ANN401
    if value is None:
        return ""
    if isinstance(value, Decimal | float | int):
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else _plain(value)
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else _safe(str(value))


def _plain(value: float) -> str:
    return str(value).replace(".", ",")


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(DANGEROUS) else text
