"""Where does the difference with the benchmark come from? (Brinson et Fachler, 1985)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from o2s_core.analytics.linking import carino
from o2s_core.analytics.observations import Numbers, numbers


@dataclass(frozen=True, slots=True)
class Attribution:
    """What each segment added by its weight and by what was chosen in it.

    `allocation` and `selection` have one number per segment and add up to
    `portfolio_return - benchmark_return`.
    """

    allocation: Numbers
    selection: Numbers
    portfolio_return: float
    benchmark_return: float


def brinson_fachler(
    portfolio_weights: Iterable[Any],
    benchmark_weights: Iterable[Any],
    portfolio_returns: Iterable[Any],
    benchmark_returns: Iterable[Any],
) -> Attribution:
    """Split the active return of one period, the interaction inside the selection.

    With w and v the weights, r and b the returns, B the return of the benchmark::

        allocation(i) = (w(i) - v(i)) x (b(i) - B)
        selection(i)  = w(i) x (r(i) - b(i))

    Parameters
    ----------
    portfolio_weights, benchmark_weights
        Weights at the start of the period, each set adding up to 1; a missing one is 0.
    portfolio_returns, benchmark_returns
        By segment. Where nothing is held the return may be missing; a segment that the
        benchmark lacks has the benchmark's own return, so that its effect is all selection.

    Raises
    ------
    ValueError
        Lists of different lengths, or a weight without its return.
    """
    held, reference = (np.nan_to_num(numbers(w)) for w in (portfolio_weights, benchmark_weights))
    earned, indexed = numbers(portfolio_returns), numbers(benchmark_returns)
    if len({len(held), len(reference), len(earned), len(indexed)}) > 1:
        raise ValueError("The segments of the four lists are not the same.")
    if np.isnan(earned[held != 0]).any() or np.isnan(indexed[reference != 0]).any():
        raise ValueError("A segment has a weight and no return.")
    benchmark = float(reference @ np.nan_to_num(indexed))
    indexed = np.where(np.isnan(indexed), benchmark, indexed)
    earned = np.where(np.isnan(earned), indexed, earned)
    return Attribution(
        allocation=(held - reference) * (indexed - benchmark),
        selection=held * (earned - indexed),
        portfolio_return=float(held @ earned),
        benchmark_return=benchmark,
    )


def over_periods(periods: Sequence[Attribution]) -> Attribution:
    """Return the effects of several periods of the same segments, so that they still add up.

    The returns are compounded; the effects are linked by Carino's factors.
    """
    earned = np.array([p.portfolio_return for p in periods])
    indexed = np.array([p.benchmark_return for p in periods])
    factors = carino(earned, indexed)[:, None]
    return Attribution(
        allocation=(np.array([p.allocation for p in periods]) * factors).sum(axis=0),
        selection=(np.array([p.selection for p in periods]) * factors).sum(axis=0),
        portfolio_return=float(np.prod(1 + earned) - 1),
        benchmark_return=float(np.prod(1 + indexed) - 1),
    )
