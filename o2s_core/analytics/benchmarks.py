"""What would the reference have earned? (indice composite)."""

import numpy as np
from numpy.typing import NDArray

from o2s_core.analytics.observations import Numbers


def composite(prices: Numbers, weights: Numbers, rebalanced: NDArray[np.bool_]) -> Numbers:
    """Return the value of a basket that starts at 1 and goes back to its weights now and then.

    Between two rebalancings the weights drift with the prices.

    Parameters
    ----------
    prices
        Shape `(days, components)`, none missing, all above 0.
    weights
        One per component, adding up to 1.
    rebalanced
        One per day: true where the basket goes back to its weights at the close.

    Returns
    -------
    numpy.ndarray
        One value per day, first 1.
    """
    if abs(float(weights.sum()) - 1) > 1e-9:
        raise ValueError("The weights of a benchmark add up to 100 %.")
    marks = np.flatnonzero(rebalanced)
    anchors = np.concatenate([[0], marks[(marks > 0) & (marks < len(prices) - 1)]])
    value = np.ones(len(prices))
    for first, last in zip(anchors, [*anchors[1:], len(prices) - 1], strict=True):
        grown = (prices[first : last + 1] / prices[first]) @ weights
        value[first : last + 1] = value[first] * grown
    return value
