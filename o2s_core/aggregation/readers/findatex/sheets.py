"""How a FinDatEx file is cut into rows of fields, from a workbook, a CSV or JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from o2s_core.aggregation.mapping.decoding import decode
from o2s_core.aggregation.mapping.delimited import SEPARATORS, UnreadableRowError
from o2s_core.aggregation.mapping.delimited import rows as delimited_rows
from o2s_core.aggregation.mapping.grid import Line
from o2s_core.aggregation.mapping.workbook import open_workbook, sheet_lines
from o2s_core.aggregation.readers.findatex.headers import field_of, is_header
from o2s_core.aggregation.statement import Refusal

#: Rows that may stand above the header.
ABOVE: Final = 30
#: Rows of a description that are enough to know it.
DESCRIBED: Final = 5
TEMPLATE_ITSELF: Final = (
    "Ce fichier décrit les champs du modèle FinDatEx, il ne contient aucun support : demandez à la "
    "société de gestion le fichier de ses parts."
)
NO_HEADER: Final = (
    "Les colonnes du modèle FinDatEx ne sont pas trouvées : le début du fichier manque, ou les "
    "colonnes ont été renommées. Téléchargez-le à nouveau."
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: where it lies, and its cells by number of field, or by name where it has none."""

    locator: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns as written, and the rows below them."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    twice: tuple[str, ...] = ()  #: columns whose field another column bears already

    @property
    def names(self) -> dict[str, str]:
        """Return how each field is named in the file, by number."""
        named = {field_of(column)[0]: column.strip(" \"'") for column in reversed(self.columns)}
        return {number: name for number, name in named.items() if number}


def sheet_of(data: bytes) -> Sheet | Refusal:
    """Return the table of a FinDatEx file, or why it is refused."""
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook(data)
    start = data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    return _json(data) if start in {b"[", b"{"} else _delimited(data)


def _workbook(data: bytes) -> Sheet | Refusal:
    opened = open_workbook(data)
    if isinstance(opened, Refusal):
        return opened
    described = False
    for name in opened.sheet_names:
        lines = sheet_lines(data, opened, name, merged=False)
        if isinstance(lines, Refusal):
            return lines
        if found := _table(lines):
            return found
        described = described or _describes([line.cells for line in lines])
    return _without_header(described=described)


def _delimited(data: bytes) -> Sheet | Refusal:
    decoded = decode(data)
    if isinstance(decoded, Refusal):
        return decoded
    described = False
    for separator in SEPARATORS:
        try:
            if not any(is_header(line.cells) for line in _head(decoded.text, separator)):
                head = [line.cells for line in _head(decoded.text, separator)]
                described = described or _describes(head)
                continue
            if found := _table(list(delimited_rows(decoded.text, separator))):
                return found
        except UnreadableRowError as wrong:
            return Refusal("", "F07", wrong.message)
    return _without_header(described=described)


def _head(text: str, separator: str) -> list[Line]:
    try:
        return list(islice(delimited_rows(text, separator), ABOVE))
    except UnreadableRowError:
        return []


def _table(lines: Sequence[Line]) -> Sheet | None:
    """Return the table under the first row that names fields."""
    at = next((i for i, line in enumerate(lines[:ABOVE]) if is_header(line.cells)), None)
    if at is None:
        return None
    columns = tuple(cell.strip() for cell in lines[at].cells)
    numbers = [field_of(column)[0] or column for column in columns]
    seen: dict[str, int] = {}
    for place, number in enumerate(numbers):
        seen.setdefault(number, place)
    twice = tuple(c for i, c in enumerate(columns) if numbers[i] and seen[numbers[i]] != i)
    rows = tuple(
        SheetRow(line.locator, {numbers[i]: v for i, v in _filled(line.cells, numbers, seen)})
        for line in lines[at + 1 :]
        if any(cell.strip() for cell in line.cells)
    )
    return Sheet(columns, rows, twice)


def _filled(
    cells: Sequence[str], numbers: Sequence[str], seen: Mapping[str, int]
) -> Iterator[tuple[int, str]]:
    """Return the cells that say something, of the columns that are named."""
    for i, cell in enumerate(cells[: len(numbers)]):
        text = cell.strip().strip('"').strip()
        if text and numbers[i] and seen[numbers[i]] == i:
            yield i, text


def _describes(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the rows are about fields, one each: the template, not a file of it."""
    return sum(any(field_of(cell)[0] for cell in cells) for cells in rows) >= DESCRIBED


def _json(data: bytes) -> Sheet | Refusal:
    """Return the rows of a list of objects, whose keys are the columns."""
    try:
        told = json.loads(data, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return Refusal("", "F07", "Ce JSON est coupé ou abîmé : téléchargez-le à nouveau.")
    objects = _objects(told)
    columns = tuple(dict.fromkeys(str(key) for each in objects for key in each))
    if not is_header(columns):
        return _without_header(
            described=_describes([list(map(_word, each.values())) for each in objects])
        )
    rows = tuple(
        SheetRow(f"objet {rank}", _by_number(each)) for rank, each in enumerate(objects, start=1)
    )
    return Sheet(columns, tuple(row for row in rows if row.cells))


def _objects(told: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return the objects of a list, or of the first list that an object holds."""
    if isinstance(told, dict):
        told = next((value for value in told.values() if isinstance(value, list)), [told])
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def _by_number(each: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in each.items():
        number, text = field_of(key)[0] or key, _word(value)
        if number and text and number not in found:
            found[number] = text
    return found


def _word(value: Any) -> str:  # noqa: ANN401
    """Return a value as the file writes it; a nested one says nothing here."""
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).strip()


def _without_header(*, described: bool) -> Refusal:
    return Refusal("", "F05", TEMPLATE_ITSELF) if described else Refusal("", "F02", NO_HEADER)
