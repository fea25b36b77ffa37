"""How risky are many series at once? Arrays of equal length along the last axis, none missing.

`risk` says what each figure is; here is its arithmetic, once for one series and for
fifteen thousand. NaN where a figure does not exist.
"""

import numpy as np

from o2s_core.analytics.observations import Numbers, ratio


def volatility(returns: Numbers, periods: float) -> Numbers:
    """Return the standard deviation of a year."""
    return returns.std(axis=-1, ddof=1) * np.sqrt(periods)


def downside_deviation(returns: Numbers, target: float, periods: float) -> Numbers:
    """Return the deviation below a target, of a year."""
    below = np.minimum(returns - target, 0.0)
    return np.sqrt(np.square(below).mean(axis=-1)) * np.sqrt(periods)


def sharpe(excess: Numbers, periods: float) -> Numbers:
    """Return mean excess over its standard deviation, of a year."""
    return ratio(excess.mean(axis=-1), excess.std(axis=-1, ddof=1)) * np.sqrt(periods)


def sortino(returns: Numbers, target: float, periods: float) -> Numbers:
    """Return yearly mean above a target over the deviation below it."""
    above = (returns - target).mean(axis=-1) * periods
    return ratio(above, downside_deviation(returns, target, periods))


def max_drawdown(returns: Numbers) -> Numbers:
    """Return the deepest fall from a peak, the starting value included."""
    start = np.ones((*returns.shape[:-1], 1))
    wealth = np.concatenate([start, np.cumprod(1.0 + returns, axis=-1)], axis=-1)
    return (wealth / np.maximum.accumulate(wealth, axis=-1)).min(axis=-1) - 1.0


def annual_return(returns: Numbers, periods: float) -> Numbers:
    """Return the geometric return of a year."""
    grown = np.prod(1.0 + returns, axis=-1)
    return np.where(grown >= 0, np.abs(grown), np.nan) ** (periods / returns.shape[-1]) - 1.0


def calmar(returns: Numbers, periods: float) -> Numbers:
    """Return the yearly return over the deepest fall."""
    return ratio(annual_return(returns, periods), np.abs(max_drawdown(returns)))


def beta(returns: Numbers, benchmark: Numbers) -> Numbers:
    """Return covariance over the benchmark's variance."""
    centred = benchmark - benchmark.mean(axis=-1, keepdims=True)
    covariance = (returns * centred).sum(axis=-1)
    count = benchmark.shape[-1] - 1
    return ratio(covariance / count, np.square(centred).sum(axis=-1) / count)


def alpha(excess: Numbers, benchmark_excess: Numbers, periods: float) -> Numbers:
    """Return the intercept of the regression, made yearly geometrically."""
    slope = beta(excess, benchmark_excess)
    intercept = excess.mean(axis=-1) - slope * benchmark_excess.mean(axis=-1)
    return (1.0 + intercept) ** periods - 1.0


def tracking_error(active: Numbers, periods: float) -> Numbers:
    """Return the standard deviation of the difference, of a year."""
    return volatility(active, periods)


def information_ratio(active: Numbers, periods: float) -> Numbers:
    """Return the yearly mean difference over its deviation."""
    return ratio(active.mean(axis=-1) * periods, tracking_error(active, periods))


def capture(returns: Numbers, benchmark: Numbers) -> Numbers:
    """Return compounded return over that of the benchmark, on the same periods."""
    grown = np.prod(1.0 + returns, axis=-1) - 1.0
    return ratio(grown, np.prod(1.0 + benchmark, axis=-1) - 1.0)


def value_at_risk(returns: Numbers, level: float) -> Numbers:
    """Return the historical quantile, linearly interpolated."""
    return np.quantile(returns, 1.0 - level, axis=-1)


def expected_shortfall(returns: Numbers, level: float) -> Numbers:
    """Return the mean of what lies at or below the quantile."""
    limit = value_at_risk(returns, level)[..., None]
    beyond = returns <= limit
    return (returns * beyond).sum(axis=-1) / beyond.sum(axis=-1)
