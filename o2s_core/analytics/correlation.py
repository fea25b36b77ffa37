"""How far do two supports move together? (corrélation des rendements)."""

from typing import Final

import numpy as np

from o2s_core.analytics.observations import Numbers

#: Fewer common observations than this say nothing.
FEWEST: Final = 26


def correlations(prices: Numbers, fewest: int = FEWEST) -> Numbers:
    """Return the correlation of the returns of each pair of series.

    Parameters
    ----------
    prices
        Shape (series, observations), at one rhythm for all; NaN where unknown.
    fewest
        Returns that both series of a pair must have.

    Returns
    -------
    Numbers
        Shape (series, series), symmetric; NaN where a pair has too few common returns, or
        where a series does not move.
    """
    returns = prices[:, 1:] / prices[:, :-1] - 1
    n = len(returns)
    found = np.full((n, n), np.nan)
    for i in range(n):
        for j in range(i + 1):
            found[i, j] = found[j, i] = _pair(returns[i], returns[j], fewest)
    return found


def _pair(one: Numbers, other: Numbers, fewest: int) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < fewest:
        return np.nan
    a, b = one[both] - one[both].mean(), other[both] - other[both].mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else np.nan
