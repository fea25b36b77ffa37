"""How much did each security earn, and how risky was it? One row per security (`FIGURES`)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from o2s_core.analytics import observations, returns, risk, risk_of_rows
from o2s_core.kernel.context import Context
from o2s_core.market.comparison.asked import Asked
from o2s_core.market.comparison.grid import Grid, number
from o2s_core.market.comparison.period import FEWEST_PRICES, as_date, month_ends, years_before
from o2s_core.market.comparison.shapes import A_YEAR, FEWEST, FIGURES, Frequency, Security
from o2s_core.market.funds.current import current_facts

YEARS_BACK: Final[Mapping[str, int]] = {"1y": 1, "3y": 3, "5y": 5, "10y": 10}
Row = dict[str, float | None]


def figures(
    ctx: Context, known: Asked, grid: Grid, days: np.ndarray, values: np.ndarray, step: Frequency
) -> pl.DataFrame:
    """Return the rows of `FIGURES`; `values` is security × day, on the days of the comparison."""
    start, end = as_date(days[0]), as_date(days[-1])
    charges = _charges(ctx, [each.id for each in known.securities])
    columns = (
        _said(known, start, end, charges),
        [_over(row, start, end) for row in values],
        _usual(grid, known.securities, end),
        _risks(known, grid, days, values, step),
        _months(grid, known.securities, start, end),
    )
    rows = [
        {k: v for part in parts for k, v in part.items()} for parts in zip(*columns, strict=True)
    ]
    return pl.DataFrame(rows, FIGURES)


def _said(
    known: Asked, start: date, end: date, charges: Mapping[int, float]
) -> list[dict[str, Any]]:
    return [
        {
            "instrument_id": each.id,
            "isin": each.isin,
            "label": each.said,
            "kind": each.kind,
            "currency": each.currency,
            "first_on": each.first_on,
            "last_on": each.last_on,
            "points": history.inside(start, end),
            "ongoing": charges.get(each.id),
            "sri": row.sri,
            "sfdr": row.sfdr,
        }
        for each, row, history in zip(known.securities, known.rows, known.histories, strict=True)
    ]


def _charges(ctx: Context, ids: Sequence[int]) -> dict[int, float]:
    facts = current_facts(ctx, ids, about="cost")
    known = facts.filter(name="cost.ongoing").drop_nulls("number")
    return {i: float(n) for i, n in known.select("instrument_id", "number").iter_rows()}


def _over(values: np.ndarray, start: date, end: date) -> Row:
    """Return what a security earned between the two days, whole and per year."""
    earned = grown(values[0], values[-1])
    return {"period": earned, "annualised": returns.annualised(earned, start, end)}


def _usual(grid: Grid, securities: Sequence[Security], end: date) -> list[Row]:
    """Return the returns of the usual periods that end on a day, None where unknown before.

    What a security was worth at the start is its last price known then.
    """
    starts = {"ytd": date(end.year - 1, 12, 31)}
    starts |= {name: years_before(end, back) for name, back in YEARS_BACK.items()}
    shared = [number(day) for day in (end, *starts.values())]
    found = []
    for rank, each in enumerate(securities):
        values = grid.one(rank, np.array([*shared, number(each.first_on)]))
        earned = [grown(value, values[0]) for value in values[1:]]
        found.append(dict(zip((*starts, "since"), earned, strict=True)))
    return found


def _risks(
    known: Asked, grid: Grid, days: np.ndarray, values: np.ndarray, step: Frequency
) -> list[Row]:
    """Return volatility, deepest fall and Sharpe ratio at the step of the comparison.

    A sparse security has no volatility: only the fall, over its own prices.
    Fewer than three prices in the period measure nothing.
    """
    found = _of_rows(values[:, 1:] / values[:, :-1] - 1, A_YEAR[step])
    ends = as_date(days[0]), as_date(days[-1])
    for rank, (each, history) in enumerate(zip(known.securities, known.histories, strict=True)):
        if history.inside(*ends) < FEWEST_PRICES:
            found[rank] = dict.fromkeys(found[rank])
        elif each.sparse:
            own = history.days[(history.days >= days[0]) & (history.days <= days[-1])]
            at = np.unique(np.concatenate([days[:1], own, days[-1:]]))
            fall = risk.max_drawdown(steps(grid.one(rank, at)))
            found[rank] = dict.fromkeys(found[rank]) | {"max_drawdown": fall}
    return found


def _of_rows(moved: np.ndarray, periods: int) -> list[Row]:
    """Return the risk figures of each row of returns; those without a gap all at once."""
    whole = np.isfinite(moved).all(axis=1)
    kept = [row[np.isfinite(row)] for row in moved[~whole]]
    table = np.full((3, len(moved)), np.nan)
    if moved.shape[1] >= FEWEST and whole.any():
        table[:, whole] = _measures(moved[whole], periods)
    for rank, row in zip(np.flatnonzero(~whole), kept, strict=True):
        if len(row) >= FEWEST:
            table[:, rank] = _measures(row, periods)
    names = ("volatility", "max_drawdown", "sharpe")
    return [dict(zip(names, map(observations.known, row), strict=True)) for row in table.T]


def _measures(moved: np.ndarray, periods: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        risk_of_rows.volatility(moved, periods),
        risk_of_rows.max_drawdown(moved),
        risk_of_rows.sharpe(moved, periods),
    )


def _months(grid: Grid, securities: Sequence[Security], start: date, end: date) -> list[Row]:
    """Return the best and the worst whole calendar month of the period."""
    values = grid.at(month_ends(start, end))
    found: list[Row] = []
    for each, row in zip(securities, values, strict=True):
        moved = steps(row) if not each.sparse else row[:0]
        moved = moved[np.isfinite(moved)]
        known = (float(moved.max()), float(moved.min())) if len(moved) else (None, None)
        found.append(dict(zip(("best_month", "worst_month"), known, strict=True)))
    return found


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


def steps(values: np.ndarray) -> np.ndarray:
    """Return the returns from each value to the next."""
    return values[1:] / values[:-1] - 1


def grown(first: float, last: float) -> float | None:
    """Return the return between two values, None when one is unknown."""
    earned = last / first - 1
    return float(earned) if np.isfinite(earned) else None
