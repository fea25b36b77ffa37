"""How is a table of a document written? (ledger of `house.typ`)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from o2s_core import exports
from o2s_core.kernel import french

Cell = str | dict[str, str]
Row = dict[str, Any]
#: Points of the letters of short tables, and mm of a table that shares its line with another.
LARGE: Final = 8.6
HALF: Final = (exports.PAGE - 8) / 2


def column(label: str, *, width: float = 0, right: bool = False) -> dict[str, Any]:
    """Return a column; a width is a fraction of the page, 0 is as wide as its figures."""
    return {"label": label, "width": width, "right": right}


def line(*cells: Cell) -> Row:
    """Return a row of figures."""
    return {"kind": "line", "cells": list(cells)}


def group(text: str, small: str = "", aside: str = "") -> Row:
    """Return the row that heads others: what they are, and their sum."""
    return {"kind": "group", "cells": [small_under(text, small), aside]}


def subtotal(*cells: Cell) -> Row:
    """Return a row that adds up some of those above."""
    return {"kind": "subtotal", "cells": list(cells)}


def total(*cells: Cell) -> Row:
    """Return the row that adds up a table."""
    return {"kind": "total", "cells": list(cells)}


def small_under(text: str, small: str = "", tone: str = "") -> dict[str, str]:
    """Return a cell with a second line in small."""
    return {"text": text, "small": small, "tone": tone}


def signed(amount: Decimal | None) -> dict[str, str]:
    """Return an amount with its sign and its colour; no figure reads n.c."""
    return {"text": french.eur(amount, signed=True), "tone": tone_of(amount)}


def signed_ratio(ratio: float | None, decimals: int = 2) -> dict[str, str]:
    """Return a ratio with its sign and its colour; no figure reads n.c."""
    return {"text": french.percent(ratio, decimals, signed=True), "tone": tone_of(ratio)}


def tone_of(value: Decimal | float | None) -> str:
    """Return the colour of a gain or a loss; none for nothing."""
    if value is None or round(value, 4) == 0:
        return "quiet" if value is None else ""
    return "good" if value > 0 else "bad"


def figure(label: str, value: str, note: str = "", tone: str = "") -> dict[str, str]:
    """Return one of the figures that stand side by side."""
    return {"label": label, "value": value, "note": note, "tone": tone}


def table(
    columns: Sequence[dict[str, Any]],
    rows: Sequence[Row],
    size: float = 8.1,
    width: float = exports.PAGE,
) -> dict[str, Any]:
    """Return a table as its model reads it; `size` in points, `width` in mm."""
    return exports.fitted(columns, rows, size, width)
