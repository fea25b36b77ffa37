"""Where the column names, the rows and the closing lines of a table of cells are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson
import polars as pl

from o2s_core.aggregation.mapping.language import Names, Reading
from o2s_core.aggregation.statement import ANOMALIES, RAW, Refusal
from o2s_core.kernel.french import NBSP
from o2s_core.kernel.identifiers import search_key

MAX_COLUMNS: Final = 500
MAX_ROWS: Final = 1_000_000
TOO_LARGE: Final = (
    "Le fichier dépasse 500 colonnes ou 1 000 000 de lignes : découpez-le avant de le déposer."
)
CUT: Final = "Le fichier est tronqué : sa dernière ligne ({}) est coupée. Téléchargez-le à nouveau."
NO_ROWS: Final = (
    "Le fichier a une ligne d'en-têtes mais aucune donnée. Vérifiez la période demandée au "
    "partenaire."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: where it starts, its cells as text, what kind each cell is."""

    locator: str
    number: int
    cells: list[str]
    kinds: str = ""  #: workbook only, one letter a cell: t text, n number, d day, e error
    broken: bool = False  #: its quotes are misplaced: cells may have run together


@dataclass(frozen=True, slots=True)
class Grid:
    """A table found in a file: its columns by name, its rows as text."""

    format: str
    columns: tuple[str, ...]  #: unique; `#9` when unnamed, `Devise (2)` when repeated
    header_line: int
    preamble: list[list[str]]
    trailer: list[list[str]]
    frame: pl.DataFrame  #: locator, c1, c2… and for a workbook k1, k2…
    raw: pl.DataFrame  #: RAW, every row that holds something
    misfits: tuple[tuple[Line, str], ...]  #: rows that do not fit the header, and why
    anomalies: pl.DataFrame = field(default_factory=ANOMALIES.to_frame)  #: on the whole file
    encoding: str = ""
    separator: str = ""

    @property
    def typed(self) -> bool:
        """Return whether cells say what they are (a workbook)."""
        return self.format == "xlsx"

    def position(self, names: Sequence[str]) -> int | None:
        """Return the rank, from 1, of the first of these columns that the file has."""
        keys = [column_key(column) for column in self.columns]
        ranks = (keys.index(column_key(name)) + 1 for name in names if column_key(name) in keys)
        return next(ranks, None)


@dataclass(slots=True)
class Sorted:
    """Rows sorted while reading: data, closing lines, and those that do not fit."""

    kept: list[Line] = field(default_factory=list)
    seen: list[Line] = field(default_factory=list)
    trailer: list[Line] = field(default_factory=list)
    misfits: list[tuple[Line, str]] = field(default_factory=list)

    def is_cut(self, last: int) -> bool:
        """Return whether the row of that number, the last one, is too short."""
        wrong = self.misfits[-1] if self.misfits else None
        return wrong is not None and wrong[1] == "SHORT" and wrong[0].number == last


def column_key(name: str) -> str:
    """Return a column name as it is compared: no case, no accent, no punctuation."""
    return search_key(name) or name.strip()


def find_header(lines: Sequence[Line], required: Sequence[Names]) -> int | None:
    """Return the index of the first line that holds every required column name."""
    wanted = [{column_key(name) for name in names} for names in required]
    for index, line in enumerate(lines):
        present = {column_key(cell) for cell in line.cells}
        if all(names & present for names in wanted):
            return index
    return None


def no_header(kind: str, lines: Sequence[Line], reading: Reading) -> Refusal:
    """Say that the header is not found, or which column is missing from it."""
    wanted = {names[0]: {column_key(name) for name in names} for names in reading.header.required}
    present = [{column_key(cell) for cell in line.cells} for line in lines]
    matches = [{name for name, keys in wanted.items() if keys & cells} for cells in present]
    nearest: set[str] = max(matches, key=len, default=set())
    if 2 * len(nearest) >= len(wanted) and nearest:
        missing = ", ".join(f"«{NBSP}{name}{NBSP}»" for name in wanted if name not in nearest)
        message = (
            f"Colonne obligatoire absente : {missing}. Le partenaire l'a peut-être renommée : "
            "ajoutez le nouveau nom dans la correspondance."
        )
        return Refusal(kind, "F03", message)
    message = (
        f"La ligne d'en-têtes n'a pas été trouvée (colonnes attendues : {', '.join(wanted)}). "
        "Vérifiez qu'il s'agit du bon export, ou choisissez une autre correspondance."
    )
    return Refusal(kind, "F02", message)


