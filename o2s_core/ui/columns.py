"""A column of the table: what it shows, and how its values are written in French."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from o2s_core.kernel import french
from o2s_core.kernel.settings import PARIS
from o2s_core.ui.navigation import fill

Kind = Literal[
    "text", "eur", "number", "integer", "quantity", "percent", "day", "instant", "badge",
    "progress", "yes_no",
]  # fmt: skip
Cell = str | dict[str, Any] | None
NUMERIC: Final = frozenset({"eur", "number", "integer", "quantity", "percent", "progress"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `name` is that of the frame.

    `percent` and `progress` take ratios (0.125 is 12,5 %). A null shows
    `missing`. `link` is an address with names of the row in braces
    (`/compte?compte={account_id}`), `sub` a column written small under the
    value, `hint` a column shown when the pointer rests on the cell. `labels`
    turns a code into what is read, `tones` into good, warn, bad, info, quiet.
    """

    name: str
    label: str
    kind: Kind = "text"
    total: bool = False
    help: str = ""
    hidden: bool = False  #: offered by « Colonnes », not shown at first
    wide: bool = False  #: left out on a phone
    below: bool = False  #: on a phone, on a line of its own under its row
    width: int | None = None  #: pixels, at least
    decimals: int = 2
    signed: bool = False  #: `+` before a gain, a loss in red
    missing: str = ""
    link: str = ""
    sub: str = ""
    hint: str = ""
    labels: Mapping[str, str] | None = None
    tones: Mapping[str, str] | None = None

    @property
    def align(self) -> str:
        """Return how the column is aligned: figures to the right."""
        return "right" if self.kind in NUMERIC else "left"

    def text(self, value: Any) -> str:  # noqa: ANN401
        """Write a value the French way: 1234.5 in euros is `1 234,50 €`."""
        if value is None or value == "":
            return self.missing
        if self.labels is not None:
            return self.labels.get(str(value), str(value))
        return _written(self, value)

    def cell(self, row: Mapping[str, Any]) -> Cell:
        """Return the cell of a row as the screen draws it."""
        value = row.get(self.name)
        text = self.text(value)
        more: dict[str, Any] = {}
        if self.link and text and (href := fill(self.link, dict(row))):
            more["href"] = href
        if self.sub and row.get(self.sub):
            more["sub"] = str(row[self.sub])
        if self.hint and row.get(self.hint):
            more["hint"] = str(row[self.hint])
        if tone := self.tone(value):
            more["tone"] = tone
        if self.kind == "progress" and value is not None:
            more["p"] = float(value)
        if self.kind == "badge" and text and not more:
            more["tone"] = ""
        return {"t": text} | more if more else text

    def tone(self, value: Any) -> str:  # noqa: ANN401
        """Return how a value is coloured: by its code, or red for a loss."""
        if self.tones is not None and value is not None:
            return self.tones.get(str(value), "")
        return "loss" if self.signed and value is not None and value < 0 else ""


def _written(column: Column, value: Any) -> str:  # noqa: ANN401, PLR0911
    match column.kind:
        case "eur":
            return french.eur(value, column.decimals, signed=column.signed)
        case "number":
            return french.number(value, column.decimals, signed=column.signed)
        case "integer":
            return french.number(Decimal(value), 0, signed=column.signed)
        case "quantity":
            return french.quantity(Decimal(value))
        case "percent" | "progress":
            decimals = min(column.decimals, 1)
            return french.percent(value, decimals, signed=column.signed)
        case "yes_no":
            return "oui" if value else "non"
        case _:
            return _dated(value)


def _dated(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, datetime):
        return f"{value.astimezone(PARIS):%d/%m/%Y %H:%M}"
    return french.day(value) if isinstance(value, date) else str(value)


def total_of(column: Column, values: list[Any]) -> Cell:
    """Return the total of a column: the sum of the displayed values, nulls left out."""
    known = [value for value in values if value is not None]
    if not column.total or not known:
        return None
    whole = sum(known, Decimal(0) if isinstance(known[0], Decimal) else 0)
    return {"t": column.text(whole), "tone": column.tone(whole)}
