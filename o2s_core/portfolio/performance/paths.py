"""What each account of a scope was worth, day after day, and when its lines are known."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from o2s_core import store
from o2s_core.analytics.observations import Numbers
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
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
        found = stretches(session, ctx, held, members, end)
    by_account: dict[int, list[Stretch]] = defaultdict(list)
    for stretch in found:
        by_account[stretch.position.account_id].append(stretch)
    first = min((s.start for s in found), default=end)
    days = np.arange(np.datetime64(first), np.datetime64(end) + 1)
    prices = LinePrices(ctx, days, found) if found else None
    kept = tuple(
        _path(a, by_account[a.id], days, prices) for a in held if prices and a.id in by_account
    )
    return Paths(
        days, first.toordinal(), kept, tuple(a.label for a in held if a.id not in by_account)
    )


def _path(
    account: HeldAccount, held: Sequence[Stretch], days: Days, prices: LinePrices
) -> AccountPath:
    lines = tuple(_line(stretch, days, prices) for stretch in held)
    values = np.zeros(len(days))
    for line in lines:
        values[line.start : line.stop] += np.nan_to_num(line.held)
    closed = account.closed_on
    return AccountPath(
        account=account,
        share=held[0].share,
        computed=all(line.position.kind == "computed" for line in held),
        values=values,
        seen=tuple(sorted({line.start for line in lines})),
        until=len(days) if closed is None else int(np.searchsorted(days, np.datetime64(closed))),
        lines=lines,
    )


def _line(stretch: Stretch, days: Days, prices: LinePrices) -> LinePath:
    ends = [np.datetime64(stretch.start), np.datetime64(stretch.end)]
    start, stop = np.searchsorted(days, ends).tolist()
    worth = prices.worth(stretch.position, slice(start, min(stop + 1, len(days))))
    return LinePath(stretch.position, start, stop, worth * stretch.share)
