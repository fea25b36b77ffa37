"""What came in between two situations, when no movement was received? (flux déduits)."""

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

import numpy as np

from o2s_core.portfolio.performance.paths import AccountPath, LinePath
from o2s_core.portfolio.positions import BARE_TOTAL

#: Below this share of the account, fees and roundings explain a difference.
SMALL: Final = 0.01
#: A line whose worth moves less than this while its quantity jumps was split, not bought.
SPLIT_WORTH: Final = 0.10
SPLIT_QUANTITY: Final = 0.20
#: What a fonds euros may credit or take between two situations: more was paid in or out.
CREDITED: Final = (-0.02, 0.06)


def deduced(path: AccountPath, moved_at: Sequence[int]) -> list[tuple[int, float]]:
    """Return the day (index) and the amount that entered with each situation without movement.

    The units added are counted at the worth they have on the day of the new situation; a
    switch adds up to nothing; at most one hundredth of the account is not counted. Where one
    of both situations is only a total, nothing tells units from prices: nothing is deduced.
    """
    if path.computed:
        return []
    moved = sorted(moved_at)
    made = []
    for before, after in pairwise(path.seen):
        if bisect_right(moved, before) < bisect_right(moved, after):
            continue
        amount = _entered(path, before, after)
        if abs(amount) > SMALL * max(path.values[after - 1], path.values[after]):
            made.append((after, amount))
    return made


def _entered(path: AccountPath, before: int, after: int) -> float:
    old, new = _by_line(path, before), _by_line(path, after)
    if any(line.position.instrument_kind == BARE_TOTAL for line in (*old.values(), *new.values())):
        return 0.0
    return sum(_of_line(old.get(key), new.get(key)) for key in old.keys() | new.keys())


def _by_line(path: AccountPath, start: int) -> dict[int | str, LinePath]:
    lines = (line for line in path.lines if line.start == start)
    return {line.position.instrument_id or line.position.label: line for line in lines}


def _of_line(old: LinePath | None, new: LinePath | None) -> float:
    was = 0.0 if old is None else float(np.nan_to_num(old.worth[-1]))
    now = 0.0 if new is None else float(np.nan_to_num(new.worth[0]))
    if old is None or new is None:
        return now - was
    quantities = (old.position.quantity, new.position.quantity)
    if quantities[0] and quantities[1] and not new.position.by_value:
        return _of_units(quantities[0], quantities[1], was, now)
    credited = now - was
    low, high = CREDITED
    interest = new.position.instrument_kind == "fonds_euros"
    return 0.0 if interest and low * was <= credited <= high * was else credited


def _of_units(before: Decimal, after: Decimal, was: float, now: float) -> float:
    jumped = abs(float(after / before) - 1) > SPLIT_QUANTITY
    if jumped and was and abs(now / was - 1) < SPLIT_WORTH:
        return 0.0
    return now * float(1 - before / after)
