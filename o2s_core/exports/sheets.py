"""What a file shows: one table, its columns in order, and how each is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import polars as pl

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column; `kind` as on screen (text, eur, percent, day…), `labels` reads a code."""

    name: str
    label: str
    kind: str = "text"
    labels: Mapping[str, str] | None = None

    def value(self, raw: Any) -> Any:  # noqa: ANN401
        """Return a value as the file holds it: labels for codes, Paris time for instants."""
        if raw is None:
            return None
        if self.labels is not None:
            return self.labels.get(str(raw), str(raw))
        if isinstance(raw, bool):
            return "oui" if raw else "non"
        return raw.astimezone(PARIS).replace(tzinfo=None) if isinstance(raw, datetime) else raw


@dataclass(frozen=True, slots=True)
class SheetChart:
    """A chart beside a table, drawn by the spreadsheet from its cells.

    `rows` is how many rows of the table it shows, from the first; all when None.
    """

    kind: Literal["doughnut", "line", "column"]
    title: str
    category: str  #: name of the column along the axis
    values: tuple[str, ...]  #: names of the columns drawn
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; a column that the frame lacks is empty. `total` is a last row, in bold."""

    title: str
    frame: pl.DataFrame
    columns: tuple[SheetColumn, ...]
    chart: SheetChart | None = None
    total: Mapping[str, Any] | None = None

    def rows(self) -> list[list[Any]]:
        """Return the values, row by row, in the order of the columns."""
        return [
            [column.value(row.get(column.name)) for column in self.columns]
            for row in self.frame.iter_rows(named=True)
        ]
