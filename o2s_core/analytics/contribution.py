"""Which line earned what? (contribution à la performance)."""

import numpy as np

from o2s_core.analytics.linking import carino
from o2s_core.analytics.observations import ZERO, Numbers


def linked(values: Numbers, flows: Numbers) -> Numbers:
    """Return what each line added to the time-weighted return of the whole.

    Parameters
    ----------
    values
        Shape `(days, lines)`: closing values, none missing (0 before a line is held).
    flows
        Same shape: what was put into the line that day less what came out of it, purchases,
        sales and income included. The cash account is a line. What enters the whole shows as
        a sum above zero and counts at opening, what leaves it below zero and counts at close,
        as in `returns.time_weighted`.

    Returns
    -------
    numpy.ndarray
        One contribution per line (a ratio); they add up to the return of the whole,
        by Carino's linking. NaN when the whole lost everything on a day.
    """
    entering = np.maximum(flows[1:].sum(axis=1), 0.0)
    return of_gains(np.diff(values, axis=0) - flows[1:], values[:-1].sum(axis=1) + entering)


def of_gains(gains: Numbers, capital: Numbers) -> Numbers:
    """Return what each line added to the return of the whole, from what it gained each day.

    Parameters
    ----------
    gains
        Shape `(days, lines)`: what each line earned, flows apart.
    capital
        One per day: what the whole had at work. A day without capital counts for nothing.

    Returns
    -------
    numpy.ndarray
        One contribution per line; they add up to the compounded return of the whole.
    """
    at_work = capital > ZERO
    parts = gains / np.where(at_work, capital, 1.0)[:, None] * at_work[:, None]
    return (parts * carino(parts.sum(axis=1))[:, None]).sum(axis=0)
