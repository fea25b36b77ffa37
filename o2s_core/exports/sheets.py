"""What a file shows: one table, its columns in order, and how each is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
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
class Sheet:
    """One table; a column that the frame lacks is empty."""

    title: str
    frame: pl.DataFrame
    columns: tuple[SheetColumn, ...]

    def rows(self) -> list[list[Any]]:
        """Return the values, row by row, in the order of the columns."""
        return [
            [column.value(row.get(column.name)) for column in self.columns]
            for row in self.frame.iter_rows(named=True)
        ]
