"""Rules of law as dated data: what a ceiling or a rate was on a day, and which text says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from o2s_core.kernel.errors import DataError


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter as it stood on a day."""

    name: str
    label: str  #: French
    value: Decimal
    unit: str  #: EUR or ratio (0.015 is 1,5 %)
    valid_from: date
    valid_until: date | None  #: last day, None while no end is known
    known_on: date  #: changes after this day were not looked for yet
    source: str  #: the article or the order
    link: str  #: where to read it

    @property
    def year(self) -> int:
        """Return the year that an output prints beside the figure."""
        return self.valid_from.year


class MissingParameterError(DataError):
    """No value of a parameter is known on a day."""

    def __init__(self, label: str, day: date) -> None:
        super().__init__(
            f"{label} : aucune valeur connue au {day:%d/%m/%Y}. "
            "Mettez à jour les paramètres réglementaires."
        )


def parameter(name: str, on: date) -> Value:
    """Return a parameter as the law stood on a day; a day without value is refused.

    >>> parameter("livret_a.ceiling", on=date(2026, 1, 1)).value
    Decimal('22950')
    """
    said = _law()[name]
    starts = sorted(said["values"])
    before = [day for day in starts if day <= on]
    if not before:
        raise MissingParameterError(said["label"], on)
    start = before[-1]
    end = _end(said, start, starts)
    if end is not None and on > end:
        raise MissingParameterError(said["label"], on)
    return Value(
        name, said["label"], Decimal(str(said["values"][start])), said["unit"], start, end,
        said["known_on"], said["source"], said["link"],
    )  # fmt: skip


def scale(name: str, on: date) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return the (threshold in EUR, rate above it) of a scale on a day, lowest first.

    A day without a known scale raises `MissingParameterError`.
    """
    said = _law()[name]
    starts = sorted(said["values"])
    before = [day for day in starts if day <= on]
    end = _end(said, before[-1], starts) if before else None
    if not before or (end is not None and on > end):
        raise MissingParameterError(said["label"], on)
    steps = said["values"][before[-1]]
    return tuple((Decimal(str(threshold)), Decimal(str(rate))) for threshold, rate in steps)


def parameters() -> tuple[str, ...]:
    """Return the name of every parameter of one value (not of the scales)."""
    return tuple(sorted(name for name, said in _law().items() if said["unit"] != "scale"))


def _end(said: Mapping[str, Any], start: date, starts: list[date]) -> date | None:
    """Return the last day of a value; one that is set each year ends with its year."""
    following = [day for day in starts if day > start]
    if following:
        return following[0] - timedelta(days=1)
    return date(start.year, 12, 31) if said.get("yearly") else None


@cache
def _law() -> Mapping[str, Mapping[str, Any]]:
    known: dict[str, Mapping[str, Any]] = {}
    for file in files("o2s_core.kernel.law").iterdir():
        if file.name.endswith(".yaml"):
            known |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return known
