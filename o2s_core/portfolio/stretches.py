"""What the accounts of a scope held from one day to another, and what it was worth each day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final

import numpy as np
from sqlmodel import Session

from o2s_core import market
from o2s_core.kernel.context import Context
from o2s_core.portfolio.before_situations import History, history_of
from o2s_core.portfolio.corrections import corrected_over, corrections_of
from o2s_core.portfolio.held_accounts import HeldAccount
from o2s_core.portfolio.holders import owned
from o2s_core.portfolio.positions import (
    Position,
    SituationHead,
    reported_positions,
    situations_until,
)
from o2s_core.portfolio.running_positions import Posted, RunningAccount

YARDSTICK: Final = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line as it stood from a day until another (excluded), owned for a share."""

    position: Position
    start: date
    end: date
    share: float


def stretches(
    session: Session,
    ctx: Context,
    held: Sequence[HeldAccount],
    members: frozenset[int],
    last: date,
    history: History | None = None,
) -> list[Stretch]:
    """Return the lines of some accounts over time, until a day, those owned for nothing left out.

    The quantities of a day are those of the last situation before it; before the first,
    the movements add up where they explain it. `history` is what was read of them already.
    """
    by_id = {account.id: account for account in held}
    heads = _heads(session, ctx, list(by_id), last)
    ends = _ends(heads, by_id, last)
    reported = reported_positions(session, ctx, (h for rows in heads.values() for h in rows))
    shares = {
        id_: float(owned(YARDSTICK, account.holders, members).total / YARDSTICK)
        for id_, account in by_id.items()
    }
    made = corrections_of(session, ctx, list(by_id))
    found = [
        Stretch(position, start, end, shares[p.account_id])
        for p in reported
        for start, end, position in corrected_over(p, p.as_of, ends[p.situation_id or 0], made)
    ]
    history = history or history_of(session, ctx, list(by_id), last)
    for since, until, line in _computed(history, last):
        closed = by_id[line.account_id].closed_on or date.max
        share = shares[line.account_id]
        found += [
            Stretch(position, start, end, share)
            for start, end, position in corrected_over(line, since, min(until, closed), made)
        ]
    return [s for s in found if s.start < s.end and s.share]


def _heads(
    session: Session, ctx: Context, ids: list[int], last: date
) -> dict[int, list[SituationHead]]:
    found: dict[int, list[SituationHead]] = defaultdict(list)
    for head in situations_until(session, ctx, ids, last):
        found[head.account_id].append(head)
    return dict(found)


def _ends(
    heads: dict[int, list[SituationHead]], accounts: dict[int, HeldAccount], last: date
) -> dict[int, date]:
    """Return the day on which each situation is replaced, or its account closed."""
    found = {}
    for account_id, rows in heads.items():
        closed = accounts[account_id].closed_on or date.max
        following = [*(row.as_of for row in rows[1:]), after(last)]
        for row, until in zip(rows, following, strict=True):
            found[row.id] = min(until, closed)
    return found


def _computed(history: History, last: date) -> Iterable[tuple[date, date, Position]]:
    """Yield what accounts held before their first situation, from one movement to the next."""
    first = history.first
    for account_id, rows in history.movements.items():
        if account_id in first and account_id not in history.explained:
            continue
        end = min(first[account_id].as_of if account_id in first else date.max, after(last))
        yield from _between(RunningAccount(account_id, history.instruments), rows, end)


def _between(
    running: RunningAccount, rows: Sequence[Posted], end: date
) -> Iterable[tuple[date, date, Position]]:
    """Yield what an account held from each day on which something happened to the next."""
    by_day = [(day, list(some)) for day, some in groupby(rows, lambda row: row.trade_on)]
    days = [day for day, _ in by_day if day < end]
    for (day, some), following in zip(by_day, [*days[1:], end], strict=False):
        if day >= end:
            return
        for row in some:
            running.take(row)
        for position in running.positions():
            yield day, following, position


def after(day: date) -> date:
    """Return the next day."""
    return day + timedelta(days=1)


