"""What each account of a scope was worth, day after day, and when its lines are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from o2s_core import store
from o2s_core.analytics.observations import Numbers
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.portfolio.before_situations import History, history_of
from o2s_core.portfolio.held_accounts import HeldAccount, held_accounts, inside_members
from o2s_core.portfolio.positions import Position
from o2s_core.portfolio.stretches import LinePrices, Stretch, stretches

Days = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class LinePath:
    """A line from the day `start` until the day `stop` (indexes, the latter excluded).

    `worth` is in euros, the scope's share, NaN where unknown; it has one day more than
    held, at the same quantity, to tell what the price did on the day of the change.
    """

    position: Position
    start: int
    stop: int
    worth: Numbers

    @property
    def held(self) -> Numbers:
        """Return the worth on the days on which it was held."""
        return self.worth[: self.stop - self.start]


@dataclass(frozen=True, slots=True, eq=False)
class AccountPath:
    """The worth of one account on each day, in euros, the scope's share.

    `values` has one number per day, 0 where the account is not known or closed.
    `seen` are the days (indexes) on which its lines are known anew: its situations,
    or its movements when there is none. `until` is the index of the day on which it is
    closed, or the number of days.
    """

    account: HeldAccount
    share: float
    computed: bool  #: no situation: the movements add up
    values: Numbers
    seen: tuple[int, ...]
    until: int
    lines: tuple[LinePath, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """The accounts of a scope, every calendar day from the first one known to `end`."""

    days: Days
    origin: int  #: ordinal of the first day
    accounts: tuple[AccountPath, ...]
    unknown: tuple[str, ...]  #: accounts of which nothing is known
    members: frozenset[int]  #: whose share it is
    stretches: tuple[Stretch, ...]
    history: History

    @property
    def values(self) -> Numbers:
        """Return the worth of all accounts together, one per day."""
        return np.sum([path.values for path in self.accounts], axis=0, dtype=np.float64)

    def day(self, at: int) -> date:
        """Return the day of an index."""
        return date.fromordinal(self.origin + at)

    def at(self, day: date) -> int:
        """Return the index of a day, which may lie before the first."""
        return day.toordinal() - self.origin

    @property
    def first(self) -> date:
        """Return the first day."""
        return date.fromordinal(self.origin)


def paths(ctx: Context, scope: Scope, end: date) -> Paths:
    """Return the daily worth of the accounts of a contact, a household or a group."""
    with store.reading(ctx) as session:
        members = inside_members(session, ctx, scope.member_ids)
        held = held_accounts(session, ctx, scope.member_ids)
        history = history_of(session, ctx, [account.id for account in held], end)
        found = stretches(session, ctx, held, members, end, history)
    first = min((s.start for s in found), default=end)
    days = np.arange(np.datetime64(first), np.datetime64(end) + 1)
    by_account = _lines(ctx, days, found) if found else {}
    kept = tuple(_path(a, *by_account[a.id], days) for a in held if a.id in by_account)
    unknown = tuple(a.label for a in held if a.id not in by_account)
    return Paths(days, first.toordinal(), kept, unknown, members, tuple(found), history)


def _lines(
    ctx: Context, days: Days, found: Sequence[Stretch]
) -> dict[int, tuple[float, list[LinePath]]]:
    """Return the scope's share of each account, and its lines with what they were worth."""
    worths = LinePrices(ctx, days, found).worths(found, beyond=1)
    share = np.array([stretch.share for stretch in found])
    pieces = np.split(worths.value * share[worths.line], worths.ends[:-1])
    made: dict[int, tuple[float, list[LinePath]]] = {}
    spans = zip(worths.start.tolist(), worths.stop.tolist(), pieces, strict=True)
    for stretch, (start, stop, worth) in zip(found, spans, strict=True):
        line = LinePath(stretch.position, start, stop, worth)
        made.setdefault(stretch.position.account_id, (stretch.share, []))[1].append(line)
    return made


def _path(account: HeldAccount, share: float, lines: Sequence[LinePath], days: Days) -> AccountPath:
    at = np.concatenate([np.arange(line.start, line.stop) for line in lines])
    held = np.concatenate([line.held for line in lines])
    closed = account.closed_on
    return AccountPath(
        account=account,
        share=share,
        computed=all(line.position.kind == "computed" for line in lines),
        values=np.bincount(at, np.nan_to_num(held), len(days)).astype(np.float64),
        seen=tuple(sorted({line.start for line in lines})),
        until=len(days) if closed is None else int(np.searchsorted(days, np.datetime64(closed))),
        lines=tuple(lines),
    )
