"""From how much on does the audit say something? Dated values, that a firm may change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from o2s_core.kernel import french
from o2s_core.kernel.errors import DataError


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit as it stood on a day; `unit` is ratio, eur, count, number or days."""

    code: str
    label: str
    unit: str
    value: Decimal
    since: date

    @property
    def said(self) -> str:
        """Return the limit as the screen writes it."""
        match self.unit:
            case "ratio":
                points = (self.value * 100).normalize()
                decimals = max(0, -int(points.as_tuple().exponent))
                return french.percent(self.value, decimals)
            case "eur":
                return french.eur(self.value, 0)
            case "days":
                return french.count(int(self.value), "jour")
            case _:
                return french.quantity(self.value)

    def __float__(self) -> float:
        """Return the value as a number."""
        return float(self.value)


Thresholds = Mapping[str, Threshold]


def thresholds(on: date) -> Thresholds:
    """Return every limit of the audit as it stood on a day.

    Raises
    ------
    DataError
        A limit had no value yet on that day.
    """
    return {code: _on(code, said, on) for code, said in _known().items()}


def blind(limits: Thresholds) -> float:
    """Return the share that may stay unknown without hindering a pass."""
    return float(1 - limits["coverage"].value)


def _on(code: str, said: Mapping[str, Any], on: date) -> Threshold:
    before = [day for day in said["values"] if day <= on]
    if not before:
        raise DataError(f"{said['label']} : aucun seuil connu au {french.day(on)}.")
    since = max(before)
    return Threshold(code, said["label"], said["unit"], Decimal(said["values"][since]), since)


@cache
def _known() -> Mapping[str, Mapping[str, Any]]:
    text = files(__package__).joinpath("thresholds.yaml").read_text(encoding="utf-8")
    known: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return known
