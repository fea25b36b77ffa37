"""Which steps do the axes of a printed chart bear? (graduations)."""

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from o2s_core.kernel import french

#: What the step of an axis may be, times a power of ten.
STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
MONTHS: Final = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.",
                 "oct.", "nov.", "déc.")  # fmt: skip


def scale(
    values: Sequence[float], write: Callable[[float, float], str], *, most: int = 5
) -> list[dict[str, Any]]:
    """Return the steps of a value axis that holds some values: `value` and `label`, ascending.

    `write` takes a value and the step between two.
    """
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high - low < 1e-9 * max(abs(high), 1.0):
        low, high = low - abs(low) / 10 - 0.5, high + abs(high) / 10 + 0.5
    step = _step((high - low) / (most - 1))
    first, last = math.floor(low / step), math.ceil(high / step)
    return [{"value": n * step, "label": write(n * step, step)} for n in range(first, last + 1)]


def days(shown: Sequence[date], *, most: int = 7) -> list[dict[str, Any]]:
    """Return the marks of a time axis: `at` from 0 to 1 and `label`, a month or a year."""
    if len(shown) < 2 or shown[0] == shown[-1]:
        return [{"at": 0.0, "label": french.day(day)} for day in shown[:1]]
    first, last = shown[0], shown[-1]
    months = (last.year - first.year) * 12 + last.month - first.month
    every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120) if months / n <= most or n == 120)
    starts = (_first_of(first, n) for n in range(1, months + 1))
    whole = (last - first).days
    return [
        {"at": (day - first).days / whole, "label": _said(day, every)}
        for day in starts
        if (day.year * 12 + day.month - 1) % every == 0
    ]


def euros(amount: float, step: float = 1.0) -> str:
    """Write an amount short enough for an axis whose steps differ: 950 €, 120 k€, 1,25 M€."""
    for unit, name in ((1e6, "M€"), (1e3, "k€")):
        if abs(amount) >= unit or (amount == 0 and step >= unit):
            return f"{plain(amount / unit, step / unit)}{french.NBSP}{name}"
    return f"{plain(amount, step)}{french.NBSP}€"


def plain(value: float, step: float = 1.0) -> str:
    """Write a value with the decimals that tell a step from the next, three at most."""
    decimals = next((n for n in range(3) if round(step * 10**n, 6) % 1 == 0), 3)
    return french.number(value, decimals)


def _step(wanted: float) -> float:
    power = 10.0 ** math.floor(math.log10(wanted))
    return float(next(s * power for s in STEPS if s * power >= wanted * 0.999))


def _first_of(day: date, months_after: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months_after, 12)
    return date(year, month + 1, 1)


def _said(day: date, every: int) -> str:
    return str(day.year) if every >= 12 else f"{MONTHS[day.month - 1]} {day.year}"
