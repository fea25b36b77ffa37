"""The widths of the columns of a printed table and the heights of its rows, measured before.

The engine lays out once a cell whose size is given, three times one that it has to find.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from o2s_core.exports.fonts import CAPITAL, MM, width_of

PAGE: Final = 176.0  #: mm between the margins of the house
SMALL, HEADING = 6.9, 7.4  #: points, as in `house.typ`
INSET: Final = (1.5, 1.25)  #: mm around a cell
LEADING: Final = 0.45
#: Room left to what a measure forgets (kerning), and least room of a column of words.
CLEAR, LEAST = 0.3, 24.0
#: Points between two columns of the row that heads a group.
GUTTER: Final = 4.0


def fitted(
    columns: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    size: float = 8.1,
    width: float = PAGE,
) -> dict[str, Any]:
    """Return a table of `house.typ` with its sizes: columns, rows, heights and size of letters.

    Parameters
    ----------
    columns, rows
        As `ledger` takes them.
    size, width
        Points of its letters; mm of the place it takes.

    Notes
    -----
    A height is null where a text may need a second line, a column keeps its own share where
    the figures leave no room: the engine then finds them.
    """
    wide = _widths(columns, rows, size, width)
    measured: list[Mapping[str, Any]] = [
        {**column, "mm": mm} for column, mm in zip(columns, wide or [], strict=False)
    ]
    heights = [_height(row, wide, size, width) for row in rows] if wide else []
    heading = _heading(columns, wide) if wide else None
    return {
        "columns": measured or list(columns),
        "rows": list(rows),
        "heights": [heading, *heights] if wide else [],
        "size": size,
    }


def _widths(
    columns: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    size: float,
    width: float,
) -> list[float] | None:
    """Return the mm of each column, null when the figures leave too little to the words."""
    wide = [_widest(n, column, rows, size) for n, column in enumerate(columns)]
    shares = sum(column["width"] for column in columns)
    left = width - sum(mm for mm in wide if mm is not None)
    if shares and left * min(c["width"] for c in columns if c["width"]) / shares < LEAST:
        return None
    if not shares and left < 0:
        return None
    return [
        left * column["width"] / shares if mm is None else mm
        for column, mm in zip(columns, wide, strict=True)
    ]


def _widest(
    n: int, column: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], size: float
) -> float | None:
    if column["width"]:
        return None
    heading = width_of(column["label"], HEADING, bold=True)
    cells = (_wide(row, n, size) for row in rows if row["kind"] != "group")
    return max(heading, *cells, 0.0) + 2 * INSET[0] + CLEAR


def _wide(row: Mapping[str, Any], n: int, size: float) -> float:
    text, small = _texts(row["cells"][n]) if n < len(row["cells"]) else ("", "")
    strong = row["kind"] != "line"
    return max(width_of(text, size, bold=strong), width_of(small, SMALL, bold=strong))


def _height(
    row: Mapping[str, Any], wide: Sequence[float], size: float, width: float
) -> float | None:
    """Return the mm of a row whose texts hold on one line each; null otherwise."""
    if row["kind"] == "group":
        return _group_height(row, size, width)
    if any(_wide(row, n, size) > mm - 2 * INSET[0] - CLEAR / 2 for n, mm in enumerate(wide)):
        return None
    return _high(size, two=any(_texts(cell)[1] for cell in row["cells"]))


def _group_height(row: Mapping[str, Any], size: float, width: float) -> float | None:
    text, small = _texts(row["cells"][0])
    aside = row["cells"][1] if len(row["cells"]) > 1 else ""
    left = width - 2 * INSET[0] - GUTTER - width_of(aside, size, bold=True) - CLEAR
    if max(width_of(text, size, bold=True), width_of(small, SMALL)) > left:
        return None
    return _high(size, two=bool(small))


def _heading(columns: Sequence[Mapping[str, Any]], wide: Sequence[float]) -> float | None:
    holds = (
        width_of(column["label"], HEADING, bold=True) <= mm - 2 * INSET[0] - CLEAR / 2
        for column, mm in zip(columns, wide, strict=True)
    )
    return _high(HEADING, two=False) if all(holds) else None


def _high(size: float, *, two: bool) -> float:
    points = CAPITAL * size + (LEADING * size + CAPITAL * SMALL if two else 0)
    return round(points * MM + 2 * INSET[1], 3)


def _texts(cell: Any) -> tuple[str, str]:  # noqa: ANN401
    if cell is None or isinstance(cell, str):
        return cell or "", ""
    return cell["text"], cell.get("small", "")
