"""Which exchange rates does the firm know, of which day, and how old? (Taux de change)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import col, func, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.ecb_history import ecb_series
from o2s_core.market.models import PendingRate
from o2s_core.market.rates import ECB, EPOCH, REACH, rate_matrix
from o2s_core.store import EXACT_FRAME

#: One row per currency, by code; a rate older than seven days converts nothing any more.
KNOWN_RATES: Final = pl.Schema(
    {
        "currency": pl.String(),
        "units_per_euro": EXACT_FRAME,
        "day": pl.Date(),
        "source": pl.String(),
        "age": pl.Int64(),  # calendar days
        "state": pl.String(),  # current, old
    }
)
#: A currency whose last rate is older is of the past (francs, marks).
GONE: Final = timedelta(days=400)


def known_rates(ctx: Context) -> pl.DataFrame:
    """Return the last rate of each currency, the firm's own or the bank's (`KNOWN_RATES`).

    The newest day counts, and on one day the firm's own, as in `euro_rate`.
    """
    ctx.require(Permission.MARKET_READ)
    bundled = {code: row for code in ecb_series() if (row := _bundled(code, ctx.today))}
    found = dict(bundled)
    for row in _own(ctx):
        known = bundled.get(row["currency"])
        if known is None or row["day"] >= known["day"]:
            found[row["currency"]] = row
    rows = [_dated(found[code], ctx.today) for code in sorted(found)]
    return pl.DataFrame(rows, KNOWN_RATES)


def _bundled(currency: str, on: date) -> dict[str, Any] | None:
    series = ecb_series()[currency]
    rank = series.last((on - EPOCH).days)
    if rank < 0:
        return None
    day = EPOCH + timedelta(days=int(series.days[rank]))
    if on - day > GONE:
        return None
    units = Decimal(int(series.units[rank])).scaleb(-8)
    return {"currency": currency, "units_per_euro": units, "day": day, "source": ECB}


def _own(ctx: Context) -> list[dict[str, Any]]:
    """Return the last rate of each currency that the firm loaded itself."""
    last = (
        select(col(PendingRate.currency), func.max(PendingRate.day).label("day"))
        .where(PendingRate.firm_id == ctx.firm_id, PendingRate.day <= ctx.today)
        .group_by(col(PendingRate.currency))
        .subquery()
    )
    query = (
        select(PendingRate)
        .join(
            last,
            (col(PendingRate.currency) == last.c.currency) & (col(PendingRate.day) == last.c.day),
        )
        .where(PendingRate.firm_id == ctx.firm_id)
    )
    names = ("currency", "units_per_euro", "day", "source")
    with store.reading(ctx) as session:
        return [{name: getattr(row, name) for name in names} for row in session.exec(query)]


def _dated(row: dict[str, Any], today: date) -> dict[str, Any]:
    age = (today - row["day"]).days
    return row | {"age": age, "state": "current" if age <= REACH.days else "old"}


#: One row per day that has a rate, oldest first. Floats: for a chart.
RATE_PATH: Final = pl.Schema({"day": pl.Date(), "value": pl.Float64()})


def rate_path(ctx: Context, currency: str, start: date, end: date) -> pl.DataFrame:
    """Return how many units of a currency made one euro, day after day (schema `RATE_PATH`)."""
    ctx.require(Permission.MARKET_READ)
    matrix = rate_matrix(ctx, [currency], start, end)
    table = pl.DataFrame(
        {"day": pl.Series(matrix.days).cast(pl.Date), "value": matrix.values[0]}, RATE_PATH
    )
    return table.filter(pl.col("value").is_not_nan())
