"""How an Excel workbook is cut into rows: its sheet, its cells and what they hold."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import fastexcel
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from o2s_core.aggregation.mapping import grid
from o2s_core.aggregation.mapping.grid import Grid, Line
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.french import NBSP

#: Limits on what an office archive may unpack to.
MAX_MEMBERS: Final = 2_000
MAX_BYTES: Final = 300_000_000
MAX_RATIO: Final = 200
MAX_CELLS: Final = 20_000_000
ERRORS: Final = {
    "NA": "#N/A", "Ref": "#REF!", "Div0": "#DIV/0!", "Value": "#VALUE!", "Name": "#NAME?",
    "Num": "#NUM!", "Null": "#NULL!",
}  # fmt: skip


def read_grid(data: bytes, spec: MappingSpec) -> Grid | Refusal:
    """Return the table of a workbook, or why it is refused."""
    opened = open_workbook(data)
    if isinstance(opened, Refusal):
        return opened
    name = sheet_name(opened.sheet_names, spec.reading.sheet)
    if name is None:
        return _refused("F02", f"La feuille «{NBSP}{spec.reading.sheet}{NBSP}» n'existe pas : le "
                        f"classeur contient {', '.join(opened.sheet_names)}.")  # fmt: skip
    lines = sheet_lines(data, opened, name, merged=spec.reading.merged_cells == "propagate")
    if isinstance(lines, Refusal):
        return lines
    head = lines[: spec.reading.header.max_before + 1]
    at = grid.find_header(head, spec.reading.header.required)
    if at is None:
        return grid.no_header("xlsx", head, spec.reading)
    return grid.build("xlsx", lines, at, spec.reading)


def open_workbook(data: bytes) -> CalamineWorkbook | Refusal:
    """Open a workbook after the checks that a hostile archive must not pass."""
    if not data:
        return _refused("F01", "Le fichier est vide : demandez un nouvel export au partenaire.")
    if data.startswith(b"PK") and (refusal := _check_archive(data)):
        return refusal
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except CalamineError as error:
        return _damaged("protégé par mot de passe" if "assword" in str(error) else "abîmé")
    if not workbook.sheet_names:
        return _refused("F01", "Le classeur ne contient aucune feuille.")
    return workbook


def _check_archive(data: bytes) -> Refusal | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return _damaged("tronqué ou abîmé", "F07")
    size = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or size > MAX_BYTES or size > MAX_RATIO * max(len(data), 1):
        return _refused("F04", "Le classeur est anormalement compressé : il n'est pas ouvert, par "
                        "sécurité. Enregistrez-le à nouveau depuis Excel.")  # fmt: skip
    if not any(member.filename.startswith(("xl/", "content.xml")) for member in members):
        return _refused("F04", "Cette archive n'est pas un classeur Excel.")
    return None


def _damaged(how: str, code: str = "F04") -> Refusal:
    return _refused(code, f"Le classeur Excel est {how} : téléchargez-le à nouveau, ou "
                    "enregistrez-le au format .xlsx sans mot de passe.")  # fmt: skip


def _refused(code: str, message: str) -> Refusal:
    return Refusal("xlsx", code, message)


def sheet_name(names: Sequence[str], wanted: str | int) -> str | None:
    """Return the sheet that a mapping names by rank or by pattern, None when there is none."""
    if isinstance(wanted, int):
        return names[wanted] if 0 <= wanted < len(names) else None
    return next((name for name in names if re.search(wanted, name, re.IGNORECASE)), None)


def sheet_lines(
    data: bytes, workbook: CalamineWorkbook, name: str, *, merged: bool = True
) -> list[Line] | Refusal:
    """Return the rows of a sheet as text, each cell with what it is; or why it is refused."""
    try:
        return _sheet_lines(data, workbook, name, merged=merged)
    except (CalamineError, fastexcel.FastExcelError):
        return damaged()


def damaged() -> Refusal:
    """Return the refusal of a workbook whose inside cannot be read."""
    return _damaged("abîmé", "F07")


def _sheet_lines(
    data: bytes, workbook: CalamineWorkbook, name: str, *, merged: bool
) -> list[Line] | Refusal:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        return _refused("F04", "La feuille couvre trop de cellules : supprimez les lignes et les "
                        "colonnes vides, puis enregistrez à nouveau.")  # fmt: skip
    values = sheet.to_python(skip_empty_area=False)
    if merged:
        _propagate(values, sheet)
    for (row, column), error in _error_cells(data, workbook.sheet_names.index(name), sheet).items():
        if row < len(values) and column < len(values[row]):
            values[row][column] = _CellError(error)
    return [_line(name, number, cells) for number, cells in enumerate(values, start=1)]


class _CellError(str):
    """The text of an error cell, such as #N/A."""

    __slots__ = ()


def _propagate(values: list[list[Any]], sheet: CalamineSheet) -> None:
    """Repeat the value of a merged cell in all the cells that it covers, down its column."""
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        for row in range(top + 1, min(bottom, len(values) - 1) + 1):
            values[row][left] = values[top][left]


def _error_cells(data: bytes, index: int, sheet: CalamineSheet) -> dict[tuple[int, int], str]:
    """Return where the sheet holds `#N/A` and the like, which the reader gives as empty."""
    if not _has_error_cells(data) or sheet.start is None:
        return {}
    loaded = fastexcel.read_excel(data).load_sheet(index, header_row=None, dtypes="string")
    _, errors = loaded.to_arrow_with_errors()
    top, left = sheet.start
    return {
        (top + error.position[0], left + error.position[1]): _error_text(error.detail)
        for error in (errors.errors if errors is not None else ())
    }


def _has_error_cells(data: bytes) -> bool:
    if not data.startswith(b"PK"):
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        return any(b't="e"' in archive.read(name) for name in sheets)


def _error_text(detail: str) -> str:
    found = re.search(r"Error\((\w+)\)", detail)
    return ERRORS.get(found.group(1), "#ERREUR") if found else "#ERREUR"


def _line(sheet: str, number: int, cells: Sequence[Any]) -> Line:
    written = [_cell(cell) for cell in cells]
    return Line(
        f"{sheet}!{number}", number, [text for text, _ in written], "".join(k for _, k in written)
    )


def _cell(value: Any) -> tuple[str, str]:  # noqa: ANN401
    """Return a cell as text, and what it is: t text, n number, d day, e error.

    A number cell is written with the fifteen significant digits that Excel
    keeps, never with an exponent.
    """
    if isinstance(value, _CellError):
        return str(value), "e"
    if isinstance(value, str):
        return value, "t"
    if isinstance(value, bool):
        return ("VRAI" if value else "FAUX"), "t"
    if isinstance(value, int | float):
        return _number(value), "n"
    if isinstance(value, datetime | date):
        return value.isoformat(), "d"
    return (str(value), "t") if isinstance(value, time | timedelta) else ("", "t")


def _number(value: float) -> str:
    text = format(Decimal(f"{value:.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
