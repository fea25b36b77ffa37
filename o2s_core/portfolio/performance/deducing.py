"""What came in between two situations, when no movement was received? (flux déduits)."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from math import isnan
from typing import Final

from o2s_core.portfolio.performance.paths import AccountPath, LinePath
from o2s_core.portfolio.positions import BARE_TOTAL

#: Below this share of the account, fees and roundings explain a difference.
SMALL: Final = 0.01
#: A line whose worth moves less than this while its quantity jumps was split, not bought.
SPLIT_WORTH: Final = 0.10
SPLIT_QUANTITY: Final = 0.20
#: What a fonds euros may credit or take between two situations: more was paid in or out.
CREDITED: Final = (-0.02, 0.06)

ByLine = dict[int | str, LinePath]


def deduced(path: AccountPath, moved_at: Sequence[int]) -> list[tuple[int, float]]:
    """Return the day (index) and the amount that entered with each situation without movement.

    The units added are counted at the worth they have on the day of the new situation; a
    switch adds up to nothing; at most one hundredth of the account is not counted. Where one
    of both situations is only a total, nothing tells units from prices: nothing is deduced.
    """
    if path.computed:
        return []
    moved = sorted(moved_at)
    by_day = _by_day(path)
    made = []
    for before, after in pairwise(path.seen):
        if bisect_right(moved, before) < bisect_right(moved, after):
            continue
        amount = _entered(by_day[before], by_day[after])
        if abs(amount) > SMALL * max(path.values[after - 1], path.values[after]):
            made.append((after, amount))
    return made


def _entered(old: ByLine, new: ByLine) -> float:
    if any(line.position.instrument_kind == BARE_TOTAL for line in (*old.values(), *new.values())):
        return 0.0
    return sum(_of_line(old.get(key), new.get(key)) for key in old.keys() | new.keys())


def _by_day(path: AccountPath) -> dict[int, ByLine]:
    """Return the lines known anew on each day, by support or label."""
    found: dict[int, ByLine] = defaultdict(dict)
    for line in path.lines:
        found[line.start][line.position.instrument_id or line.position.label] = line
    return found


def _of_line(old: LinePath | None, new: LinePath | None) -> float:
    was = 0.0 if old is None else _known(old.worth.item(-1))
    now = 0.0 if new is None else _known(new.worth.item(0))
    if old is None or new is None:
        return now - was
    quantities = (old.position.quantity, new.position.quantity)
    if quantities[0] and quantities[1] and not new.position.by_value:
        return _of_units(quantities[0], quantities[1], was, now)
    credited = now - was
    low, high = CREDITED
    interest = new.position.instrument_kind == "fonds_euros"
    return 0.0 if interest and low * was <= credited <= high * was else credited


def _known(worth: float) -> float:
    return 0.0 if isnan(worth) else worth


def _of_units(before: Decimal, after: Decimal, was: float, now: float) -> float:
    jumped = abs(float(after / before) - 1) > SPLIT_QUANTITY
    if jumped and was and abs(now / was - 1) < SPLIT_WORTH:
        return 0.0
    return now * float(1 - before / after)
