"""Which periods does one look at? (depuis le début de l'année, 1, 3, 5 ans…)."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

#: code -> label, in the order of the pick list.
PERIODS: Final[Mapping[str, str]] = {
    "ytd": "Depuis le 1er janvier",
    "1m": "1 mois",
    "3m": "3 mois",
    "6m": "6 mois",
    "1y": "1 an",
    "3y": "3 ans",
    "5y": "5 ans",
    "origin": "Depuis l'origine",
}
MONTHS: Final = {"1m": 1, "3m": 3, "6m": 6, "1y": 12, "3y": 36, "5y": 60}


def start_of(period: str, end: date, origin: date) -> date:
    """Return the day at whose close a period starts.

    The year starts at the close of 31 December; a month before the 31st of a month
    without one is its last day.
    """
    if period == "origin":
        return origin
    if period == "ytd":
        return date(end.year, 1, 1) - timedelta(days=1)
    months = end.year * 12 + end.month - 1 - MONTHS[period]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(end.day, monthrange(year, month + 1)[1]))
