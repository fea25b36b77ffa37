"""What did the units cost, and what was gained when they were sold? (PRU, plus-value réalisée)."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import nan
from typing import Final, Literal

Method = Literal["fifo", "average"]
Transaction = tuple[date, str, float, float]  #: day, "buy" or "sell", quantity, amount
#: Share of the units held at most that is rounding and no unit left.
DUST: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Cost:
    """What was realised, and what is left at which cost.

    `realised_gain` and `remaining_cost` are `None` when more was sold than bought:
    part of the cost is not known.
    """

    realised_gain: float | None
    remaining_quantity: float
    remaining_cost: float | None


class Lots:
    """Units held with what they cost, in one currency or several at once.

    A cost is NaN where nobody knows it, and so is every sum that it enters: with `average`
    until all units have left, with `fifo` until those units have.

    Parameters
    ----------
    method
        `fifo`, the oldest units leave first; `average`, at the average cost of the units held
        (for French capital gains: article 150-0 D of the CGI).
    currencies
        How many amounts each cost has.
    """

    def __init__(self, method: Method = "fifo", currencies: int = 1) -> None:
        if method not in {"fifo", "average"}:
            raise ValueError("A side is buy or sell, a method fifo or average.")
        self.method, self.currencies = method, currencies
        self._lots: deque[tuple[float, list[float]]] = deque()
        self._dust = 0.0

    @property
    def quantity(self) -> float:
        """Return the units held."""
        return sum(quantity for quantity, _ in self._lots)

    @property
    def cost(self) -> list[float]:
        """Return what the units held cost, one amount per currency."""
        return [sum(paid[n] for _, paid in self._lots) for n in range(self.currencies)]

    def buy(self, quantity: float, paid: Sequence[float]) -> None:
        """Keep bought units: a lot of their own, or one lot for all at the average cost."""
        if self.method == "average" and self._lots:
            held, spent = self._lots[0]
            paid = [one + other for one, other in zip(spent, paid, strict=True)]
            self._lots[0] = (held + quantity, paid)
        else:
            self._lots.append((quantity, list(paid)))
        self._dust = max(self._dust, self.quantity * DUST)

    def sell(self, quantity: float) -> tuple[list[float], float]:
        """Take units out; return their cost and how many were not there (the cost is then NaN)."""
        taken, missing = self.take(quantity)
        cost = [sum(paid[n] for _, paid in taken) for n in range(self.currencies)]
        return (cost, 0.0) if not missing else ([nan] * self.currencies, missing)

    def take(self, quantity: float) -> tuple[list[tuple[float, list[float]]], float]:
        """Take units out as they are, to put elsewhere; return them, and how many were missing."""
        taken: list[tuple[float, list[float]]] = []
        left = quantity
        while self._lots and left > self._dust:
            held, paid = self._lots.popleft()
            if held - left > self._dust:
                out = [amount * left / held for amount in paid]
                kept = [amount - part for amount, part in zip(paid, out, strict=True)]
                self._lots.appendleft((held - left, kept))
                return [*taken, (left, out)], 0.0
            taken.append((held, paid))
            left -= held
        return taken, left if left > self._dust else 0.0

    def put(self, units: Iterable[tuple[float, Sequence[float]]]) -> None:
        """Keep units that were taken elsewhere, with their own cost."""
        for quantity, paid in units:
            self.buy(quantity, paid)

    def lower(self, factor: float) -> None:
        """Take off a part of the cost of all units (capital given back)."""
        self._lots = deque((held, [part * factor for part in paid]) for held, paid in self._lots)

    def multiply(self, factor: float) -> None:
        """Change the number of units and nothing of what they cost (split, free shares)."""
        self._lots = deque((quantity * factor, paid) for quantity, paid in self._lots)


def realised(transactions: Iterable[Transaction], method: Method = "fifo") -> Cost:
    """Return the gain of the units sold and the cost of those left.

    Parameters
    ----------
    transactions
        In any order of days, those of one day in their order; quantities and amounts are
        positive. Fees belong in the amounts: added when buying, taken off when selling.
    method
        As `Lots` says.

    Raises
    ------
    ValueError
        A side that is neither, a negative quantity or amount, an unknown method.
    """
    lots = Lots(method)
    gain: float = 0.0
    short: float = 0.0
    for _, side, quantity, amount in sorted(transactions, key=lambda t: t[0]):
        _refuse(side, quantity, amount)
        if side == "buy":
            lots.buy(quantity, [amount])
            continue
        taken, missing = lots.take(quantity)
        gain += amount - sum(paid[0] for _, paid in taken)
        short += missing
    if short > 0:
        return Cost(None, lots.quantity - short, None)
    return Cost(gain, lots.quantity, lots.cost[0])


def _refuse(side: str, quantity: float, amount: float) -> None:
    if side not in {"buy", "sell"}:
        raise ValueError("A side is buy or sell, a method fifo or average.")
    if quantity < 0 or amount < 0:
        raise ValueError("Quantities and amounts are positive, the side says their direction.")
