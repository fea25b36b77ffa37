"""How much did a scope earn between two days, whatever came in or left? Pure numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from o2s_core.analytics import returns
from o2s_core.analytics.observations import Numbers
from o2s_core.portfolio.performance.flows import AccountFlows, ExternalFlow
from o2s_core.portfolio.performance.ledger import Ledger
from o2s_core.portfolio.performance.paths import Paths

CENT: Final = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A period of a scope: its values day by day, its flows, and its returns.

    `index` starts at 0 on the first day. `dated` holds each flow on its own day, or on the
    first day when it came before and was seen later. `weighed` counts the flows between two
    valuations, which weigh by their time (Modified Dietz). The returns are ratios over the
    period, not annualised; None is "n.c.".
    """

    first: date
    last: date
    values: Numbers
    entering: Numbers
    leaving: Numbers
    index: Numbers
    dated: tuple[ExternalFlow, ...]
    weighed: int
    twr: float | None
    mwr: float | None
    dietz: float | None

    @property
    def net_flows(self) -> float:
        """Return what came in less what left, in euros."""
        return float(self.entering.sum() - self.leaving.sum())


def measured(
    found: Paths, flows: Mapping[int, AccountFlows], start: date, end: date
) -> Measured | None:
    """Return what a scope earned from the close of one day to the close of another.

    The value of a day is that of the holdings. A flow counts when the values show it: on
    its day where the lines are known then (what comes in at opening, what leaves at close),
    else with the next situation, weighed by its time as in Modified Dietz. A flow later
    than the last situation is in no value and counts nowhere. An account that becomes known
    enters at its first value, at the close of that day.

    Returns
    -------
    Measured | None
        `None` when nothing is known before `end`.
    """
    settled = _settled(found, flows, start, end)
    return None if settled is None else _returns(found, settled)


def time_weighted(
    found: Paths, flows: Mapping[int, AccountFlows], start: date, end: date
) -> float | None:
    """Return the time-weighted return alone of a period, as `measured` does."""
    ledger = _settled(found, flows, start, end)
    if ledger is None:
        return None
    worth, entering, leaving = ledger.inside(found.values)
    return _chained(worth, entering, returns.time_weighted(worth, entering, leaving))


def _settled(
    found: Paths, flows: Mapping[int, AccountFlows], start: date, end: date
) -> Ledger | None:
    """Return the flows of a period on the days that show them; None when nothing is known."""
    if not found.accounts:
        return None
    first = min(path.seen[0] for path in found.accounts)
    begin, stop = max(found.at(start), first), found.at(end)
    if begin > stop:
        return None
    ledger = Ledger.of(len(found.days), begin, stop)
    for path in found.accounts:
        ledger.gather(path, flows.get(path.account.id, AccountFlows()).flows)
    ledger.settle()
    return ledger


def _returns(found: Paths, ledger: Ledger) -> Measured:
    worth, entering, leaving = ledger.inside(found.values)
    index = returns.time_weighted(worth, entering, leaving)
    first, last = found.day(ledger.start), found.day(ledger.stop)
    dated = tuple(sorted(ledger.dated, key=lambda flow: flow.at))
    pairs = [(found.day(flow.at), flow.amount) for flow in dated]
    return Measured(
        first=first,
        last=last,
        values=worth,
        entering=entering,
        leaving=leaving,
        index=index,
        dated=dated,
        weighed=ledger.weighed,
        twr=_chained(worth, entering, index),
        mwr=money_weighted(worth, pairs, first, last),
        dietz=returns.modified_dietz(float(worth[0]), float(worth[-1]), pairs, first, last),
    )


def _chained(worth: Numbers, entering: Numbers, index: Numbers) -> float | None:
    """Return the time-weighted return; None when the capital of a day was below zero."""
    capital = worth[:-1] + entering[1:]
    if len(worth) < 2 or (capital < -CENT).any() or not (capital > CENT).any():
        return None
    return float(index[-1])


def money_weighted(
    worth: Numbers, flows: Iterable[returns.Flow], first: date, last: date
) -> float | None:
    """Return the internal rate of return: a year's above one year, else that of the period.

    None when no rate fits, or several.
    """
    dated = list(flows)
    days = [first, *(day for day, _ in dated), last]
    amounts = [-float(worth[0]), *(-amount for _, amount in dated), float(worth[-1])]
    rate = returns.xirr(days, amounts)
    if rate is None or returns.several_rates_fit(days, amounts):
        return None
    length = (last - first).days
    return rate if length >= returns.YEAR else (1 + rate) ** (length / returns.YEAR) - 1
