"""How often does a series really move? (fréquence des cours: jour, semaine, mois)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from o2s_core.analytics.observations import Numbers
from o2s_core.portfolio.performance.measuring import Measured

#: name -> periods in a year; the finest first.
RHYTHMS: Final = {"daily": 252.0, "weekly": 52.0, "monthly": 12.0}
#: Share of the observations that must have moved.
MOVING: Final = 0.5
SATURDAY: Final = 5
STILL: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """A series of returns at the rhythm of its prices; `periods` of them make a year.

    `at` are the days (indexes of the period) between which the returns are.
    """

    name: str
    periods: float
    returns: Numbers
    at: NDArray[np.intp]


def observed(period: Measured) -> Rhythm:
    """Return the returns of a period, as frequent as its prices.

    A series is as frequent as it moves: by day when at least half of the open days
    (Monday to Friday) moved it, else by week, else by month.
    """
    days = np.arange(np.datetime64(period.first), np.datetime64(period.last) + 1)
    weekday = (days.astype("datetime64[D]").view("int64") - 4) % 7
    grown = 1.0 + period.index
    found = Rhythm("monthly", 12.0, np.array([]), np.array([0]))
    for name, periods in RHYTHMS.items():
        kept = _kept(name, days, weekday)
        returns = np.diff(grown[kept]) / grown[kept][:-1]
        found = Rhythm(name, periods, returns, kept)
        if len(returns) and (np.abs(returns) > STILL).mean() >= MOVING:
            break
    return found


def _kept(name: str, days: np.ndarray, weekday: np.ndarray) -> NDArray[np.intp]:
    """Return the days on which a rhythm looks: open days, Fridays or ends of months."""
    if name == "daily":
        return np.flatnonzero(weekday < SATURDAY)
    if name == "weekly":
        return np.flatnonzero(weekday == SATURDAY - 1)
    return np.flatnonzero(days.astype("datetime64[M]") != (days + 1).astype("datetime64[M]"))
