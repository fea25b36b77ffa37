"""How a delimited text is cut into rows: its separator, its header, its end."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

import polars as pl

from o2s_core.aggregation.mapping import anomalies, grid, plain
from o2s_core.aggregation.mapping.decoding import Decoded, decode
from o2s_core.aggregation.mapping.grid import Grid, Line
from o2s_core.aggregation.mapping.language import MappingSpec, Reading
from o2s_core.aggregation.statement import Refusal

if TYPE_CHECKING:
    from _csv import Reader

SEPARATORS: Final = (";", ",", "\t", "|")
#: A quoted cell that runs over more lines than this was never closed.
LONGEST_CELL: Final = 50
CELL_SIZE: Final = 1_000_000
#: Characters among which the header of a plain text is.
BEGINNING: Final = 200_000
csv.field_size_limit(CELL_SIZE)


@dataclass(frozen=True, slots=True)
class UnreadableRowError(Exception):
    """A row cannot be cut into cells: why, in French."""

    message: str


def read_grid(data: bytes, spec: MappingSpec) -> Grid | Refusal:
    """Return the table of a delimited file, or why it is refused."""
    decoded = decode(data, spec.reading.encodings)
    if isinstance(decoded, Refusal):
        return decoded
    try:
        return _cut(decoded, spec)
    except UnreadableRowError as error:
        return Refusal("csv", "F07", error.message)


def _cut(decoded: Decoded, spec: MappingSpec) -> Grid | Refusal:
    reading = spec.reading
    separator = find_separator(decoded.text, reading)
    if separator is None:
        return grid.no_header("csv", _nearest_head(decoded.text, reading), reading)
    found = _plain_grid(decoded.text, separator, reading) or _grid(decoded.text, separator, reading)
    if isinstance(found, Refusal):
        return found
    found = replace(found, encoding=decoded.name, separator=separator)
    return _warn_mixed(found) if decoded.encoding == "mixed" else found


def _plain_grid(text: str, separator: str, reading: Reading) -> Grid | Refusal | None:
    """Return the table of a text whose lines are its rows, None when it is not so simple."""
    if not plain.is_plain(text, reading):
        return None
    head = list(islice(rows(_beginning(text), separator, reading.quote), _depth(reading)))
    at = grid.find_header(head, reading.header.required)
    return None if at is None else plain.build(text, separator, head, at, reading)


def _beginning(text: str) -> str:
    """Return enough of a text to find its header in."""
    return text if len(text) <= BEGINNING else text[: text.rfind("\n", 0, BEGINNING) + 1]


def _depth(reading: Reading) -> int:
    return reading.header.max_before + 1


def _grid(text: str, separator: str, reading: Reading) -> Grid | Refusal:
    enough = grid.MAX_ROWS + _depth(reading) + 2
    lines = list(islice(rows(text, separator, reading.quote), enough))
    at = grid.find_header(lines[: _depth(reading)], reading.header.required)
    if at is None:
        return grid.no_header("csv", lines[: _depth(reading)], reading)
    return grid.build("csv", lines, at, reading, complete=text.endswith(("\n", "\r")))


def _warn_mixed(found: Grid) -> Grid:
    message = (
        "Le fichier mélange deux encodages (UTF-8 et Windows-1252) : il a été lu ligne par "
        "ligne. Vérifiez les libellés accentués."
    )
    warning = anomalies.file_anomaly("F04", "warning", message)
    return replace(found, anomalies=pl.concat([found.anomalies, warning]))


def find_separator(text: str, reading: Reading) -> str | None:
    """Return the separator under which the header is found, those of the mapping first."""
    for separator in dict.fromkeys((*reading.separators, *SEPARATORS)):
        head = head_of(text, separator, reading)
        if grid.find_header(head, reading.header.required) is not None:
            return separator
    return None


def head_of(text: str, separator: str, reading: Reading) -> list[Line]:
    """Return the first rows, where the header may be; fewer when one cannot be cut."""
    found: list[Line] = []
    text = text if reading.quote in text else _beginning(text)
    try:
        found.extend(islice(rows(text, separator, reading.quote), reading.header.max_before + 1))
    except UnreadableRowError:
        # An opening quote under the wrong separator: what was read before is enough to look at.
        return found
    return found


def _nearest_head(text: str, reading: Reading) -> list[Line]:
    """Return the head under the separator that finds the most required columns."""
    wanted = {grid.column_key(name) for names in reading.header.required for name in names}

    def score(head: list[Line]) -> int:
        return max(
            (len(wanted & {grid.column_key(c) for c in line.cells}) for line in head), default=0
        )

    return max((head_of(text, s, reading) for s in SEPARATORS), key=score)


def rows(text: str, separator: str, quote: str = '"') -> Iterator[Line]:
    """Cut a text into rows of cells; any end of line, quoted cells over several lines.

    Raises
    ------
    UnreadableRowError
        A quote is opened and never closed, or a cell is larger than 1 MB.
    """
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(iter(lines), delimiter=separator, quotechar=quote, strict=False)
    start = 1
    while (cells := _next(reader, start)) is not None:
        written = lines[start - 1 : reader.line_num]
        doubtful = len(written) > 1 or reader.line_num == len(lines)
        wrong = _wrong_quotes("".join(written), separator, quote) if doubtful else ""
        if wrong == "open" or len(written) > LONGEST_CELL:
            raise UnreadableRowError(_never_closed(start))
        yield Line(f"ligne {start}", start, cells, broken=bool(wrong) and len(written) > 1)
        start = reader.line_num + 1


def _next(reader: "Reader", start: int) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise UnreadableRowError(_why(error, start)) from error


def _wrong_quotes(written: str, separator: str, quote: str) -> str:
    """Return `open` when a quote is never closed, `misplaced` when text follows it."""
    try:
        list(
            csv.reader(
                io.StringIO(written, newline=""), delimiter=separator, quotechar=quote, strict=True
            )
        )
    except csv.Error as error:
        return "open" if "end of data" in str(error) else "misplaced"
    return ""


def _why(error: csv.Error, start: int) -> str:
    if "field larger" in str(error):
        return f"La ligne {start} contient une cellule de plus de 1 Mo : le fichier est abîmé."
    return f"La ligne {start} ne peut pas être découpée en cellules : {error}."


def _never_closed(start: int) -> str:
    return (
        f"Un guillemet ouvert à la ligne {start} n'est jamais refermé : le fichier est tronqué "
        "ou abîmé. Téléchargez-le à nouveau, ou corrigez cette ligne."
    )
