"""Which lines start or stop being worth something known, though nothing moved? (sans cours)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from o2s_core.analytics.observations import Numbers
from o2s_core.portfolio.performance.paths import AccountPath, LinePath

Key = int | str


def appearing(path: AccountPath) -> Iterator[tuple[int, float]]:
    """Yield the day (index) and the worth of a line held before, whose first price comes."""
    for held, worth in _by_key(path).values():
        known = ~np.isnan(worth)
        for at in np.flatnonzero(held[:-1] & held[1:] & ~known[:-1] & known[1:]) + 1:
            yield int(at), float(worth[at])


def vanishing(path: AccountPath) -> Iterator[tuple[int, float]]:
    """Yield the day (index) and the last worth of a line still held, of which nothing is known."""
    for held, worth in _by_key(path).values():
        known = ~np.isnan(worth)
        for at in np.flatnonzero(held[:-1] & held[1:] & known[:-1] & ~known[1:]) + 1:
            yield int(at), float(worth[at - 1])


def dark_lines(path: AccountPath) -> tuple[LinePath, ...]:
    """Return the lines of which the worth is unknown on some day."""
    if not path.lines or not np.isnan(np.concatenate([line.worth for line in path.lines])).any():
        return ()
    return tuple(line for line in path.lines if np.isnan(line.worth).any())


def unknown_on(dark: Sequence[LinePath], instrument_id: int | None, at: int) -> bool:
    """Tell whether a line is held on a day (index) and worth nothing known."""
    return any(
        line.position.instrument_id == instrument_id
        and line.start <= at < line.stop
        and bool(np.isnan(line.worth[at - line.start]))
        for line in dark
    )


def _by_key(path: AccountPath) -> dict[Key, tuple[NDArray[np.bool_], Numbers]]:
    """Return on which days each line is held, and its worth then, NaN where unknown.

    Only the lines that are unknown on some day.
    """
    keys = {line.position.instrument_id or line.position.label for line in dark_lines(path)}
    days = len(path.values)
    made: dict[Key, tuple[NDArray[np.bool_], Numbers]] = defaultdict(
        lambda: (np.zeros(days, dtype=bool), np.full(days, np.nan))
    )
    for line in path.lines:
        key = line.position.instrument_id or line.position.label
        if key not in keys:
            continue
        held, worth = made[key]
        days_held = slice(line.start, line.stop)
        worth[days_held] = np.where(
            held[days_held], np.nan_to_num(worth[days_held]) + line.held, line.held
        )
        held[days_held] = True
    return made
