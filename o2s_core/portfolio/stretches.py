"""What the accounts of a scope held from one day to another, and what it was worth each day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
from sqlmodel import Session, col, select

from o2s_core import market
from o2s_core.kernel.context import Context
from o2s_core.portfolio.before_situations import explained_by, first_situations
from o2s_core.portfolio.corrections import corrected_over, corrections_of
from o2s_core.portfolio.held_accounts import HeldAccount
from o2s_core.portfolio.holders import owned
from o2s_core.portfolio.models import Situation
from o2s_core.portfolio.positions import Position, SituationHead, head_of, reported_positions
from o2s_core.portfolio.running_positions import posted_movements, running_positions

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
) -> list[Stretch]:
    """Return the lines of some accounts over time, until a day, those owned for nothing left out.

    The quantities of a day are those of the last situation before it; before the first,
    the movements add up where they explain it.
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
    for start, end, position in _computed(session, ctx, list(by_id), last):
        closed = by_id[position.account_id].closed_on or date.max
        found.append(Stretch(position, start, min(end, closed), shares[position.account_id]))
    return [s for s in found if s.start < s.end and s.share]


def _heads(
    session: Session, ctx: Context, ids: list[int], last: date
) -> dict[int, list[SituationHead]]:
    rows = session.exec(
        select(Situation)
        .where(
            Situation.firm_id == ctx.firm_id,
            col(Situation.account_id).in_(ids),
            Situation.state == "active",
            Situation.as_of <= last,
        )
        .order_by(col(Situation.as_of))
    )
    found: dict[int, list[SituationHead]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(head_of(row))
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


def _computed(
    session: Session,
    ctx: Context,
    ids: list[int],
    last: date,
) -> Iterable[tuple[date, date, Position]]:
    """Yield what accounts held before their first situation, from one movement to the next."""
    first = first_situations(session, ctx, ids)
    until = max([last, *(head.as_of for head in first.values())])
    by_account, instruments = posted_movements(session, ctx, ids, until)
    explained = explained_by(session, ctx, first.values(), by_account, instruments)
    for account_id, rows in by_account.items():
        if account_id in first and account_id not in explained:
            continue
        end = min(first[account_id].as_of if account_id in first else date.max, after(last))
        days = sorted({row.trade_on for row in rows if row.trade_on < end})
        if not days:
            continue
        for day, following in zip(days, [*days[1:], end], strict=True):
            past = [row for row in rows if row.trade_on <= day]
            for position in running_positions(account_id, past, instruments):
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
        positions = [s.position for s in stretches]
        ids = sorted({p.instrument_id for p in positions if p.instrument_id and not p.by_value})
        start = min([days[0].item(), *(p.price_on or p.as_of for p in positions)])
        self.first = np.datetime64(start)
        self.at = (days - self.first).astype(int)
        matrix = market.price_matrix(ctx, ids, start, days[-1].item())
        self.prices = dict(zip(ids, matrix.values, strict=True))
        currencies = sorted({p.currency for p in positions} | {p.quoted_in for p in positions})
        rates = market.rate_matrix(ctx, currencies, days[0].item(), days[-1].item())
        steps = (days - days[0]).astype(int)
        self.rates = {c: row[steps] for c, row in zip(currencies, rates.values, strict=True)}

    def worth(self, position: Position, at: slice) -> np.ndarray:
        """Return what a whole line is worth in euros on some days, NaN where unknown."""
        count = len(self.at[at])
        reported = float("nan") if position.reported is None else float(position.reported)
        own = np.full(count, reported) / self.rates[position.currency][at]
        quoted = self.prices.get(position.instrument_id or 0)
        if quoted is None or position.by_value or position.fixed or position.quantity is None:
            return own
        units = float(position.quantity * position.price_factor)
        price = quoted[self.at[at]]
        worth = (price * units + float(position.accrued or 0)) / self.rates[position.quoted_in][at]
        return np.where(self._moved(position, quoted, price), worth, own)

    def _moved(self, position: Position, quoted: np.ndarray, price: np.ndarray) -> np.ndarray:
        """Return on which days the market has a newer price than the line's own."""
        if position.reported is None:
            return ~np.isnan(price)
        own_day = np.datetime64(position.price_on or position.as_of)
        before = quoted[min(int((own_day - self.first).astype(int)), len(quoted) - 1)]
        return ~np.isnan(price) & (np.isnan(before) | (price != before))