def known_since(
    held: Sequence[HeldAccount], stretches: Sequence[Stretch]
) -> tuple[tuple[str, date], ...]:
    """Return the label of each account known on some day, and the first such day."""
    first: dict[int, date] = {}
    for stretch in stretches:
        id_ = stretch.position.account_id
        first[id_] = min(first.get(id_, stretch.start), stretch.start)
    return tuple((a.label, first[a.id]) for a in held if a.id in first)


class LinePrices:
    """Prices and rates of the days of a series."""

    def __init__(self, ctx: Context, days: np.ndarray, stretches: Sequence[Stretch]) -> None:
        positions = list({id(s.position): s.position for s in stretches}.values())
        ids = sorted({p.instrument_id for p in positions if p.instrument_id and not p.by_value})
        start = min([days[0].item(), *(p.price_on or p.as_of for p in positions)])
        self.days, self.first = days, np.datetime64(start)
        self.at = (days - self.first).astype(int)
        self.prices = market.price_matrix(ctx, ids, start, days[-1].item()).values
        currencies = sorted({p.currency for p in positions} | {p.quoted_in for p in positions})
        rates = market.rate_matrix(ctx, currencies, days[0].item(), days[-1].item())
        self.rates = rates.values[:, (days - days[0]).astype(int)]
        self._rank = {id_: n for n, id_ in enumerate(ids)}
        self._currency = {code: n for n, code in enumerate(currencies)}
        self._said = {id(p): self._facts(p) for p in positions}

    def _facts(self, line: Position) -> tuple[float, ...]:
        """Return the numbers of a line: ranks, units, accrued, reported, the price it stands on."""
        reported = float("nan") if line.reported is None else float(line.reported)
        market_does = not (line.by_value or line.fixed or line.quantity is None)
        rank = self._rank.get(line.instrument_id or 0, -1) if market_does else -1
        units, standing = 0.0, float("nan")
        if rank >= 0 and line.quantity is not None:
            units = float(line.quantity * line.price_factor)
        if rank >= 0 and line.reported is not None:
            day = int((np.datetime64(line.price_on or line.as_of) - self.first).astype(int))
            standing = float(self.prices[rank][min(day, self.prices.shape[1] - 1)])
        quoted_in, own_in = self._currency[line.quoted_in], self._currency[line.currency]
        return rank, own_in, quoted_in, units, float(line.accrued or 0), reported, standing

    def worths(self, stretches: Sequence[Stretch], *, beyond: int = 0) -> "Worths":
        """Return what whole lines are worth in euros on the days they cover, and some beyond."""
        bounds = np.array([(s.start, s.end) for s in stretches], dtype="datetime64[D]")
        start, stop = np.searchsorted(self.days, bounds).T
        length = np.maximum(np.minimum(stop + beyond, len(self.days)) - start, 0)
        ends = np.cumsum(length)
        line = np.repeat(np.arange(len(stretches)), length)
        day = np.arange(len(line)) - np.repeat(ends - length - start, length)
        said = np.array([self._said[id(s.position)] for s in stretches])
        return Worths(start, stop, ends, line, day, self._values(said, line, day))

    def _values(self, said: np.ndarray, line: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return the worth of some lines, each on a day: its own, until the market has a newer."""
        rank, own_in, quoted_in = said[:, :3].astype(int).T
        units, accrued, reported, standing = said[:, 3:].T
        value = reported[line] / self.rates[own_in[line], day]
        some = np.flatnonzero(rank[line] >= 0)
        line, day = line[some], day[some]
        price = self.prices[rank[line], self.at[day]]
        worth = (price * units[line] + accrued[line]) / self.rates[quoted_in[line], day]
        own, before = reported[line], standing[line]
        newer = np.isnan(own) | np.isnan(before) | (price != before)
        value[some] = np.where(~np.isnan(price) & newer, worth, value[some])
        return value


@dataclass(frozen=True, slots=True, eq=False)
class Worths:
    """What lines are worth in euros, one after another; NaN where unknown.

    `start` and `stop` are the days (ranks) on which each is held, the latter excluded;
    `ends` where its numbers end. `line` and `day` say of which line and day each is.
    """

    start: np.ndarray
    stop: np.ndarray
    ends: np.ndarray
    line: np.ndarray
    day: np.ndarray
    value: np.ndarray
