"""How do the effects of several periods add up to the whole? (Carino, 1999)."""

import numpy as np

from o2s_core.analytics.observations import Numbers


def carino(returns: Numbers, benchmark: Numbers | float = 0.0) -> Numbers:
    """Return what to multiply each period's effects by, so that they add up over all periods.

    With r and b the returns of one period, R and B those of all, the factor is
    `k(r, b) / k(R, B)`, where `k(x, y) = (ln(1 + x) - ln(1 + y)) / (x - y)`.

    Parameters
    ----------
    returns, benchmark
        One per period, above -100 %. Without benchmark, effects add up to the return itself.

    Returns
    -------
    numpy.ndarray
        One factor per period; all NaN where a return is -100 % or less, as no logarithm fits.
    """
    reference = np.broadcast_to(np.asarray(benchmark, dtype=np.float64), returns.shape)
    if not len(returns) or min(returns.min(), reference.min()) <= -1:
        return np.full(returns.shape, np.nan)
    whole = np.prod(1 + returns) - 1
    whole_reference = np.prod(1 + reference) - 1
    return _slope(returns, reference) / _slope(np.array([whole]), np.array([whole_reference]))


def _slope(x: Numbers, y: Numbers) -> Numbers:
    near = np.abs(x - y) < 1e-12
    apart = np.where(near, 1.0, x - y)
    return np.where(near, 1 / (1 + y), (np.log1p(x) - np.log1p(y)) / apart)
