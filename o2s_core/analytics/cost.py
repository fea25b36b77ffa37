"""What did the units cost, and what was gained when they were sold? (PRU, plus-value réalisée)."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Transaction = tuple[date, str, float, float]  #: day, "buy" or "sell", quantity, amount
#: Share of a quantity that is rounding and no unit left.
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


def realised(
    transactions: Iterable[Transaction], method: Literal["fifo", "average"] = "fifo"
) -> Cost:
    """Return the gain of the units sold and the cost of those left.

    Parameters
    ----------
    transactions
        In any order of days, those of one day in their order; quantities and amounts are
        positive. Fees belong in the amounts: added when buying, taken off when selling.
    method
        `fifo`, the oldest units leave first; `average`, at the average cost of the units held
        (for French capital gains: article 150-0 D of the CGI).

    Raises
    ------
    ValueError
        A side that is neither, a negative quantity or amount, an unknown method.
    """
    lots: deque[list[float]] = deque()
    gain: float = 0.0
    short: float = 0.0
    for _, side, quantity, amount in sorted(transactions, key=lambda t: t[0]):
        _refuse(side, quantity, amount, method)
        if side == "buy":
            _add(lots, quantity, amount, method)
            continue
        cost, missing = _take(lots, quantity)
        gain += amount - cost
        short += missing
    left = sum(lot[0] for lot in lots)
    if short > 0:
        return Cost(None, left - short, None)
    return Cost(gain, left, sum(lot[1] for lot in lots))


def _refuse(side: str, quantity: float, amount: float, method: str) -> None:
    if side not in {"buy", "sell"} or method not in {"fifo", "average"}:
        raise ValueError("A side is buy or sell, a method fifo or average.")
    if quantity < 0 or amount < 0:
        raise ValueError("Quantities and amounts are positive, the side says their direction.")


def _add(lots: deque[list[float]], quantity: float, amount: float, method: str) -> None:
    """Keep bought units: a lot of their own, or one lot for all at the average cost."""
    if method == "average" and lots:
        lots[0][0] += quantity
        lots[0][1] += amount
    else:
        lots.append([quantity, amount])


def _take(lots: deque[list[float]], quantity: float) -> tuple[float, float]:
    """Take units out of the oldest lots; return their cost and how many were not there."""
    cost, left = 0.0, quantity
    while lots and left > quantity * DUST:
        held, paid = lots[0]
        if held - left > held * DUST:
            cost += paid * left / held
            lots[0] = [held - left, paid - paid * left / held]
            return cost, 0.0
        cost, left = cost + paid, left - held
        lots.popleft()
    return cost, left if left > quantity * DUST else 0.0
