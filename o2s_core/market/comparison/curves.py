"""What is drawn of securities side by side? Base 100, rolling year, correlation."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from o2s_core.market.comparison.grid import Grid, number
from o2s_core.market.comparison.period import days_a_year_before, years_before
from o2s_core.market.comparison.shapes import FEWEST, Security


def rebased(
    grid: Grid, securities: Sequence[Security], days: np.ndarray, values: np.ndarray, base: date
) -> pl.DataFrame:
    """Return what each security was worth on each day, 100 on the day `base`."""
    return _framed(securities, days, values / grid.at(np.array([number(base)])) * 100)


def rolling(
    grid: Grid,
    securities: Sequence[Security],
    days: np.ndarray,
    values: np.ndarray,
    start: date,
) -> pl.DataFrame:
    """Return the return of the last twelve months, from the first day that has them."""
    ready = days >= number(years_before(start, -1))
    before = grid.at(days_a_year_before(days[ready]))
    return _framed(securities, days[ready], values[:, ready] / before - 1)


def correlation(securities: Sequence[Security], values: np.ndarray) -> pl.DataFrame:
    """Return the correlation of the returns of the securities that are not sparse."""
    ranks = [n for n, each in enumerate(securities) if not each.sparse]
    moved = values[ranks, 1:] / values[ranks, :-1] - 1
    known = moved[:, np.isfinite(moved).all(axis=0)]
    if len(ranks) < FEWEST or known.shape[1] < FEWEST:
        return pl.DataFrame(schema={"instrument_id": pl.Int64})
    with np.errstate(invalid="ignore", divide="ignore"):
        table = np.atleast_2d(np.corrcoef(known))
    ids = [securities[n].id for n in ranks]
    columns = [pl.Series(str(i), row, nan_to_null=True) for i, row in zip(ids, table, strict=True)]
    return pl.DataFrame([pl.Series("instrument_id", ids, pl.Int64), *columns])


def _framed(securities: Sequence[Security], days: np.ndarray, values: np.ndarray) -> pl.DataFrame:
    """Return security × day as a frame: a column per security, null where nothing is known."""
    columns = [
        pl.Series(str(each.id), row, nan_to_null=True)
        for each, row in zip(securities, values, strict=True)
    ]
    return pl.DataFrame([pl.Series("day", days.astype("datetime64[D]")), *columns])
