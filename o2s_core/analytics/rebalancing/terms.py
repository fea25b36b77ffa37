"""What is held, what is aimed at, and what forbids it: lines in whole cents."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal

#: Weights add up to the whole within this; the same as four decimals of a percentage.
CLOSE: Final = Decimal("0.000001")
CENTS: Final = 100
EXIT_LIMITED: Final = "la sortie de ce support est limitée"
PENDING: Final = "un ordre est déjà en cours sur ce support"

Key = Hashable


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a switch must respect; ratios are ratios (0.05 is 5 points), amounts euros.

    Parameters
    ----------
    band, relative_band
        How far from its target a line may stay: points of the whole, and share of the
        target; the narrower counts. `bounds` says it line by line, as weights.
    aim
        Where a line outside its band goes: its target, or the nearest edge of its band.
    unsellable, unbuyable
        Why a line may not be sold, or bought.
    pending
        Orders under way, by line: bought is positive. They count as done; what they sell
        is not sold twice, what they buy is not sold yet.
    exit_limits
        What may still leave a line (fonds euros with a yearly exit limit).
    switch_fee, entry_fees
        Share of what is sold; share of what is paid into a line.
    minimum_order, minimum_line, maximum_lines
        Least amount of a sale or purchase (a full exit apart), least amount left on a line
        that is traded, most lines in the end: these call the solver.
    """

    band: Any = 0
    relative_band: Any = None
    bounds: Mapping[Key, tuple[Any, Any]] = field(default_factory=dict)
    aim: Literal["target", "edge"] = "target"
    unsellable: Mapping[Key, str] = field(default_factory=dict)
    unbuyable: Mapping[Key, str] = field(default_factory=dict)
    pending: Mapping[Key, Any] = field(default_factory=dict)
    exit_limits: Mapping[Key, Any] = field(default_factory=dict)
    fonds_euros: frozenset[Key] = frozenset()
    fonds_euros_cap: Any = None
    switch_fee: Any = 0
    entry_fees: Mapping[Key, Any] = field(default_factory=dict)
    minimum_order: Any = 0
    minimum_line: Any = 0
    maximum_lines: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One support: what it is worth, between what and what it can go, where it should be."""

    key: Key
    held: int  #: cents, orders under way included
    floor: int  #: the least it can fall to
    ceiling: int | None  #: the most it can rise to; null: no limit
    weight: Decimal
    low: Decimal  #: edges of its band, as weights
    high: Decimal
    entry_fee: Decimal
    no_sale: str  #: why it cannot be sold, or not entirely
    no_purchase: str

    def within(self, amount: int) -> int:
        """Return the amount nearest to one that is wished, among those it can reach."""
        least = max(amount, self.floor)
        return least if self.ceiling is None else min(least, self.ceiling)


def exact(value: Any) -> Decimal:  # noqa: ANN401
    """Return a number as an exact decimal: a float is read as it is written."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def whole_cents(value: Any) -> int:  # noqa: ANN401
    """Return an amount in cents, half up."""
    return int((exact(value) * CENTS).to_integral_value(ROUND_HALF_UP))


def read(
    positions: Mapping[Key, Any], targets: Mapping[Key, Any], asked: Constraints
) -> list[Line]:
    """Return the lines held and aimed at, targets in their order, then what else is held.

    Raises
    ------
    ValueError
        An amount or a weight is negative, the weights do not add up to 1, a target lies
        outside its own bounds.
    """
    weights: dict[Key, Decimal] = {key: exact(w) for key, w in targets.items()}
    whole = sum(weights.values(), Decimal(0))
    if weights and (any(w < 0 for w in weights.values()) or abs(whole - 1) > CLOSE):
        raise ValueError("The weights are positive and add up to 1.")
    if any(exact(amount) < 0 for amount in positions.values()):
        raise ValueError("A line is not worth less than nothing.")
    aimed = _under_cap(weights, asked)
    return [
        _line(key, positions, aimed, asked)
        for key in dict.fromkeys([*weights, *positions])
        if weights.get(key) or key in positions
    ]


def _under_cap(weights: dict[Key, Decimal], asked: Constraints) -> dict[Key, Decimal]:
    """Return the targets once the fonds euros are cut to what they may weigh together."""
    euro = sum((w for key, w in weights.items() if key in asked.fonds_euros), Decimal(0))
    if asked.fonds_euros_cap is None or euro <= exact(asked.fonds_euros_cap) or euro == 1:
        return weights
    cap = exact(asked.fonds_euros_cap)
    less, more = cap / euro, (1 - cap) / (1 - euro)
    return {key: w * (less if key in asked.fonds_euros else more) for key, w in weights.items()}


def _line(
    key: Key, positions: Mapping[Key, Any], weights: Mapping[Key, Decimal], asked: Constraints
) -> Line:
    held, under_way = whole_cents(positions.get(key, 0)), whole_cents(asked.pending.get(key, 0))
    free = 0 if key in asked.unsellable else max(0, held + min(under_way, 0))
    reason = asked.unsellable.get(key, "")
    if key in asked.exit_limits and free > (limit := whole_cents(asked.exit_limits[key])):
        free, reason = max(0, limit), EXIT_LIMITED
    if under_way and not reason:
        reason = PENDING
    now = max(0, held + under_way)
    low, high = _band(key, weights, asked)
    return Line(
        key=key,
        held=now,
        floor=now - min(free, now),
        ceiling=now if key in asked.unbuyable else None,
        weight=weights.get(key, Decimal(0)),
        low=low,
        high=high,
        entry_fee=exact(asked.entry_fees.get(key, 0)),
        no_sale=reason,
        no_purchase=asked.unbuyable.get(key, ""),
    )


def _band(key: Key, weights: Mapping[Key, Decimal], asked: Constraints) -> tuple[Decimal, Decimal]:
    weight = weights.get(key, Decimal(0))
    width = exact(asked.band)
    if asked.relative_band is not None:
        width = min(width, weight * exact(asked.relative_band))
    low, high = weight - width, weight + width
    if key in asked.bounds:
        least, most = asked.bounds[key]
        low = low if least is None else exact(least)
        high = high if most is None else exact(most)
        if not asked.fonds_euros_cap and not low - CLOSE <= weight <= high + CLOSE:
            raise ValueError("A target lies outside its own bounds.")
    return min(low, weight), _capped(key, weights, asked, max(high, weight))


def _capped(key: Key, weights: Mapping[Key, Decimal], asked: Constraints, high: Decimal) -> Decimal:
    """Return the upper edge of a line, so that fonds euros together stay under their cap."""
    if asked.fonds_euros_cap is None or key not in asked.fonds_euros:
        return high
    theirs = [w for k, w in weights.items() if k in asked.fonds_euros]
    room = max(Decimal(0), exact(asked.fonds_euros_cap) - sum(theirs, Decimal(0)))
    return min(high, weights.get(key, Decimal(0)) + room / max(1, len(asked.fonds_euros)))
