"""Which prices are known of some securities? Published or waiting, in one currency each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.market.price_history import unpublished
from o2s_core.market.price_index import EPOCH, SCALE, PriceIndex, price_index
from o2s_core.market.prices import daily_prices
from o2s_core.market.supports.absorptions import Ancestor, absorptions, ancestors

#: Securities whose published prices stay at hand: 40 KB each for ten years.
KEPT: Final = 256
#: Fewer prices than this have no rhythm.
FEWEST_PRICES: Final = 3


@dataclass(frozen=True)
class History:
    """The prices of one security, oldest first; days count from 1970."""

    days: np.ndarray  #: int64
    values: np.ndarray  #: float64, in `currency`
    currency: str
    others: int  #: prices in another currency than the last one, left out

    @cached_property
    def rhythm(self) -> float:
        """Return the days between two of its last hundred prices, at the median."""
        if len(self.days) < FEWEST_PRICES:
            return 0.0
        return float(np.median(np.diff(self.days[-100:])))

    def inside(self, first: date, last: date) -> int:
        """Return how many of its prices lie between two days, both included."""
        ends = ((first - EPOCH).days, (last - EPOCH).days + 1)
        start, stop = np.searchsorted(self.days, ends, side="left")
        return int(stop - start)


def histories(ctx: Context, instrument_ids: Sequence[int], until: date) -> tuple[History, ...]:
    """Return the prices of some securities up to a day, in the order asked."""
    index = price_index(ctx)
    waiting = unpublished(ctx, instrument_ids, until).partition_by("instrument_id", as_dict=True)
    last = (until - EPOCH).days
    return tuple(
        _until(
            _merged(index, instrument_id, waiting[(instrument_id,)])
            if (instrument_id,) in waiting
            else _published(index, instrument_id),
            last,
        )
        for instrument_id in instrument_ids
    )


def chained(
    ctx: Context, ids: Sequence[int], own: Sequence[History], until: date
) -> tuple[tuple[History, ...], tuple[tuple[Ancestor, ...], ...]]:
    """Put before the prices of each security those of what it absorbed, at par.

    The ancestor speaks until its heir has a price of its own. Return also whose prices
    were put before those of each, the nearest first; another currency is left out.
    """
    known = absorptions(ctx)
    lines = [ancestors(each, known) for each in ids]
    wanted = sorted({a.id for line in lines for a in line})
    past = dict(zip(wanted, histories(ctx, wanted, until), strict=True))
    found, used = [], []
    for history, line in zip(own, lines, strict=True):
        told: list[Ancestor] = []
        for each in line:
            longer = _before(history, past[each.id], each)
            if longer is not history:
                told.append(each)
            history = longer
        found.append(history)
        used.append(tuple(told))
    return tuple(found), tuple(used)


def _before(history: History, past: History, ancestor: Ancestor) -> History:
    """Return a history with what its ancestor was worth before it, in units of the heir."""
    cut = (ancestor.since - EPOCH).days
    if len(history.days):
        cut = min(cut, int(history.days[0]))
    many = int(np.searchsorted(past.days, cut, side="left"))
    if not many or (len(history.days) and past.currency != history.currency):
        return history
    return History(
        np.concatenate([past.days[:many], history.days]),
        np.concatenate([past.values[:many] / float(ancestor.ratio), history.values]),
        past.currency,
        history.others,
    )


@lru_cache(maxsize=KEPT)
def _published(index: PriceIndex, instrument_id: int) -> History:
    """Take the prices of a security from the quarters, one after the other."""
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    names: dict[str, int] = {}
    for part in index.parts:
        rank = part.rank(instrument_id)
        if rank >= 0:
            codes = np.array([names.setdefault(tag.currency, len(names)) for tag in part.said])
            span = slice(int(part.starts[rank]), int(part.starts[rank + 1]))
            parts.append((part.days[span], part.values[span], codes[part.tags[span]]))
    return _joined(parts, list(names))


def _joined(
    parts: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]], names: Sequence[str]
) -> History:
    if not parts:
        return History(np.empty(0, np.int64), np.empty(0), "", 0)
    days, values, codes = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _kept(days.astype(np.int64), values / SCALE, codes, names)


def _merged(index: PriceIndex, instrument_id: int, waiting: pl.DataFrame) -> History:
    best = daily_prices(index, instrument_id, waiting)
    days = best["day"].to_physical().to_numpy().astype(np.int64)
    names = sorted(set(best["currency"]))
    codes = np.array([names.index(code) for code in best["currency"]])
    return _kept(days, best["value"].cast(pl.Float64).to_numpy(), codes, names)


def _kept(days: np.ndarray, values: np.ndarray, codes: np.ndarray, names: Sequence[str]) -> History:
    """Return the prices in the currency of the last one; the others are counted, not mixed."""
    same = codes == codes[-1]
    others = int((~same).sum())
    if others:
        days, values = days[same], values[same]
    return History(days, values, names[int(codes[-1])], others)


def _until(history: History, last: int) -> History:
    many = int(np.searchsorted(history.days, last, side="right"))
    if many == len(history.days):
        return history
    return History(history.days[:many], history.values[:many], history.currency, history.others)
