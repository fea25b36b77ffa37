"""Which observations count? Those that every series has."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
#: Below this a denominator is zero.
ZERO: Final = 1e-15
#: With fewer observations nothing is measured.
FEWEST: Final = 2


def numbers(values: Iterable[Any]) -> Numbers:
    """Return values as floats, `None` as NaN."""
    if isinstance(values, np.ndarray):
        return values.astype(np.float64, copy=False)
    if hasattr(values, "to_numpy"):
        return np.asarray(values.to_numpy(), dtype=np.float64)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def together(*series: Iterable[Any] | float) -> tuple[Numbers, ...]:
    """Return the series without the observations that one of them misses.

    A single number stands for a series that never changes.

    Raises
    ------
    ValueError
        Series of different lengths: nobody can tell which day is which.
    """
    found = [np.array(s, float) if isinstance(s, int | float) else numbers(s) for s in series]
    if len({len(s) for s in found if s.ndim}) > 1:
        raise ValueError("The series do not have the same number of observations.")
    rows = np.broadcast_arrays(*found)
    kept = np.all([np.isfinite(row) for row in rows], axis=0)
    return tuple(row[kept] for row in rows)


def known(value: float | np.floating[Any]) -> float | None:
    """Return a figure, or `None` when the arithmetic gave none."""
    return float(value) if np.isfinite(value) else None


def ratio(numerator: Numbers, denominator: Numbers) -> Numbers:
    """Return quotients, NaN where the denominator is zero."""
    small = np.abs(denominator) < ZERO
    return np.where(small, np.nan, numerator / np.where(small, 1.0, denominator))
