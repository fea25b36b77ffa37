"""What would an index or a fund have earned over the same days? (indice de référence)."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from o2s_core import market
from o2s_core.analytics import risk
from o2s_core.analytics.observations import Numbers
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.french import day as written
from o2s_core.portfolio.performance.rhythm import Rhythm


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """An instrument over a period, in euros: its index is 1 on the first day, one per day."""

    isin: str
    label: str
    index: Numbers

    @property
    def total(self) -> float:
        """Return what it earned over the period."""
        return float(self.index[-1] - 1)


def reference(ctx: Context, isin: str, first: date, last: date) -> Reference:
    """Return an instrument over a period, rebased on its first day.

    Each day takes the last price known, converted at the rate of the day.

    Raises
    ------
    NotFoundError
        Nobody knows this ISIN.
    InvalidInputError
        It has no price at the start of the period.
    """
    known = market.instruments_by_isin(ctx, [isin])
    if isin not in known:
        raise NotFoundError("Support", isin)
    card = market.instrument(ctx, known[isin])
    prices = market.price_matrix(ctx, [card.id], first, last).values[0]
    rates = market.rate_matrix(ctx, [card.currency], first, last).values[0]
    worth = prices / rates
    if np.isnan(worth[0]) or np.isnan(worth).any():
        raise InvalidInputError(
            f"{card.label} n'a pas de cours au {written(first)} : choisissez une période plus "
            "courte ou un autre indice de référence."
        )
    return Reference(isin, card.label, worth / worth[0])


def relative(rhythm: Rhythm, compared: Reference) -> dict[str, float | None]:
    """Return the risk figures of a scope against its reference, at the scope's rhythm."""
    kept = compared.index[rhythm.at]
    theirs, times = np.diff(kept) / kept[:-1], rhythm.periods
    return {
        "beta": risk.beta(rhythm.returns, theirs),
        "alpha": risk.alpha(rhythm.returns, theirs, 0.0, times),
        "tracking_error": risk.tracking_error(rhythm.returns, theirs, times),
        "information_ratio": risk.information_ratio(rhythm.returns, theirs, times),
        "up_capture": risk.up_capture(rhythm.returns, theirs),
        "down_capture": risk.down_capture(rhythm.returns, theirs),
    }
