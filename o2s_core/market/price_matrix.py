"""What supports were worth day after day: instrument × day, forward-filled, for charts."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.price_history import unpublished
from o2s_core.market.price_index import SCALE, PriceIndex, best_first, derived_array, price_index

FILE: Final = "matrix.npy"


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
    values = _published(index, ids, days.astype(np.int64))
    for (instrument_id,), rows in unpublished(ctx, set(ids), end).group_by("instrument_id"):
        values[[i for i, id_ in enumerate(ids) if id_ == instrument_id]] = _merged(
            index, int(str(instrument_id)), rows, days.astype(np.int64)
        )
    return PriceMatrix(ids, days, values)


def _published(index: PriceIndex, ids: tuple[int, ...], days: np.ndarray) -> np.ndarray:
    """Take the rows of some instruments from the matrix of all."""
    if not len(index.ids) or not ids or not len(days):
        return np.full((len(ids), len(days)), np.nan)
    first, matrix = _everything(index)
    rank = np.minimum(np.searchsorted(index.ids, ids), len(index.ids) - 1)
    known = np.flatnonzero(index.ids[rank] == np.array(ids))
    start, end = int(days[0]) - first, int(days[-1]) - first + 1
    width = matrix.shape[1]
    values = np.full((len(ids), len(days)), np.nan)
    for i in known:
        row = matrix[rank[i]]
        inside = row[max(start, 0) : max(min(end, width), 0)]
        at = max(-start, 0)
        values[i, at : at + len(inside)] = inside
        if end > width:
            values[i, max(width - start, 0) :] = row[-1]
    return values


def _everything(index: PriceIndex) -> tuple[int, np.ndarray]:
    """Return the first day and the matrix of all published prices, made once per layout."""
    first, last = int(index.days.min()), int(index.days.max())
    if index.folder is not None and (index.folder / FILE).is_file():
        return first, np.load(index.folder / FILE, mmap_mode="r")
    aside = f"{FILE}-{uuid.uuid4().hex[:8]}.tmp"
    matrix = derived_array(index, aside, (len(index.ids), last - first + 1))
    for rank in range(len(index.ids)):
        span = slice(int(index.starts[rank]), int(index.starts[rank + 1]))
        matrix[rank] = filled(
            index.days[span], index.values[span] / SCALE, np.arange(first, last + 1)
        )
    if index.folder is not None:
        matrix.flush()
        (index.folder / aside).rename(index.folder / FILE)
    return first, matrix


def filled(known: np.ndarray, values: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return the last value known on each day, NaN before the first; both days ascending."""
    rank = np.searchsorted(known, days, side="right") - 1
    return np.where(rank >= 0, np.asarray(values)[np.maximum(rank, 0)], np.nan)


def _merged(
    index: PriceIndex, instrument_id: int, waiting: pl.DataFrame, days: np.ndarray
) -> np.ndarray:
    """Return one row of the matrix with the prices that wait among the published ones."""
    span = index.span(instrument_id)
    known = dict(zip(index.days[span].tolist(), (index.values[span] / SCALE).tolist(), strict=True))
    ordered = waiting.sort(best_first(pl.col("kind")), "recorded_at")
    known |= dict(zip(ordered["day"].to_physical(), ordered["value"].cast(pl.Float64), strict=True))
    at = np.array(sorted(known))
    return filled(at, np.array([known[day] for day in at.tolist()]), days)
