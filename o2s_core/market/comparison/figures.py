"""How much did each security earn, and how risky was it? One row per security (`FIGURES`)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np

from o2s_core.analytics import returns, risk
from o2s_core.market.comparison.grid import Grid, number
from o2s_core.market.comparison.histories import History
from o2s_core.market.comparison.period import FEWEST_PRICES, month_ends, years_before
from o2s_core.market.comparison.shapes import A_YEAR, Frequency, Security

YEARS_BACK: Final[Mapping[str, int]] = {"1y": 1, "3y": 3, "5y": 5, "10y": 10}


def performances(grid: Grid, rank: int, security: Security, end: date) -> dict[str, float | None]:
    """Return the returns of the usual periods that end on a day, None where unknown before.

    What a security was worth at the start is its last price known then.
    """
    starts = {"ytd": date(end.year - 1, 12, 31)}
    starts |= {name: years_before(end, back) for name, back in YEARS_BACK.items()}
    starts["since"] = security.first_on
    days = np.array([number(day) for day in (*starts.values(), end)])
    values = grid.one(rank, days)
    return {name: grown(values[n], values[-1]) for n, name in enumerate(starts)}


def over_the_period(
    grid: Grid, rank: int, days: np.ndarray, start: date, end: date
) -> dict[str, float | None]:
    """Return what a security earned between the two days, whole and per year."""
    values = grid.one(rank, days[[0, -1]])
    earned = grown(values[0], values[1])
    return {"period": earned, "annualised": returns.annualised(earned, start, end)}


def risks(
    grid: Grid, rank: int, security: Security, days: np.ndarray, frequency: Frequency
) -> dict[str, float | None]:
    """Return volatility, deepest fall and Sharpe ratio at the step of the comparison.

    A sparse security has no volatility: only the fall, over its own prices.
    Fewer than three prices in the period measure nothing.
    """
    history = grid.histories[rank]
    inside = known_days(history, days)
    if len(inside) < FEWEST_PRICES:
        return dict.fromkeys(("volatility", "max_drawdown", "sharpe"))
    if security.sparse:
        at = np.unique(np.concatenate([days[:1], inside, days[-1:]]))
        return {
            "volatility": None,
            "sharpe": None,
            "max_drawdown": risk.max_drawdown(steps(grid.one(rank, at))),
        }
    moved = steps(grid.one(rank, days))
    periods = A_YEAR[frequency]
    return {
        "volatility": risk.volatility(moved, periods),
        "max_drawdown": risk.max_drawdown(moved),
        "sharpe": risk.sharpe(moved, periods=periods),
    }


def months(
    grid: Grid, rank: int, security: Security, start: date, end: date
) -> dict[str, float | None]:
    """Return the best and the worst whole calendar month of the period."""
    ends = month_ends(start, end)
    moved = steps(grid.one(rank, ends)) if len(ends) > 1 and not security.sparse else np.empty(0)
    moved = moved[np.isfinite(moved)]
    if not len(moved):
        return {"best_month": None, "worst_month": None}
    return {"best_month": float(moved.max()), "worst_month": float(moved.min())}


def by_year(
    grid: Grid, securities: Sequence[Security], start: date, end: date
) -> list[tuple[Any, ...]]:
    """Return the rows of `YEARS`: each calendar year, its first and last ones cut by the period."""
    years = range(start.year, end.year + 1)
    lasts = [min(date(year, 12, 31), end) for year in years]
    firsts = [max(date(year - 1, 12, 31), start) for year in years]
    whole = [
        first == date(year - 1, 12, 31) and last == date(year, 12, 31)
        for year, first, last in zip(years, firsts, lasts, strict=True)
    ]
    opening = grid.at(np.array([number(day) for day in firsts]))
    closing = grid.at(np.array([number(day) for day in lasts]))
    return [
        (each.id, each.label, year, whole[n], grown(opening[rank, n], closing[rank, n]))
        for rank, each in enumerate(securities)
        for n, year in enumerate(years)
        if firsts[n] < lasts[n]
    ]


def known_days(history: History, days: np.ndarray) -> np.ndarray:
    """Return the days of its own prices inside the days of a comparison."""
    return history.days[(history.days >= days[0]) & (history.days <= days[-1])]


def steps(values: np.ndarray) -> np.ndarray:
    """Return the returns from each value to the next."""
    return values[1:] / values[:-1] - 1


def grown(first: float, last: float) -> float | None:
    """Return the return between two values, None when one is unknown."""
    earned = last / first - 1
    return float(earned) if np.isfinite(earned) else None
