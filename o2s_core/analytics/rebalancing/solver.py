"""The same, where a minimum or a number of lines makes it a choice: an integer program."""

import ctypes
import os
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import highspy

from o2s_core.analytics.rebalancing.greedy import Marks, outside
from o2s_core.analytics.rebalancing.terms import Constraints, Line, exact, whole_cents

SECONDS: Final = 1.0
#: A line is moved when that brings the whole nearer by more than a thousandth of it.
MOVE: Final = 1e-3
PULL: Final = 0.1  #: weight of the way from the edge of the band to the target
#: Euros kept clear of a minimum, so that rounding to the cent never breaks it.
CLEAR: Final = 0.06
CENT: Final = 0.01


def broken(lines: Sequence[Line], worth: Sequence[int], asked: Constraints) -> bool:
    """Tell whether some amounts break a minimum order, a minimum line or a number of lines."""
    order, kept = whole_cents(asked.minimum_order), whole_cents(asked.minimum_line)
    for line, then in zip(lines, worth, strict=True):
        moved = then - line.held
        if moved and abs(moved) < order and then > 0:
            return True
        if moved and 0 < then < kept:
            return True
    count = sum(then > 0 for then in worth)
    return asked.maximum_lines is not None and count > asked.maximum_lines


def solved(lines: Sequence[Line], wished: Sequence[Marks], asked: Constraints) -> list[int] | None:
    """Return what each line should be worth, in cents; null when nothing respects it all.

    Minimised: what stays outside the bands, then the lines moved, then the way to the
    targets, then the amounts moved.
    """
    model = _Model(lines, outside(lines, wished), asked)
    found = model.solve()
    if found is None:
        return None
    return [_cents(line, buy, sell) for line, (buy, sell) in zip(lines, found, strict=True)]


def _cents(line: Line, buy: float, sell: float) -> int:
    """Return the worth of a line once moved; what is left of a rounding is a full exit."""
    moved = round((buy * (1 - float(line.entry_fee)) - sell) / CENT)
    then = max(line.floor, line.held + moved)
    return 0 if line.floor == 0 and 0 < then <= 2 and moved < 0 else then


def _engine() -> Any:  # noqa: ANN401
    _introduced()
    return highspy.Highs()  # type: ignore[no-untyped-call]


@cache
def _introduced() -> None:
    """Let the solver say its name to nobody: it does once, before it can be silenced."""
    shown, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highspy.Highs()  # type: ignore[no-untyped-call]
        ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(shown, 1)
        os.close(shown)
        os.close(nowhere)


class _Model:
    """The integer program of one portfolio; amounts in euros."""

    def __init__(self, lines: Sequence[Line], out: Sequence[bool], asked: Constraints) -> None:
        self.lines, self.out, self.asked = lines, out, asked
        self.held = [line.held * CENT for line in lines]
        self.total = sum(self.held)
        self.highs: Any = _engine()
        self.highs.silent()
        for name, value in (("threads", 1), ("time_limit", SECONDS),
                            ("random_seed", 0), ("mip_rel_gap", 1e-7)):  # fmt: skip
            self.highs.setOptionValue(name, value)
        add, inf = self.highs.addVariable, highspy.kHighsInf
        self.buys = [add(0, 0 if line.ceiling is not None else self.total) for line in lines]
        self.sells = [add(0, (line.held - line.floor) * CENT) for line in lines]
        self.far = [add(0, inf) for _ in lines]
        self.pull = [add(0, inf) for _ in lines]
        self.bought, self.sold, self.gone = (
            [self.highs.addBinary() for _ in lines] for _ in range(3)
        )

    def solve(self) -> list[tuple[float, float]] | None:
        fee = float(exact(self.asked.switch_fee))
        highs = self.highs
        highs.addConstr(sum(self.buys) == sum(self.sells) * (1 - fee))
        after = self.total - fee * sum(self.sells) - self._entry_fees()
        for n in range(len(self.lines)):
            self._band(n, after)
            self._trade(n)
            self._kept(n)
        if self.asked.maximum_lines is not None:
            highs.addConstr(sum(self.gone) >= len(self.lines) - self.asked.maximum_lines)
        highs.minimize(self._cost())
        known = highs.getModelStatus() in {
            highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit,
        }  # fmt: skip
        answer = highs.getSolution()
        if not known or not answer.value_valid:
            return None
        value = answer.col_value
        return [
            (value[b.index], value[s.index]) for b, s in zip(self.buys, self.sells, strict=True)
        ]

    def _entry_fees(self) -> Any:  # noqa: ANN401
        return sum(b * float(ln.entry_fee) for b, ln in zip(self.buys, self.lines, strict=True))

    def _then(self, n: int) -> Any:  # noqa: ANN401
        keep = 1 - float(self.lines[n].entry_fee)
        return self.held[n] + self.buys[n] * keep - self.sells[n]

    def _band(self, n: int, after: Any) -> None:  # noqa: ANN401
        line, then, add = self.lines[n], self._then(n), self.highs.addConstr
        add(then - float(line.high) * after <= self.far[n])
        add(then - float(line.low) * after >= -1 * self.far[n])
        if self.out[n]:
            add(then - float(line.weight) * after <= self.pull[n])
            add(then - float(line.weight) * after >= -1 * self.pull[n])

    def _trade(self, n: int) -> None:
        """Buy or sell, not both; never less than the minimum, unless all of it leaves."""
        add, most = self.highs.addConstr, self.total
        least = max(CENT, float(exact(self.asked.minimum_order)))
        if self.asked.minimum_order:
            least += CLEAR
        held = self.held[n]
        add(self.buys[n] <= most * self.bought[n])
        add(self.buys[n] * (1 - float(self.lines[n].entry_fee)) >= least * self.bought[n])
        add(self.sells[n] <= held * self.sold[n])
        add(self.sells[n] >= min(least, held) * self.sold[n])
        if held <= least:
            add(self.sells[n] >= held * self.sold[n])
        add(self.bought[n] + self.sold[n] <= 1)

    def _kept(self, n: int) -> None:
        """Leave a traded line either empty or at its minimum; `gone` is 1 when it is empty."""
        add, held, gone = self.highs.addConstr, self.held[n], self.gone[n]
        least = float(exact(self.asked.minimum_line)) + CLEAR if self.asked.minimum_line else CENT
        moved = self.bought[n] + self.sold[n]
        if held:
            add(self.sells[n] >= held * gone)
        add(gone + self.bought[n] <= 1)
        add(gone + self.bought[n] >= (0 if held else 1))
        add(self._then(n) >= least * moved - least * gone)
        add(self._then(n) >= min(held, CENT) - held * gone)

    def _cost(self) -> Any:  # noqa: ANN401
        move = MOVE * self.total
        return (
            sum(self.far)
            + PULL * sum(self.pull)
            + move * (sum(self.bought) + sum(self.sold))
            + 1e-5 * sum(self.sells)
        )
