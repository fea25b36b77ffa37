"""What supports were worth day after day: instrument × day, forward-filled, for charts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.price_history import unpublished
from o2s_core.market.price_index import PriceIndex, carried, price_index
from o2s_core.market.prices import daily_prices


@dataclass(frozen=True, slots=True)
class PriceMatrix:
    """Daily prices of instruments; NaN before the first price known.

    `values[i, j]` is the last price of `instrument_ids[i]` known on `days[j]`,
    in the currency it is quoted in. Floats: for charts, returns and risk; an
    amount shown as money is made from `last_prices`.
    """

    instrument_ids: tuple[int, ...]
    days: np.ndarray  #: datetime64[D], every calendar day
    values: np.ndarray  #: float64, instrument × day


def price_matrix(
    ctx: Context, instrument_ids: Iterable[int], start: date, end: date
) -> PriceMatrix:
    """Return the daily prices of some instruments, both days included."""
    ctx.require(Permission.MARKET_READ)
    ids = tuple(instrument_ids)
    days = np.arange(np.datetime64(start), np.datetime64(end) + 1, dtype="datetime64[D]")
    index = price_index(ctx)
    values = _published(index, np.array(ids, dtype=np.int64), days.astype(np.int64))
    for (instrument_id,), rows in unpublished(ctx, set(ids), end).group_by("instrument_id"):
        values[[i for i, id_ in enumerate(ids) if id_ == instrument_id]] = _merged(
            index, int(str(instrument_id)), rows, days.astype(np.int64)
        )
    return PriceMatrix(ids, days, values)


def _published(index: PriceIndex, ids: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Take the rows of some instruments from the quarters that a period meets."""
    values = np.full((len(ids), len(days)), np.nan)
    if not len(ids) or not len(days):
        return values
    start, end = int(days[0]), int(days[-1])
    for part in index.parts:
        if part.last < start or part.first > end:
            continue
        rank = part.ranks(ids)
        inside = slice(max(start - part.first, 0), min(end, part.last) - part.first + 1)
        at = part.first + inside.start - start
        values[rank >= 0, at : at + inside.stop - inside.start] = part.filled[
            rank[rank >= 0], inside
        ]
    _begin(index, ids, start, values)
    return carried(values)


def _begin(index: PriceIndex, ids: np.ndarray, start: int, values: np.ndarray) -> None:
    """Give the first day the last price known on it, where the quarter of that day has none."""
    blank = np.flatnonzero(np.isnan(values[:, 0]))
    wanted = np.unique(ids[blank])
    known = index.last(wanted, start)
    found = dict(zip(known["instrument_id"], known["value"].cast(pl.Float64), strict=True))
    values[blank, 0] = [found.get(int(ids[n]), np.nan) for n in blank]


def filled(known: np.ndarray, values: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return the last value known on each day, NaN before the first; both days ascending."""
    rank = np.searchsorted(known, days, side="right") - 1
    return np.where(rank >= 0, np.asarray(values)[np.maximum(rank, 0)], np.nan)


def _merged(
    index: PriceIndex, instrument_id: int, waiting: pl.DataFrame, days: np.ndarray
) -> np.ndarray:
    """Return one row of the matrix with the prices that wait among the published ones."""
    best = daily_prices(index, instrument_id, waiting)
    known = best["day"].to_physical().to_numpy()
    return filled(known, best["value"].cast(pl.Float64).to_numpy(), days)