def build(
    kind: str, lines: Sequence[Line], at: int, reading: Reading, *, complete: bool = True
) -> Grid | Refusal:
    """Lay rows under the header found at index `at`.

    `complete` is whether the file ends with an end of line: a short last row
    of a file that does not is a truncated file.
    """
    columns = written = named(lines[at].cells)
    if len(columns) > MAX_COLUMNS or len(lines) - at > MAX_ROWS + 1:
        return Refusal(kind, "F04", TOO_LARGE)
    below = _joined(lines[at + 1 :], reading, columns)
    rows = sort_rows(below, shape_of(lines[at], columns, reading))
    if not complete and rows.seen and rows.is_cut(rows.seen[-1].number):
        return Refusal(kind, "F07", CUT.format(rows.seen[-1].locator))
    if not rows.seen:
        return Refusal(kind, "F01", NO_ROWS)
    laid = frame_of(rows.kept, columns, typed=kind == "xlsx")
    columns, frame = _unpivoted(columns, laid, reading)
    if frame.height > MAX_ROWS:
        return Refusal(kind, "F04", TOO_LARGE)
    return Grid(
        format=kind,
        columns=columns,
        header_line=lines[at].number,
        preamble=[line.cells for line in lines[:at]],
        trailer=[line.cells for line in rows.trailer],
        frame=frame,
        raw=raw_of([line for line in lines[at + 1 :] if _filled(line)], written),
        misfits=tuple(rows.misfits),
    )


def named(cells: Sequence[str]) -> tuple[str, ...]:
    """Return unique column names: the n-th unnamed is `#n`, a repeated one is numbered."""
    names: list[str] = []
    for rank, cell in enumerate(cells, start=1):
        name = cell.strip() or f"#{rank}"
        again = names.count(name) + sum(n.startswith(f"{name} (") for n in names)
        names.append(f"{name} ({again + 1})" if name in names else name)
    return tuple(names)


def _joined(lines: Iterable[Line], reading: Reading, columns: Sequence[str]) -> list[Line]:
    """Join to the row above the rows that continue it, for files that break a cell."""
    if reading.continuation is None:
        return list(lines)
    keys = [column_key(c) for c in columns]
    at = (
        keys.index(column_key(reading.continuation))
        if column_key(reading.continuation) in keys
        else None
    )
    joined: list[Line] = []
    for line in lines:
        broken = at is not None and at < len(line.cells) and not line.cells[at].strip()
        if broken and joined and any(line.cells):
            above = joined[-1]
            cells = [a + b for a, b in zip(above.cells, line.cells, strict=False)]
            joined[-1] = Line(above.locator, above.number, cells, above.kinds)
        else:
            joined.append(line)
    return joined


@dataclass(frozen=True, slots=True)
class Shape:
    """What makes a row of the table: how many cells, which must be filled, what ends it."""

    required: list[list[int]]  #: ranks from 0 of the required columns
    least: int
    most: int
    closings: tuple[str, ...]  #: lower case

    def is_closing(self, cells: Sequence[str], *, after_one: bool) -> bool:
        """Return whether a row is one of the closing lines.

        It starts like one, or follows one, and lacks a required column: a fund
        whose name starts with « Total » is a line.
        """
        if not (self.closings or after_one):
            return False
        first = next((cell.strip().lower() for cell in cells if cell.strip()), "")
        return (after_one or first.startswith(self.closings)) and not self._is_full(cells)

    def _is_full(self, cells: Sequence[str]) -> bool:
        return all(
            any(rank < len(cells) and cells[rank].strip() for rank in ranks)
            for ranks in self.required
        )

    def misfit(self, line: Line) -> str:
        """Return why a row does not fit under the header, or nothing."""
        count = len(line.cells)
        if line.broken:
            return "QUOTE"
        if count < self.least:
            return "SHORT"
        beyond = count > self.most and any(cell.strip() for cell in line.cells[self.most :])
        return "LONG" if beyond else ""


