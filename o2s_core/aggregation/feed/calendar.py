"""When is the next file of a feed expected, and is it late? (prochain attendu)."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from o2s_core.kernel.settings import PARIS

#: Years for which the French bank holidays are laid out.
YEARS: Final = range(2000, 2061)
#: Frequency -> months between two files.
MONTHS: Final = {"monthly": 1, "quarterly": 3}
FREQUENCIES: Final = {
    "business_day": "Chaque jour ouvré",
    "weekly": "Hebdomadaire",
    "monthly": "Mensuelle",
    "quarterly": "Trimestrielle",
    "on_demand": "À la demande",
}
#: How a feed stands, the most pressing first.
FEED_STATES: Final = {
    "late": "En retard",
    "expected": "Attendu",
    "never": "Jamais reçu",
    "on_time": "À jour",
    "on_demand": "À la demande",
    "inactive": "Inactif",
}


def expected_on(frequency: str, last: date) -> date | None:
    """Return the French open day on which the file after that of `last` is due; None: no rhythm.

    >>> expected_on("weekly", date(2026, 11, 4))  # a week later is Armistice Day
    datetime.date(2026, 11, 12)
    """
    if frequency == "business_day":
        return open_days_after(last, 1)
    if frequency == "weekly":
        return open_days_after(last + timedelta(days=7), 0)
    months = MONTHS.get(frequency)
    return None if months is None else open_days_after(_months_after(last, months), 0)


def late_after(frequency: str, last: date, grace_days: int) -> date | None:
    """Return the last day on which the next file is on time: its due day plus open days."""
    due = expected_on(frequency, last)
    return None if due is None else open_days_after(due, grace_days)


def state_of(
    frequency: str, last: date | None, grace_days: int, today: date, *, active: bool = True
) -> str:
    """Return how a feed stands on a day (a key of `FEED_STATES`)."""
    if not active:
        return "inactive"
    if frequency not in FREQUENCIES or frequency == "on_demand":
        return "on_demand"
    if last is None:
        return "never"
    due, limit = expected_on(frequency, last), late_after(frequency, last, grace_days)
    if limit is not None and today > limit:
        return "late"
    return "expected" if due is not None and today >= due else "on_time"


def _months_after(day: date, count: int) -> date:
    """Return the same day some months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def open_days_after(day: date, count: int) -> date:
    """Return the `count`-th French open day after a day; 0: that day, or the next open one."""
    rolled = np.busday_offset(day, 0, roll="forward", holidays=_closings())
    if count == 0:
        return rolled.astype(date)
    back = np.busday_offset(day, 0, roll="backward", holidays=_closings())
    return np.busday_offset(back, count, holidays=_closings()).astype(date)


def day_of(instant: datetime, time_zone: str = "") -> date:
    """Return the day of an instant where the partner is (Paris, unless the feed says)."""
    return instant.astimezone(ZoneInfo(time_zone) if time_zone else PARIS).date()


@cache
def _closings() -> np.ndarray:
    """Return the French public holidays, week-ends aside."""
    return np.array(sorted(holidays.country_holidays("FR", years=YEARS)), dtype="datetime64[D]")
