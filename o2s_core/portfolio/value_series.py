"""What a scope was worth over time, from the situations known and the prices of each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from o2s_core import store
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.held_accounts import held_accounts, inside_members
from o2s_core.portfolio.holdings import holdings
from o2s_core.portfolio.stretches import LinePrices, Stretch, known_since, stretches

#: One row per week, the last on the day asked; `value_eur` is null before anything is known.
#: Floats: for a chart; the last point is the total of `holdings`.
VALUE_SERIES: Final = pl.Schema(
    {"day": pl.Date(), "value_eur": pl.Float64(), "accounts": pl.Int64(), "unpriced": pl.Int64()}
)
POINTS: Final = 1_000
YEARS: Final = 10
WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class ValueHistory:
    """The value of a scope over time, and how much of it is known.

    `since` names each account and the day from which it is known; before that
    day it counts for nothing, so that the curve steps up when it enters.
    """

    points: pl.DataFrame
    since: tuple[tuple[str, date], ...]
    unknown: tuple[str, ...]  #: accounts of which nothing is known on any day


def value_series(
    ctx: Context, scope: Scope, start: date | None = None, end: date | None = None
) -> ValueHistory:
    """Return what a contact, a household or a group was worth, week after week.

    The quantities of a day are those of the last situation before it; between
    two situations prices move, quantities do not. Without any situation the
    movements add up. Shares are those of today. At most ten years, a thousand
    points.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    last = min(end or ctx.today, ctx.today)
    with store.reading(ctx) as session:
        members = inside_members(session, ctx, scope.member_ids)
        held = held_accounts(session, ctx, scope.member_ids)
        found = stretches(session, ctx, held, members, last)
    since = known_since(held, found)
    if not found:
        return ValueHistory(VALUE_SERIES.to_frame(), (), tuple(a.label for a in held))
    first = max(min(s.start for s in found), start or date.min, _years_before(last))
    days = _days(min(first, last), last)
    points = _points(ctx, days, found)
    total = float(holdings(ctx, scope, last).total_eur)
    points = points.with_columns(
        value_eur=pl.when(pl.col("day") == last).then(total).otherwise("value_eur")
    )
    known = {label for label, _ in since}
    return ValueHistory(points, since, tuple(a.label for a in held if a.label not in known))


def _years_before(day: date) -> date:
    return day - timedelta(days=YEARS * 366)


def _days(first: date, last: date) -> np.ndarray:
    """Return one day a week, ending on the last; farther apart beyond a thousand."""
    span = (last - first).days
    step = max(WEEK, -(-span // POINTS))
    back = np.arange(0, span + 1, step)[::-1]
    return np.datetime64(last) - back.astype("timedelta64[D]")


def _points(ctx: Context, days: np.ndarray, stretches: Sequence[Stretch]) -> pl.DataFrame:
    """Value every stretch on the days it covers, and add up."""
    found = LinePrices(ctx, days, stretches).worths(stretches)
    known = ~np.isnan(found.value)
    share = np.array([stretch.share for stretch in stretches])[found.line]
    total = np.bincount(found.day, np.where(known, found.value, 0.0) * share, len(days))
    unpriced = np.bincount(found.day, ~known, len(days)).astype(np.int64)
    accounts = np.zeros(len(days))
    for own in _lines_of_accounts(stretches):
        accounts += np.bincount(found.day, own[found.line], len(days)) > 0
    return pl.DataFrame(
        {
            "day": pl.Series(days).cast(pl.Date),
            "value_eur": np.where(accounts > 0, np.round(total, 2), np.nan),
            "accounts": accounts.astype(np.int64),
            "unpriced": unpriced,
        },
        schema_overrides=dict(VALUE_SERIES),
    ).with_columns(pl.col("value_eur").fill_nan(None))


def _lines_of_accounts(stretches: Sequence[Stretch]) -> list[np.ndarray]:
    """Return which lines are of each account."""
    ids = np.array([stretch.position.account_id for stretch in stretches])
    return [ids == id_ for id_ in np.unique(ids)]
