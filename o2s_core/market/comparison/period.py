"""On which days are securities compared? Those that all of them have (intersection)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from o2s_core.kernel import french
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.market.comparison.histories import History
from o2s_core.market.comparison.shapes import Frequency, Security
from o2s_core.market.freshness import is_stale
from o2s_core.market.price_index import EPOCH

#: Days between two prices, at the median, beyond which a security is sparse.
SPARSE: Final = 10
#: The same beyond which daily returns would mostly be nil.
WEEKLY: Final = 4
FEWEST_PRICES: Final = 3


def is_sparse(history: History) -> bool:
    """Return whether a security is priced too seldom for its volatility to mean anything."""
    return history.rhythm > SPARSE


def finest(all_: Sequence[History]) -> Frequency:
    """Return the finest step that every security which is not sparse bears."""
    dense = [each for each in all_ if not is_sparse(each)]
    if not dense:
        return "monthly"
    return "weekly" if any(each.rhythm > WEEKLY for each in dense) else "daily"


def common_period(securities: Sequence[Security], today: date) -> tuple[date, date]:
    """Return the first and last day on which something is known of every security.

    A sparse security holds its last price as long as its kind allows; another
    one ends on its last price.

    Raises
    ------
    InvalidInputError
        They were never known at the same time.
    """
    ends = [each.last_on if _ended(each, today) else today for each in securities]
    start = max(each.first_on for each in securities)
    end = min(*ends, max(each.last_on for each in securities))
    if start >= end:
        late = max(securities, key=lambda each: each.first_on)
        early = min(securities, key=lambda each: each.last_on)
        raise InvalidInputError(
            f"Aucune période commune : « {late.label} » commence le {french.day(late.first_on)}, "
            f"« {early.label} » s'arrête le {french.day(early.last_on)}. Retirez l'un des deux."
        )
    return start, end


def _ended(security: Security, today: date) -> bool:
    """Return whether what is compared stops at the last price of a security."""
    return not security.sparse or is_stale(security.kind, security.last_on, today)


def chosen_period(
    common: tuple[date, date], start: date | None, end: date | None
) -> tuple[date, date]:
    """Return the period asked, kept inside the common one.

    Raises
    ------
    InvalidInputError
        The days are the wrong way round, or outside what is known of all.
    """
    if start and end and start >= end:
        raise InvalidInputError("La période est vide : choisissez une fin postérieure au début.")
    first, last = max(start or common[0], common[0]), min(end or common[1], common[1])
    if first >= last:
        raise InvalidInputError(
            "La période demandée est hors de la période commune, "
            f"du {french.day(common[0])} au {french.day(common[1])} : élargissez-la."
        )
    return first, last


def sampled(start: date, end: date, frequency: Frequency, all_: Sequence[History]) -> np.ndarray:
    """Return the days on which returns are measured, the first and the last included.

    Daily: days on which a security that is not sparse has a price; weekly: Fridays;
    monthly: last days of months. Days count from 1970.
    """
    first, last = (start - EPOCH).days, (end - EPOCH).days
    if frequency == "daily":
        dense = [each.days for each in all_ if not is_sparse(each)] or [each.days for each in all_]
        priced = np.zeros(last - first + 1, dtype=bool)
        for each in dense:
            priced[each[(each >= first) & (each <= last)] - first] = True
        days = np.flatnonzero(priced) + first
    else:
        days = _fridays(first, last) if frequency == "weekly" else month_ends(start, end)
    inside = days[(days > first) & (days < last)]
    return np.concatenate([[first], inside, [last]])


def _fridays(first: int, last: int) -> np.ndarray:
    """Return the Fridays between two days; 1970-01-02 was one."""
    return np.arange(first + (1 - first) % 7, last + 1, 7)


def month_ends(start: date, end: date) -> np.ndarray:
    """Return the last days of the months that end between two days, both included."""
    months = np.arange(np.datetime64(start, "M"), np.datetime64(end, "M") + 2)
    days = (months.astype("datetime64[D]") - 1).astype(np.int64)
    return days[(days >= (start - EPOCH).days) & (days <= (end - EPOCH).days)]


def as_date(day: int | np.integer) -> date:
    """Return a day that counts from 1970 as a date."""
    return EPOCH + timedelta(int(day))


def years_before(day: date, years: int) -> date:
    """Return the same day some years before; the 28th for a 29 February that is not."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def days_a_year_before(days: np.ndarray) -> np.ndarray:
    """Return `years_before(day, 1)` of many days that count from 1970."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    back = months - 12
    moved = back.astype("datetime64[D]") + (dates - months)
    moved -= moved.astype("datetime64[M]") != back  # a 29 February
    return moved.astype(np.int64)
