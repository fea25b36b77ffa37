"""The orders that bring a portfolio back to its model, to the cent, and what they cannot do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core.analytics.rebalancing import greedy, solver
from o2s_core.analytics.rebalancing.greedy import ROUNDING
from o2s_core.analytics.rebalancing.terms import Constraints, Key, Line, exact, read

CENT: Final = Decimal("0.01")
LOOPS: Final = 60  #: the fee depends on what is sold, which depends on the fee
NO_FUNDS: Final = "ce qui peut être vendu ne suffit pas"
NO_ROOM: Final = "aucun support du modèle ne peut recevoir davantage"
NO_WAY: Final = "aucune combinaison ne respecte les minimums et le nombre de lignes demandés"

EUROS: Final = pl.Decimal(38, 2)


def _schema(positions: pl.DataType) -> tuple[pl.Schema, pl.Schema]:
    orders = pl.Schema(
        {"side": pl.String(), "instrument": positions, "amount": EUROS, "share": pl.Decimal(9, 4)}
    )
    return orders, pl.Schema({"instrument": positions, "amount": EUROS, "reason": pl.String()})


#: One row per order, sales first. `side` is sell or buy, `amount` positive euros, `share` the
#: part of the purchases (they add up to 1.0000), null for a sale.
ORDERS: Final = _schema(pl.String())[0]
#: What stays outside its band: euros to buy (> 0) or to sell (< 0), and why.
UNPLACED: Final = _schema(pl.String())[1]


class Orders(pl.DataFrame):
    """The orders (schema `ORDERS`), with what they could not do and what they cost.

    `switch_fee` is what the sales pay: sales - switch_fee = purchases, to the cent.
    `entry_fee` is inside the purchases. `solver` says that the solver chose.
    """

    unplaced: pl.DataFrame
    switch_fee: Decimal
    entry_fee: Decimal
    solver: bool


def propose(
    positions: Mapping[Key, Any] | pl.DataFrame,
    targets: Mapping[Key, Any] | pl.DataFrame,
    constraints: Constraints | Mapping[str, Any] | None = None,
) -> Orders:
    """Return what to sell and buy so that a portfolio comes back to its model.

    Only lines outside their band are traded, and as few others as the money needs. A second
    proposal on the result of the first is empty.

    Parameters
    ----------
    positions
        Instrument -> worth in euros (or a frame of the two columns), not negative.
    targets
        Instrument -> weight (or such a frame); they add up to 1. A line held without
        target is aimed at nothing.

    Raises
    ------
    ValueError
        A negative amount or weight, weights that do not add up to 1.
    """
    asked = (
        constraints if isinstance(constraints, Constraints) else Constraints(**(constraints or {}))
    )
    lines = read(_mapping(positions), _mapping(targets), asked)
    if not lines or not targets_known(lines):
        return _made(lines, [line.held for line in lines], asked, by_solver=False)
    worth = _greedy(lines, asked)
    if not solver.broken(lines, worth, asked):
        return _made(lines, worth, asked, by_solver=False)
    wished = greedy.marks(lines, sum(line.held for line in lines))
    better = solver.solved(lines, wished, asked)
    if better is None:
        held = [line.held for line in lines]
        return _made(lines, held, asked, by_solver=True, why=NO_WAY)
    return _made(lines, better, asked, by_solver=True)


def targets_known(lines: Sequence[Line]) -> bool:
    """Tell whether anything is aimed at."""
    return any(line.weight for line in lines)


def _mapping(given: Mapping[Key, Any] | pl.DataFrame) -> Mapping[Key, Any]:
    if isinstance(given, pl.DataFrame):
        return dict(zip(given.to_series(0), given.to_series(1), strict=True))
    return given


def _greedy(lines: Sequence[Line], asked: Constraints) -> list[int]:
    """Return what each line should be worth, once fees are paid out of the whole."""
    held = [line.held for line in lines]
    total, paid = sum(held), 0
    worth = held
    for _ in range(LOOPS):
        worth = greedy.settled(lines, total - paid, asked.aim)
        costs = _costs(lines, worth, asked)
        if costs.whole == paid:
            break
        paid = costs.whole
    return [
        now if abs(then - now) <= ROUNDING else then for now, then in zip(held, worth, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Costs:
    sold: list[int]
    paid_in: list[int]  #: entry fee included
    switch: int
    entry: int

    @property
    def whole(self) -> int:
        return self.switch + self.entry


def _costs(lines: Sequence[Line], worth: Sequence[int], asked: Constraints) -> _Costs:
    sold = [max(0, line.held - then) for line, then in zip(lines, worth, strict=True)]
    net = [max(0, then - line.held) for line, then in zip(lines, worth, strict=True)]
    paid_in = [
        greedy.half_up(Decimal(amount) / (1 - line.entry_fee))
        for line, amount in zip(lines, net, strict=True)
    ]
    fee = greedy.half_up(sum(sold) * exact(asked.switch_fee))
    return _Costs(sold, paid_in, fee, sum(paid_in) - sum(net))


def _made(
    lines: Sequence[Line],
    worth: Sequence[int],
    asked: Constraints,
    *,
    by_solver: bool,
    why: str = "",
) -> Orders:
    """Return the orders that lead to some worths; the largest purchase takes the last cents."""
    costs = _costs(lines, worth, asked)
    paid_in = _balanced(costs)
    moved = any(costs.sold) and any(paid_in)
    sells = [("sell", ln.key, n, None) for ln, n in zip(lines, costs.sold, strict=True) if n]
    shares = greedy.shared(10_000, [Decimal(n) / sum(paid_in) for n in paid_in]) if moved else []
    buys = [
        ("buy", ln.key, n, Decimal(s).scaleb(-4))
        for ln, n, s in zip(lines, paid_in, shares or paid_in, strict=True)
        if n
    ]
    kind = _kind(lines)
    orders, unplaced = _schema(kind)
    rows = [(s, k, n * CENT, p) for s, k, n, p in [*sells, *buys]] if moved else []
    made = Orders(rows, schema=orders, orient="row")
    then = worth if moved else [line.held for line in lines]
    made.unplaced = pl.DataFrame(_left_out(lines, then, why), schema=unplaced, orient="row")
    made.switch_fee = costs.switch * CENT if moved else CENT * 0
    made.entry_fee = costs.entry * CENT if moved else CENT * 0
    made.solver = by_solver
    return made


def _kind(lines: Sequence[Line]) -> pl.DataType:
    numbers = bool(lines) and all(isinstance(line.key, int) for line in lines)
    return pl.Int64() if numbers else pl.String()


def _balanced(costs: _Costs) -> list[int]:
    paid_in = list(costs.paid_in)
    if any(paid_in):
        largest = max(range(len(paid_in)), key=lambda n: (paid_in[n], -n))
        paid_in[largest] += sum(costs.sold) - costs.switch - sum(paid_in)
    return paid_in


def _left_out(
    lines: Sequence[Line], worth: Sequence[int], why: str
) -> list[tuple[Key, Decimal, str]]:
    """Return the lines that stay outside their band, by how much, and why."""
    found = []
    wished = greedy.marks(lines, sum(worth))
    for line, then, mark in zip(lines, worth, wished, strict=True):
        if then > mark.high + ROUNDING:
            reason = line.no_sale if then == line.floor or line.no_sale else why or NO_ROOM
            found.append((line.key, (mark.target - then) * CENT, reason or NO_ROOM))
        elif then < mark.low - ROUNDING:
            found.append(
                (line.key, (mark.target - then) * CENT, line.no_purchase or why or NO_FUNDS)
            )
    return found
