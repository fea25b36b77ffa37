"""What was every account worth at the end of each month? Kept by bucket, made at night."""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl
from sqlalchemy import select as columns
from sqlmodel import Session, col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.portfolio.before_situations import History, history_of
from o2s_core.portfolio.corrections import Corrections, corrected_over, corrections_of
from o2s_core.portfolio.models import Account, Situation
from o2s_core.portfolio.positions import HEAD, Position, SituationHead, reported_positions
from o2s_core.portfolio.running_positions import RunningAccount
from o2s_core.portfolio.stretches import LinePrices, Stretch, after

MONTHS: Final = 60
#: Accounts valued at once: what bounds the memory.
BATCH: Final = 250
#: Accounts are spread over this many files; an account is never split.
BUCKETS: Final = 16

#: One row per month end, account and class of assets that it held, the whole account in cents,
#: whoever holds it. `accounts` is 1 on one row of the account and 0 on the others, so that it
#: counts accounts; `unpriced` are lines held of which no value is known, left out of `cents`.
MONTHLY_VALUES: Final = pl.Schema(
    {
        "day": pl.Date(),
        "asset_class": pl.String(),
        "account_id": pl.Int64(),
        "provider_id": pl.Int64(),
        "envelope": pl.String(),
        "cents": pl.Int64(),
        "accounts": pl.Int64(),
        "unpriced": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of some accounts, by account."""

    heads: Mapping[int, Sequence[SituationHead]]  #: oldest first
    lines: Mapping[int, Sequence[Position]]  #: by situation
    history: History
    corrections: Corrections


def month_ends(today: date) -> list[date]:
    """Return the last days of the sixty months that ended before a day, oldest first."""
    found = [today.replace(day=1) - timedelta(days=1)]
    while len(found) < MONTHS:
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return found[::-1]


def bucket_of(account_id: int) -> str:
    """Return the part in which an account lies."""
    return f"{account_id % BUCKETS:02d}"


def parts(_ctx: Context) -> list[str]:
    """Return every part."""
    return [bucket_of(n) for n in range(BUCKETS)]


def _build(ctx: Context, part: str) -> pl.DataFrame:
    """Return what the accounts of a bucket were worth, firm-wide."""
    with store.reading(ctx) as session:
        accounts = _accounts(session, ctx, int(part))
    ids, days = sorted(accounts), month_ends(ctx.today)
    made = [
        _valued(ctx, {id_: accounts[id_] for id_ in ids[at : at + BATCH]}, days)
        for at in range(0, len(ids), BATCH)
    ]
    return pl.concat([MONTHLY_VALUES.to_frame(), *made])


def _accounts(session: Session, ctx: Context, bucket: int) -> dict[int, tuple[int, str, date]]:
    """Return provider, envelope and closing day (the last day there is: open) of accounts."""
    rows = session.execute(
        columns(
            col(Account.id), col(Account.provider_id), col(Account.envelope), col(Account.closed_on)
        ).where(
            col(Account.firm_id) == ctx.firm_id,
            col(Account.id) % BUCKETS == bucket,
            col(Account.archived_at).is_(None),
        )
    )
    return {id_: (provider, envelope, end or date.max) for id_, provider, envelope, end in rows}


def _valued(
    ctx: Context, accounts: Mapping[int, tuple[int, str, date]], days: Sequence[date]
) -> pl.DataFrame:
    """Return the rows of some accounts."""
    with store.reading(ctx) as session:
        known = _read(session, ctx, accounts, days)
        following = {day: after(day) for day in days}
        held = [
            Stretch(line, day, following[day], 1.0)
            for id_, (_, _, closed) in accounts.items()
            for day, line in _held(known, id_, [day for day in days if day < closed])
        ]
        if not held:
            return MONTHLY_VALUES.to_frame()
        worth = LinePrices(ctx, np.array(days, dtype="datetime64[D]"), held).worths(held).value
    return _summed(accounts, held, worth)


def _read(session: Session, ctx: Context, ids: Collection[int], days: Sequence[date]) -> _Known:
    heads = _heads(session, ctx, ids, days[-1])
    spoken = {
        head.id: head for rows in heads.values() for day in days if (head := _last(rows, day))
    }
    lines: dict[int, list[Position]] = defaultdict(list)
    for line in reported_positions(session, ctx, spoken.values()):
        lines[line.situation_id or 0].append(line)
    history = history_of(session, ctx, ids, days[-1])
    return _Known(heads, lines, history, corrections_of(session, ctx, ids))


def _heads(
    session: Session, ctx: Context, ids: Collection[int], last: date
) -> dict[int, list[SituationHead]]:
    rows = session.execute(
        columns(*(col(getattr(Situation, name)) for name in HEAD))
        .where(
            col(Situation.firm_id) == ctx.firm_id,
            col(Situation.account_id).in_(list(ids)),
            col(Situation.state) == "active",
            col(Situation.as_of) <= last,
        )
        .order_by(col(Situation.as_of))
    )
    found: dict[int, list[SituationHead]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(SituationHead(*row))
    return found


def _last(heads: Sequence[SituationHead], day: date) -> SituationHead | None:
    """Return the situation that speaks on a day."""
    at = bisect_right(heads, day, key=lambda head: head.as_of)
    return heads[at - 1] if at else None


def _held(known: _Known, account_id: int, days: Sequence[date]) -> Iterator[tuple[date, Position]]:
    """Yield what an account held on each day: its situation's lines, else its movements' sum."""
    heads, history = known.heads.get(account_id, ()), known.history
    summed = account_id not in history.first or account_id in history.explained
    running = RunningAccount(account_id, history.instruments)
    rows = deque(history.movements.get(account_id, ()) if summed else ())
    lines: Sequence[Position] = ()
    for day in days:
        head = _last(heads, day)
        if head is not None:
            lines = known.lines.get(head.id, ())
        elif rows and rows[0].trade_on <= day:
            while rows and rows[0].trade_on <= day:
                running.take(rows.popleft())
            lines = running.positions()
        yield from ((day, line) for line in _corrected(lines, day, known.corrections))


def _corrected(lines: Sequence[Position], day: date, made: Corrections) -> Sequence[Position]:
    if not made:
        return lines
    return [line for each in lines for _, _, line in corrected_over(each, day, after(day), made)]


def _summed(
    accounts: Mapping[int, tuple[int, str, date]], held: Sequence[Stretch], worth: np.ndarray
) -> pl.DataFrame:
    """Return the worth of some lines, each on one day, by day, account and class."""
    lines = pl.DataFrame(
        {
            "day": [s.start for s in held],
            "account_id": [s.position.account_id for s in held],
            "asset_class": [s.position.asset_class for s in held],
            "worth": worth,
        }
    )
    said = pl.DataFrame(
        [(id_, provider, envelope) for id_, (provider, envelope, _) in accounts.items()],
        {"account_id": pl.Int64, "provider_id": pl.Int64, "envelope": pl.String},
        orient="row",
    )
    unknown = pl.col("worth").is_nan()
    summed = lines.group_by("day", "account_id", "asset_class", maintain_order=True).agg(
        cents=(pl.col("worth").fill_nan(0.0).sum() * 100).round().cast(pl.Int64),
        unpriced=unknown.sum().cast(pl.Int64),
    )
    first = pl.int_range(pl.len()).over("day", "account_id") == 0
    named = summed.with_columns(accounts=first.cast(pl.Int64)).join(said, on="account_id")
    return named.select(MONTHLY_VALUES.names())


MONTHLY: Final = store.Projection(
    "monthly_values", MONTHLY_VALUES, parts, _build, sort_by=("day", "asset_class", "account_id")
)


def publish_monthly_values(ctx: Context, *, most: int | None = None) -> int:
    """Make what every account was worth at the end of each month; return how many parts.

    `most` stops after some parts: the next call goes on with the others.

    What did not change since is left, until a month ends: all is made again then. Prices
    of the past that came or were corrected since are counted with the part that is made next.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    turned = ctx.today.replace(day=1)
    made = store.published_at(ctx, MONTHLY.name)
    old = {part for part, at in made.items() if at.astimezone(PARIS).date() < turned}
    stale = old | (set(parts(ctx)) - store.published_once(ctx, MONTHLY.name))
    with store.tx(ctx) as tx:
        for part in sorted(stale):
            tx.dirty(MONTHLY.name, part)
    count = store.publish_dirty(ctx, [MONTHLY], most=most)
    if count:
        with store.tx(ctx) as tx:
            tx.touch(MONTHLY.name)
    return count
