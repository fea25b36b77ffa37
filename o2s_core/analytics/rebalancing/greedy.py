"""Bring the lines that left their band back, with the fewest other lines moved; pure cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from o2s_core.analytics.rebalancing.terms import Line

#: A gap of so many cents is rounding: nobody trades it.
ROUNDING: Final = 5


@dataclass(frozen=True, slots=True)
class Marks:
    """Where each line should be for a total: target and edges, in cents."""

    target: int
    low: int
    high: int


def marks(lines: Sequence[Line], total: int) -> list[Marks]:
    """Return target and edges of each line; the targets add up to the total."""
    targets = shared(total, [line.weight for line in lines])
    return [
        Marks(
            target,
            min(target, max(0, round(line.low * total))),
            max(target, round(line.high * total)),
        )
        for line, target in zip(lines, targets, strict=True)
    ]


def shared(total: int, shares: Sequence[Decimal]) -> list[int]:
    """Split cents by shares that add up to 1: largest remainder, first line first."""
    exact = [total * share for share in shares]
    parts = [int(part) for part in exact]
    left = round(sum(exact, Decimal(0))) - sum(parts)
    for n in sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))[:left]:
        parts[n] += 1
    return parts


def reachable(lines: Sequence[Line], wished: Sequence[Marks]) -> list[Marks]:
    """Return the same marks once what cannot be sold or bought stays where it is."""
    return [
        Marks(line.within(mark.target), line.within(mark.low), line.within(mark.high))
        for line, mark in zip(lines, wished, strict=True)
    ]


def outside(lines: Sequence[Line], wished: Sequence[Marks]) -> list[bool]:
    """Return which lines left their band and can be moved."""
    return [
        line.held > mark.high + ROUNDING or line.held < mark.low - ROUNDING
        for line, mark in zip(lines, reachable(lines, wished), strict=True)
    ]


def settled(lines: Sequence[Line], total: int, aim: Literal["target", "edge"]) -> list[int]:
    """Return what each line should be worth so that all add up to the total, in cents.

    Lines outside their band go to their target, or to its edge. What is then left over
    goes, in this order: to the lines already bought, up to their target; to the lines
    furthest below their target; back to the lines sold, down to the edge of their band
    only; to any line within its band; at last to the lines sold, which stay outside it.
    What is missing is taken the same way, the other way round.
    """
    aimed = reachable(lines, marks(lines, total))
    held = [line.held for line in lines]
    moved = outside(lines, marks(lines, total))
    worth = [
        _aim(now, mark, aim) if out else now
        for now, mark, out in zip(held, aimed, moved, strict=True)
    ]
    missing = total - sum(worth)
    sign = 1 if missing > 0 else -1
    for step in ("traded", "furthest", "less", "band", "undo"):
        rooms = [
            _room(step, sign, now, then, mark)
            for now, then, mark in zip(held, worth, aimed, strict=True)
        ]
        given = poured(abs(missing), rooms) if step == "furthest" else spread(abs(missing), rooms)
        worth = [w + sign * g for w, g in zip(worth, given, strict=True)]
        missing = total - sum(worth)
        if missing * sign <= 0:
            break
    return worth


def _aim(now: int, mark: Marks, aim: str) -> int:
    edge = mark.high if now > mark.high else mark.low
    return mark.target if aim == "target" else edge


def _room(step: str, sign: int, now: int, then: int, mark: Marks) -> int:
    """Return how far a line may still move the way that is missing, at a step."""
    bought = (then - now) * sign  #: > 0: already moved the way that is missing
    edge = mark.high if sign > 0 else mark.low
    goal = {
        "traded": mark.target if bought > 0 else then,
        "furthest": mark.target if bought == 0 else then,
        "less": sign * min(sign * edge, sign * now) if bought < 0 else then,
        "band": edge if bought >= 0 else then,
        "undo": now if bought < 0 else then,
    }[step]
    return max(0, sign * (goal - then))


def spread(amount: int, rooms: Sequence[int]) -> list[int]:
    """Split cents in proportion to the rooms, never beyond them."""
    whole = sum(rooms)
    if amount >= whole or not whole:
        return list(rooms)
    exact = [Decimal(amount) * room / whole for room in rooms]
    parts = [int(part) for part in exact]
    left = amount - sum(parts)
    for n in sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))[:left]:
        parts[n] += 1
    return parts


def poured(amount: int, rooms: Sequence[int]) -> list[int]:
    """Fill the largest room first: the fewest lines move."""
    given = [0] * len(rooms)
    for n in sorted(range(len(rooms)), key=lambda n: (-rooms[n], n)):
        given[n] = min(amount, rooms[n])
        amount -= given[n]
    return given


def half_up(amount: Decimal) -> int:
    """Return whole cents, half up."""
    return int(amount.to_integral_value(ROUND_HALF_UP))
