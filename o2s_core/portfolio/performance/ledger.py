"""On which day does the value of a scope show what came in or left? (date d'effet d'un flux)."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np

from o2s_core.analytics.observations import Numbers
from o2s_core.portfolio.performance.flows import (
    ENTRY,
    EXIT,
    HIDDEN,
    PRICED,
    UNPRICED,
    ExternalFlow,
)
from o2s_core.portfolio.performance.paths import AccountPath

#: A closing whose payments are less than this share of the account's worth says nothing.
PAID_OUT: Final = 0.5
#: Flows that must earn nothing on their day: 1 leaves at the opening, 0 enters at the close.
NEUTRAL: Final = {EXIT: 1.0, UNPRICED: 1.0, HIDDEN: 1.0, PRICED: 0.0, ENTRY: 0.0}
#: Flows that the values show at once, whenever the lines are known anew.
AT_ONCE: Final = frozenset({PRICED, UNPRICED})


@dataclass(slots=True)
class Ledger:
    """What enters at the opening and leaves at the close of each day, from `start` to `stop`.

    Days are indexes of the paths. `dated` keeps each flow on its own day, `weighed` counts
    those between two valuations.
    """

    start: int
    stop: int
    entering: Numbers
    leaving: Numbers
    moved: Numbers  #: on days that show it, all accounts together
    dated: list[ExternalFlow] = field(default_factory=list)
    weighed: int = 0

    @classmethod
    def of(cls, days: int, start: int, stop: int) -> Self:
        """Return an empty ledger."""
        return cls(start, stop, *np.zeros((3, days)))

    def gather(self, path: AccountPath, flows: Sequence[ExternalFlow]) -> None:
        """Put the flows of an account on the days that show them."""
        known = path.seen[0]
        if known > self.stop:
            return
        if known > self.start:
            self._enter(path, known)
        for flow in flows:
            if flow.kind in AT_ONCE and max(self.start, known) < flow.at <= self.stop:
                self._take(flow, flow.at, NEUTRAL[flow.kind])
        later = [flow for flow in flows if flow.kind not in AT_ONCE]
        days = [flow.at for flow in later]
        marks = _marks(path, self.start, self.stop)
        closing = marks.pop() if marks[-1] == path.until else None
        for flow in later[bisect_right(days, marks[0]) : bisect_right(days, marks[-1])]:
            rank = bisect_left(marks, flow.at)
            self._place(flow, max(marks[rank - 1], self.start), marks[rank])
        if closing is not None:
            left = later[bisect_right(days, marks[-1]) : bisect_right(days, closing)]
            for flow in _closing(path, closing, left):
                self._place(flow, max(marks[-1], self.start), closing)

    def inside(self, values: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Return the values, what enters and what leaves, from the first day to the last."""
        days = slice(self.start, self.stop + 1)
        return values[days], self.entering[days], self.leaving[days]

    def settle(self) -> None:
        """Let what came in count at the opening of its day, what left at the close.

        All accounts together: what passes from one to another on a day is nothing.
        """
        self.entering += np.maximum(self.moved, 0.0)
        self.leaving -= np.minimum(self.moved, 0.0)

    def _enter(self, path: AccountPath, at: int) -> None:
        entry = ExternalFlow(path.account.id, at, ENTRY, float(path.values[at]))
        self._take(entry, at, NEUTRAL[ENTRY])

    def _place(self, flow: ExternalFlow, since: int, after: int) -> None:
        """Count a flow on the day `after`, when the lines are known anew."""
        at = max(flow.at, self.start)
        if after <= since:
            return
        if flow.kind in NEUTRAL:
            self._take(flow, after, NEUTRAL[flow.kind])
        elif at == after:
            self.moved[at] += flow.amount
            self.dated.append(flow)
        else:
            self.weighed += 1
            self._take(replace(flow, at=at), after, (after - at) / (after - since))

    def _take(self, flow: ExternalFlow, at: int, weight: float) -> None:
        """Count a flow on a day, the part `weight` of it from the opening on."""
        self.entering[at] += flow.amount * weight
        self.leaving[at] -= flow.amount * (1 - weight)
        self.dated.append(flow)


def _marks(path: AccountPath, start: int, stop: int) -> list[int]:
    """Return the days on which the account is known anew, from the last one before the start."""
    first = max(bisect_right(path.seen, start) - 1, 0)
    known = [*path.seen[first : bisect_right(path.seen, stop)]] or [path.seen[0]]
    return [*known, path.until] if path.until <= stop else known


def _closing(path: AccountPath, at: int, flows: list[ExternalFlow]) -> list[ExternalFlow]:
    """Return what left with the closing: the payments, or the last worth when none says it."""
    worth = float(path.values[at - 1]) if at else 0.0
    if abs(sum(flow.amount for flow in flows)) >= PAID_OUT * worth:
        return flows
    return [ExternalFlow(path.account.id, at, EXIT, -worth)]
