"""The parts of a printed report: a titled table whose cells are already written in French."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from o2s_core.exports.fitting import fitted

#: The model of a report, for `pdf`: title, about, read, figures, parts, notes.
REPORT: Final = Path(__file__).with_name("typst") / "report.typ"
Kind = Literal["words", "text", "figure"]
Cell = str | Mapping[str, str]  #: a text, or one with a smaller line and a tone


def part(
    title: str,
    columns: Mapping[str, Kind],
    rows: Sequence[Sequence[Cell]],
    *,
    note: str = "",
    total: Sequence[Cell] = (),
) -> dict[str, Any]:
    """Return a part as `report.typ` prints it.

    `columns` says of each heading what is under it: words share the room that
    is left, texts and figures take theirs, figures stand on the right.
    """
    laid = [
        {"label": label, "width": int(kind == "words"), "right": kind == "figure"}
        for label, kind in columns.items()
    ]
    lines = [{"kind": "line", "cells": [_cell(cell) for cell in row]} for row in rows]
    if total:
        lines.append({"kind": "total", "cells": [_cell(cell) for cell in total]})
    return {"title": title, "table": fitted(laid, lines), "note": note}


def _cell(cell: Cell) -> Mapping[str, str]:
    return {"text": cell} if isinstance(cell, str) else cell
