"""What lines held over time were worth day after day: arrays in, arrays out, no store.

A line counts at the value its source reported until the market has a newer
price, then at quantity × price. Lines that last are steps: each adds its units
on its first day and takes them back on its last, so that the cost is that of
the supports and the days, not of the situations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines over time, one per row, the parts of one owner or of many.

    Days are ranks in the days of the series; `start` is the first on which the
    line is held, `end` the first on which it no longer is. `turn` is the first
    day on which the market has a price newer than the line's own, or `end`.
    `units` are quantity × price factor; every amount is the share owned.
    """

    start: Ints
    end: Ints
    turn: Ints
    instrument: Ints  #: rank in the prices; -1: never priced by the market
    units: Floats
    accrued: Floats
    reported: Floats  #: NaN: its source gives no value
    currency: Ints  #: of the reported value: rank in the rates
    quoted_in: Ints  #: of the market's price: rank in the rates


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """The sum of some lines on each day, in euros, and how many lines it leaves out."""

    value: Floats
    unpriced: Ints


def turns(prices: Floats, instrument: Ints, own: Ints, end: Ints) -> Ints:
    """Return the first day on which each line's support has another price than on its own day.

    `own` is the day of the line's own price, -1 when its source gives none; a
    line without price of the market never turns. Prices NaN before the first.
    """
    turn = end.copy()
    order = np.argsort(instrument, kind="stable")
    bounds = np.flatnonzero(np.diff(instrument[order], prepend=-2, append=-3))
    known = np.nan_to_num(prices, nan=-1.0)
    for at, until in pairwise(bounds):
        some = order[at:until]
        rank = int(instrument[some[0]])
        if rank < 0:
            continue
        changes = np.flatnonzero(np.diff(known[rank], prepend=-1.0))
        later = np.searchsorted(changes, own[some], side="right")
        after = np.append(changes, len(known[rank]))[later]
        turn[some] = np.minimum(after, end[some])
    return turn


def worth(lines: Lines, prices: Floats, quoted_in: Sequence[int], rates: Floats) -> Worth:
    """Return what some lines were worth together on each day.

    Parameters
    ----------
    prices
        Instrument × day, in the currency of rank `quoted_in` of the instrument.
    rates
        Currency × day, units for one euro; NaN leaves the lines of that day out.
    """
    days, currencies = rates.shape[1], rates.shape[0]
    turn = np.maximum(lines.turn, lines.start)
    known = ~np.isnan(lines.reported)
    own = _steps(lines.currency, lines.start, turn, np.nan_to_num(lines.reported), currencies, days)
    accrued = _steps(lines.quoted_in, turn, lines.end, lines.accrued, currencies, days)
    ones = np.ones(len(lines.start))
    blank = _steps(0 * lines.currency, lines.start, turn, ones * ~known, 1, days)[0]
    counted = _steps(lines.currency, lines.start, turn, ones * known, currencies, days)
    counted += _steps(lines.quoted_in, turn, lines.end, ones, currencies, days)
    total = np.zeros(days)
    missing = blank
    priced = _by_currency(lines, turn, prices, quoted_in, currencies)
    for rank in range(currencies):
        rate = rates[rank]
        amount = (own[rank] + accrued[rank] + priced.get(rank, 0.0)) / rate
        total += np.nan_to_num(amount)
        missing = missing + np.where(np.isnan(rate), counted[rank], 0.0)
    return Worth(total, np.rint(missing).astype(np.int64))


def _by_currency(
    lines: Lines, turn: Ints, prices: Floats, quoted_in: Sequence[int], currencies: int
) -> Mapping[int, Floats]:
    """Return quantity × price of the lines that the market prices, summed by currency."""
    count, days = prices.shape
    if not count:
        return {}
    units = np.where(lines.instrument >= 0, lines.units, 0.0)
    held = _steps(np.maximum(lines.instrument, 0), turn, lines.end, units, count, days)
    held *= np.nan_to_num(prices)
    ranks = np.asarray(quoted_in)
    return {rank: held[ranks == rank].sum(axis=0) for rank in range(currencies)}


def _steps(rank: Ints, start: Ints, end: Ints, amount: Floats, count: int, days: int) -> Floats:
    """Return rank × day: the sum of the amounts of the lines held on each day."""
    width = days + 1
    there = end > start
    into, out = rank[there] * width + start[there], rank[there] * width + end[there]
    weights = amount[there]
    changes = np.bincount(into, weights, count * width)
    changes -= np.bincount(out, weights, count * width)
    summed: Floats = np.cumsum(changes.reshape(count, width), axis=1, dtype=np.float64)
    return summed[:, :days]
