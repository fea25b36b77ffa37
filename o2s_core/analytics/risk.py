"""How risky is it? The usual figures of one series of returns (volatilité, perte maximale…).

Returns are arithmetic, one per period, oldest first; a missing one is dropped, from
both series where there are two. `periods` is how many make a year: 252 for days, 52 for
weeks, 12 for months. Every function gives `None` with fewer than two observations or
when it would divide by zero.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from o2s_core.analytics import risk_of_rows
from o2s_core.analytics.observations import FEWEST, Numbers, known, together

Series = Iterable[Any]
DAYS: Final = 252.0


def _figure(of: Callable[[], Numbers], observed: Numbers) -> float | None:
    return known(of()) if len(observed) >= FEWEST else None  # type: ignore[arg-type]


def volatility(returns: Series, periods: float = DAYS) -> float | None:
    """Return the standard deviation (n - 1) times the root of `periods`."""
    (kept,) = together(returns)
    return _figure(lambda: risk_of_rows.volatility(kept, periods), kept)


def downside_deviation(returns: Series, target: float = 0.0, periods: float = DAYS) -> float | None:
    """Return the root of the mean square below `target` (per period), over all observations."""
    (kept,) = together(returns)
    return _figure(lambda: risk_of_rows.downside_deviation(kept, target, periods), kept)


def sharpe(returns: Series, risk_free: Series | float = 0.0, periods: float = DAYS) -> float | None:
    """Return the mean return above the risk-free rate over its standard deviation (n - 1).

    `risk_free` is per period, one number or a series. Arithmetic, as in Sharpe (1994).
    """
    kept, rate = together(returns, risk_free)
    return _figure(lambda: risk_of_rows.sharpe(kept - rate, periods), kept)


def sortino(returns: Series, target: float = 0.0, periods: float = DAYS) -> float | None:
    """Return the yearly mean above `target` (per period) over the downside deviation."""
    (kept,) = together(returns)
    return _figure(lambda: risk_of_rows.sortino(kept, target, periods), kept)


def max_drawdown(returns: Series) -> float | None:
    """Return the deepest fall from a peak: negative or 0, the starting value included."""
    (kept,) = together(returns)
    return _figure(lambda: risk_of_rows.max_drawdown(kept), kept)


def calmar(returns: Series, periods: float = DAYS) -> float | None:
    """Return the geometric yearly return over the deepest fall, whole series."""
    (kept,) = together(returns)
    return _figure(lambda: risk_of_rows.calmar(kept, periods), kept)


def beta(returns: Series, benchmark: Series) -> float | None:
    """Return the covariance with the benchmark over the benchmark's variance (n - 1)."""
    kept, reference = together(returns, benchmark)
    return _figure(lambda: risk_of_rows.beta(kept, reference), kept)


def alpha(
    returns: Series,
    benchmark: Series,
    risk_free: Series | float = 0.0,
    periods: float = DAYS,
) -> float | None:
    """Return the intercept of excess returns on the benchmark's, `(1 + a) ** periods - 1`."""
    kept, reference, rate = together(returns, benchmark, risk_free)
    return _figure(lambda: risk_of_rows.alpha(kept - rate, reference - rate, periods), kept)


def tracking_error(returns: Series, benchmark: Series, periods: float = DAYS) -> float | None:
    """Return the standard deviation (n - 1) of the difference with the benchmark, of a year."""
    kept, reference = together(returns, benchmark)
    return _figure(lambda: risk_of_rows.tracking_error(kept - reference, periods), kept)


def information_ratio(returns: Series, benchmark: Series, periods: float = DAYS) -> float | None:
    """Return the yearly mean difference with the benchmark over the tracking error."""
    kept, reference = together(returns, benchmark)
    return _figure(lambda: risk_of_rows.information_ratio(kept - reference, periods), kept)


def up_capture(returns: Series, benchmark: Series) -> float | None:
    """Return compounded return over the benchmark's, on the periods when it rose."""
    return _capture(*together(returns, benchmark), rising=True)


def down_capture(returns: Series, benchmark: Series) -> float | None:
    """Return compounded return over the benchmark's, on the periods when it did not rise."""
    return _capture(*together(returns, benchmark), rising=False)


def _capture(returns: Numbers, benchmark: Numbers, *, rising: bool) -> float | None:
    chosen = (benchmark > 0) if rising else (benchmark <= 0)
    return _figure(lambda: risk_of_rows.capture(returns[chosen], benchmark[chosen]), returns)


def value_at_risk(returns: Series, level: float = 0.95) -> float | None:
    """Return the historical quantile of a period (losses are negative), interpolated."""
    (kept,) = together(returns)
    return _figure(lambda: risk_of_rows.value_at_risk(kept, level), kept)


def expected_shortfall(returns: Series, level: float = 0.95) -> float | None:
    """Return the mean of the observations at or below the value at risk."""
    (kept,) = together(returns)
    return _figure(lambda: risk_of_rows.expected_shortfall(kept, level), kept)