def shape_of(header: Line, columns: Sequence[str], reading: Reading) -> Shape:
    """Return what a header and a mapping ask of each row."""
    keys = [column_key(column) for column in columns]
    required = [
        [keys.index(column_key(name)) for name in names if column_key(name) in keys]
        for names in reading.header.required
    ]
    last = max(i for i, cell in enumerate(header.cells) if cell.strip())
    least = max(last - reading.missing_cells, *(r for ranks in required for r in ranks)) + 1
    closings = tuple(text.lower() for text in reading.footer.starts_with)
    return Shape(required, least, len(columns), closings)


def sort_rows(lines: Iterable[Line], shape: Shape) -> Sorted:
    """Put each row among the data, the closing lines or the misfits."""
    rows = Sorted()
    for line in lines:
        if not _filled(line):
            continue
        if shape.is_closing(line.cells, after_one=bool(rows.trailer)):
            rows.trailer.append(line)
            continue
        rows.seen.append(line)
        if problem := shape.misfit(line):
            rows.misfits.append((line, problem))
        else:
            rows.kept.append(line)
    return rows


def _filled(line: Line) -> bool:
    return not "".join(line.cells).isspace() and any(line.cells)


def frame_of(lines: Sequence[Line], columns: Sequence[str], *, typed: bool) -> pl.DataFrame:
    """Return rows as the frame of a grid."""
    width = len(columns)
    padded = [
        line.cells if len(line.cells) == width else (line.cells + [""] * width)[:width]
        for line in lines
    ]
    data: dict[str, Sequence[str]] = {"locator": [line.locator for line in lines]}
    by_column = list(zip(*padded, strict=True)) if padded else [()] * width
    data |= {f"c{i}": cells for i, cells in enumerate(by_column, start=1)}
    if typed:
        kinds = [(line.kinds + "t" * (width - len(line.kinds)))[:width] for line in lines]
        by_kind = list(zip(*kinds, strict=True)) if kinds else [()] * width
        data |= {f"k{i}": letters for i, letters in enumerate(by_kind, start=1)}
    return pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))


def _unpivoted(
    columns: tuple[str, ...], frame: pl.DataFrame, reading: Reading
) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Lay the columns of a wide table out as rows; each row keeps where it comes from."""
    wide = reading.unpivot
    if wide is None:
        return columns, frame
    names = pl.Series(columns)
    chosen = names.str.contains(wide.columns)
    left = [rank for rank, out in enumerate(chosen, start=1) if not out]
    parts = [
        frame.select(
            "locator", *(f"c{rank}" for rank in left), name=pl.lit(columns[n]), value=f"c{n + 1}"
        ).with_columns(pl.format("{}, {}", "locator", "name").alias("locator"))
        for n, out in enumerate(chosen)
        if out
    ]
    kept = (*(columns[rank - 1] for rank in left), wide.name, wide.value)
    ranks = {f"c{rank}": f"c{place}" for place, rank in enumerate(left, start=1)}
    ranks |= {"name": f"c{len(left) + 1}", "value": f"c{len(left) + 2}"}
    empty = pl.DataFrame(schema=dict.fromkeys(("locator", *ranks), pl.String))
    nothing = ["", *reading.empty]
    rows = pl.concat([empty, *parts]).filter(~pl.col("value").str.strip_chars().is_in(nothing))
    return kept, rows.rename(ranks)


def raw_of(lines: Sequence[Line], columns: Sequence[str]) -> pl.DataFrame:
    """Return every row verbatim, as a JSON object from column name to text."""
    beyond = [f"#{rank}" for rank in range(len(columns) + 1, len(columns) + 200)]
    names = (*columns, *beyond)
    cells = [orjson.dumps(dict(zip(names, line.cells, strict=False))).decode() for line in lines]
    return pl.DataFrame({"locator": [line.locator for line in lines], "cells": cells}, schema=RAW)
