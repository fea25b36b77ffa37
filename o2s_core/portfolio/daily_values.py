"""What a scope was worth every day: the same sum as the weekly curve, each day of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from o2s_core import market, store
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.held_accounts import held_accounts, inside_members
from o2s_core.portfolio.positions import Position
from o2s_core.portfolio.stretches import Stretch, stretches
from o2s_core.portfolio.worth import Lines, Worth, turns, worth


@dataclass(frozen=True, slots=True, eq=False)
class DailyValues:
    """The value of a scope day after day, in euros; floats, for charts and returns."""

    days: np.ndarray  #: datetime64[D], every calendar day
    value: np.ndarray  #: float64; 0 before anything is known
    unpriced: np.ndarray  #: lines of the day that no price values


def daily_values(ctx: Context, scope: Scope, start: date, end: date) -> DailyValues:
    """Return what a contact, a household or a group was worth on each day of a period."""
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        members = inside_members(session, ctx, scope.member_ids)
        held = held_accounts(session, ctx, scope.member_ids)
        found = stretches(session, ctx, held, members, min(end, ctx.today))
        days = np.arange(np.datetime64(start), np.datetime64(end) + 1)
        if not found:
            return DailyValues(days, np.zeros(len(days)), np.zeros(len(days), dtype=np.int64))
        summed = sum_of(ctx, days, found)
    return DailyValues(days, np.round(summed.value, 2), summed.unpriced)


def sum_of(ctx: Context, days: np.ndarray, stretches: Sequence[Stretch]) -> Worth:
    """Return what some stretches are worth together on some calendar days, ascending.

    The days need not follow one another; prices and rates are those of each.
    """
    positions = [stretch.position for stretch in stretches]
    first = min([days[0].item(), *(p.price_on or p.as_of for p in positions)])
    ids = sorted({p.instrument_id for p in positions if p.instrument_id and not p.by_value})
    matrix = market.price_matrix(ctx, ids, first, days[-1].item())
    currencies = sorted({p.currency for p in positions} | {p.quoted_in for p in positions})
    rates = market.rate_matrix(ctx, currencies, days[0].item(), days[-1].item())
    quoted = {p.instrument_id: p.quoted_in for p in positions}
    lines = _lines(days, stretches, ids, currencies, matrix)
    at = (days - np.datetime64(first)).astype(int)
    steps = (days - days[0]).astype(int)
    return worth(
        lines, matrix.values[:, at], [currencies.index(quoted[i]) for i in ids],
        rates.values[:, steps],
    )  # fmt: skip


def _lines(
    days: np.ndarray,
    stretches: Sequence[Stretch],
    ids: Sequence[int],
    currencies: Sequence[str],
    matrix: market.PriceMatrix,
) -> Lines:
    """Return stretches as arrays, their days as ranks in the series."""
    rank = {instrument_id: n for n, instrument_id in enumerate(ids)}
    code = {currency: n for n, currency in enumerate(currencies)}
    rows = [_row(stretch, rank, code) for stretch in stretches]
    instrument, units, accrued, reported, own_in, quoted_in = (
        np.array(c) for c in zip(*rows, strict=True)
    )
    starts = np.array([s.start for s in stretches], dtype="datetime64[D]")
    ends = np.array([s.end for s in stretches], dtype="datetime64[D]")
    own = np.array([_own_day(s.position) for s in stretches], dtype="datetime64[D]")
    known = np.array([s.position.reported is not None for s in stretches])
    since = np.where(known, (own - matrix.days[0]).astype(int), -1)
    turn = turns(matrix.values, instrument, since, np.full(len(since), len(matrix.days)))
    turned = matrix.days[0] + turn
    end = np.searchsorted(days, ends)
    turn_at = np.where(instrument >= 0, np.searchsorted(days, turned), end)
    return Lines(
        start=np.searchsorted(days, starts), end=end, turn=np.minimum(turn_at, end),
        instrument=instrument, units=units, accrued=accrued, reported=reported,
        currency=own_in, quoted_in=quoted_in,
    )  # fmt: skip


def _own_day(position: Position) -> date:
    return position.price_on or position.as_of


def _row(
    stretch: Stretch, rank: dict[int, int], code: dict[str, int]
) -> tuple[int, float, float, float, int, int]:
    p, share = stretch.position, stretch.share
    priced = not p.by_value and p.quantity is not None
    return (
        rank.get(p.instrument_id or 0, -1) if priced else -1,
        float(p.quantity * p.price_factor) * share if p.quantity is not None else 0.0,
        float(p.accrued or 0) * share,
        float("nan") if p.reported is None else float(p.reported) * share,
        code[p.currency],
        code[p.quoted_in],
    )
