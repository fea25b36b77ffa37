"""Is a price too old to be relied upon? It depends on what is priced, not on who prices it."""

from datetime import date
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple

import holidays
import numpy as np

#: Years for which the closings of Euronext Paris are laid out.
YEARS: Final = range(2000, 2061)


class Limit(NamedTuple):
    """How old the last price may be, in open days of Euronext Paris or in calendar days."""

    days: int
    unit: Literal["open", "calendar"]


LISTED: Final = Limit(5, "open")
FUND: Final = Limit(10, "open")
PRIVATE: Final = Limit(400, "calendar")
#: Beyond these a line is named among the stale ones.
LIMITS: Final = {
    "share": LISTED,
    "etf": LISTED,
    "bond": LISTED,
    "option": LISTED,
    "right": LISTED,
    "crypto": LISTED,
    "index": LISTED,
    "opcvm": FUND,
    "structured": FUND,
    "sci": Limit(120, "calendar"),
    "scpi": Limit(120, "calendar"),
    "opci": Limit(120, "calendar"),
    "fonds_euros": PRIVATE,
    "euro_croissance": PRIVATE,
    "fcpr": PRIVATE,
    "fcpi": PRIVATE,
    "fip": PRIVATE,
    "fpci": PRIVATE,
    "private": PRIVATE,
}


def is_stale(kind: str, priced_on: date | None, on: date) -> bool:
    """Return whether a price of `priced_on` is too old on a day, for that kind of support.

    Cash is never stale, and what has no price at all is not stale but unpriced.
    Kinds that nobody described keep the limit of a fund.
    """
    if priced_on is None or kind == "cash":
        return False
    return age(kind, priced_on, on) > LIMITS.get(kind, FUND).days


def age(kind: str, priced_on: date, on: date) -> int:
    """Return how old a price is, in the unit of its kind; 0 on its own day or before."""
    if on <= priced_on:
        return 0
    if LIMITS.get(kind, FUND).unit == "calendar":
        return (on - priced_on).days
    return _open_days(priced_on, on)


@lru_cache(maxsize=4096)
def _open_days(after: date, until: date) -> int:
    return int(np.busday_count(after, until, holidays=_closings()))


def limit_label(kind: str | None) -> str:
    """Return the delay of a kind as the screen says it; empty for cash, which has none."""
    if kind == "cash":
        return ""
    limit = LIMITS.get(kind or "", FUND)
    return f"{limit.days} {'jours ouvrés' if limit.unit == 'open' else 'jours'}"


@cache
def _closings() -> np.ndarray:
    """Return the days when Euronext Paris is closed, week-ends aside."""
    closed = holidays.financial_holidays("XPAR", years=YEARS)
    return np.array(sorted(closed), dtype="datetime64[D]")
