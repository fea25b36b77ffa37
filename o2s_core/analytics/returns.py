"""How much did it earn? (taux de rendement, TRI, Modified Dietz)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal

import numpy as np
import pyxirr
from numpy.typing import NDArray

from o2s_core.analytics.observations import ZERO, Numbers, known, numbers

YEAR: Final = 365  #: days, actual/365 fixed
#: Rates at which the present value is looked at, to see whether several make it nil.
GRID: Final[Numbers] = np.concatenate(
    [np.linspace(-0.985, 1.0, 794), np.geomspace(1.005, 9.995, 400)]
)
GROWTH: Final[Numbers] = np.log1p(GRID)

Flow = tuple[date, float]  #: a day and what came into the portfolio that day (> 0)


def xirr(days: Iterable[date], amounts: Iterable[Any]) -> float | None:
    """Return the yearly rate at which dated flows are worth nothing today (TRI).

    Parameters
    ----------
    days, amounts
        In any order; paid and received have opposite signs. A flow without amount
        is left out. The earliest day is the origin; a year has 365 days.

    Returns
    -------
    float | None
        `None` without two flows on different days, or when no rate fits. Where several
        fit, the one that pyxirr finds: see `several_rates_fit`.
    """
    flows = _dated(days, amounts)
    if len({day for day, _ in flows}) < 2:
        return None
    rate = pyxirr.xirr([day for day, _ in flows], [amount for _, amount in flows], silent=True)
    return None if rate is None else known(rate)


def irr(amounts: Iterable[Any]) -> float | None:
    """Return the rate per period at which flows, one a period, are worth nothing today.

    A missing flow is left out with its period; `None` when no rate fits.
    """
    flows = numbers(amounts)
    flows = flows[np.isfinite(flows)]
    rate = pyxirr.irr(flows, silent=True) if len(flows) > 1 else None
    return None if rate is None else known(rate)


def several_rates_fit(days: Iterable[date], amounts: Iterable[Any]) -> bool:
    """Tell whether dated flows have more than one rate between -99 % and 1,000 %.

    Pages then show "n.c.": none of the rates is *the* return. The present value is
    looked at on a grid, so two rates closer than a quarter of a point go unseen.
    """
    flows = _dated(days, amounts)
    if not flows:
        return False
    origin = min(day for day, _ in flows)
    years = np.array([(day - origin).days / YEAR for day, _ in flows])
    worth = np.exp(-GROWTH[:, None] * years) @ np.array([amount for _, amount in flows])
    signs = np.sign(worth[worth != 0])
    return bool((np.diff(signs) != 0).sum() > 1)


def _dated(days: Iterable[date], amounts: Iterable[Any]) -> list[Flow]:
    pairs = zip(days, numbers(amounts).tolist(), strict=True)
    return [(day, amount) for day, amount in pairs if np.isfinite(amount)]


def modified_dietz(
    opening: float | None,
    closing: float | None,
    flows: Sequence[Flow],
    start: date,
    end: date,
    flow_at: Literal["start", "end"] = "end",
) -> float | None:
    """Return the gain over the average capital, each flow weighed by the time it was there.

    With T days, a flow `t` days after the start weighs `(T - t) / T` at the end of
    its day, `(T - t + 1) / T` at the start of it, never more than 1 (GIPS, 2020).

    Parameters
    ----------
    opening, closing
        Values at the close of `start` and of `end`.
    flows
        What came into the portfolio is positive.

    Returns
    -------
    float | None
        `None` when a value is missing, the period is empty, or the average capital
        is not positive.

    Raises
    ------
    ValueError
        A flow lies outside the period.
    """
    if any(not start <= day <= end for day, _ in flows):
        raise ValueError("A flow lies outside the period.")
    length = (end - start).days
    if opening is None or closing is None or length < 1:
        return None
    known_flows = [(day, amount) for day, amount in flows if amount is not None]
    early = 1 if flow_at == "start" else 0
    weighed = sum(
        amount * min(1.0, ((end - day).days + early) / length) for day, amount in known_flows
    )
    capital = opening + weighed
    gain = closing - opening - sum(amount for _, amount in known_flows)
    return None if capital < ZERO else known(np.float64(gain / capital))


def time_weighted(
    values: Iterable[Any], inflows: Iterable[Any], outflows: Iterable[Any]
) -> Numbers:
    """Chain daily returns so that what the client pays in or takes out does not count (TWR).

    With V the closing value, I paid in at opening and O taken out at close::

        1 + r(d) = (V(d) + O(d)) / (V(d-1) + I(d))

    Parameters
    ----------
    values, inflows, outflows
        One per day, oldest first; inflows and outflows positive, a missing one is
        nothing. A day without value repeats the return so far, and what moved on
        it counts on the next day that has one.

    Returns
    -------
    numpy.ndarray
        The return since the first day, one per day, first 0. A day without
        capital (at most 0 before it opens) returns 0.
    """
    worth = numbers(values)
    if not len(worth):
        return worth
    seen = np.flatnonzero(np.isfinite(worth))
    paid_in = _since_last_seen(inflows, seen, len(worth))
    taken_out = _since_last_seen(outflows, seen, len(worth))
    base = worth[seen][:-1] + paid_in[1:]
    daily = np.where(base > ZERO, (worth[seen][1:] + taken_out[1:]) / np.maximum(base, ZERO), 1.0)
    grown = np.ones(len(worth))
    grown[seen[1:]] = daily
    return np.cumprod(grown, dtype=np.float64) - 1.0


def _since_last_seen(flows: Iterable[Any], seen: NDArray[np.intp], days: int) -> Numbers:
    """Return what moved on each day that has a value, and on those before it that have none."""
    moved = np.nan_to_num(numbers(flows))
    if len(moved) != days:
        raise ValueError("There must be one flow per day.")
    total = np.concatenate([[0.0], np.cumsum(moved)])
    return np.diff(total[seen + 1], prepend=0.0)


def annualised(total_return: float | None, start: date, end: date) -> float | None:
    """Return the yearly rate of a return, actual/365; `None` up to one year or below -100 %."""
    days = (end - start).days
    if total_return is None or days <= YEAR or total_return < -1:
        return None
    return known(np.float64((1 + total_return) ** (YEAR / days) - 1))
