"""In which class of risk does a fund fall, by the published formulas? (SRRI, classe MRM)."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from o2s_core.analytics.observations import ZERO, Numbers, known, numbers

#: Weekly returns that the SRRI asks for: five years.
SRRI_WEEKS: Final = 260
#: Volatilities at which the SRRI changes class (CESR/10-673, box 1).
SRRI_BOUNDS: Final = (0.005, 0.02, 0.05, 0.10, 0.15, 0.25)
#: VaR-equivalent volatilities at which the market risk class changes
#: (delegated regulation (EU) 2017/653, annex II, point 2).
MRM_BOUNDS: Final = (0.005, 0.05, 0.12, 0.20, 0.30, 0.80)
#: Daily observations below which there is no market risk class: two years.
MRM_DAYS: Final = 500
DAYS_A_YEAR: Final = 256


def srri_volatility(weekly: Iterable[Any]) -> float | None:
    """Return the yearly volatility of the last 260 weekly returns; None with fewer."""
    returns = numbers(weekly)
    returns = returns[np.isfinite(returns)]
    if len(returns) < SRRI_WEEKS:
        return None
    return known(np.std(returns[-SRRI_WEEKS:], ddof=1) * np.sqrt(52))


def srri(volatility: float | None) -> int | None:
    """Return the class of a volatility, 1 to 7; a bound belongs to the class above."""
    return _class(volatility, SRRI_BOUNDS)


def var_equivalent_volatility(daily: Iterable[Any], holding_years: float) -> float | None:
    """Return the volatility that gives a fund's value at risk at 97.5 % (VEV, category 2).

    With `M1` the mean of log returns, `s` their deviation (n), `m1` their skew, `m2`
    their excess kurtosis and `N` the days of the holding period::

        VaR = s √N (-1.96 + 0.474 m1/√N - 0.0687 m2/N + 0.146 m1²/N) - 0.5 s² N
        VEV = (√(3.842 - 2 VaR) - 1.96) / √T

    None with fewer than two years of daily returns, or returns that never move.
    """
    kept = numbers(daily)
    kept = kept[np.isfinite(kept) & (kept > -1)]
    if len(kept) < MRM_DAYS or holding_years <= 0:
        return None
    deviation, skew, kurtosis = _moments(np.log1p(kept))
    if deviation < ZERO:
        return None
    many = holding_years * DAYS_A_YEAR
    tail = -1.96 + 0.474 * skew / np.sqrt(many) - 0.0687 * kurtosis / many + 0.146 * skew**2 / many
    at_risk = deviation * np.sqrt(many) * tail - 0.5 * deviation**2 * many
    return known((np.sqrt(3.842 - 2 * at_risk) - 1.96) / np.sqrt(holding_years))


def market_risk_class(volatility: float | None) -> int | None:
    """Return the market risk class (MRM) of a VaR-equivalent volatility, 1 to 7."""
    return _class(volatility, MRM_BOUNDS)


def _moments(returns: Numbers) -> tuple[float, float, float]:
    """Return the deviation (n), the skew and the excess kurtosis."""
    centred = returns - returns.mean()
    deviation = float(np.sqrt(np.square(centred).mean()))
    if deviation < ZERO:
        return 0.0, 0.0, 0.0
    skew = float((centred**3).mean()) / deviation**3
    return deviation, skew, float((centred**4).mean()) / deviation**4 - 3.0


def _class(volatility: float | None, bounds: tuple[float, ...]) -> int | None:
    return None if volatility is None else 1 + int(np.searchsorted(bounds, volatility, "right"))
