"""What was each security worth on each day, in one currency? Last known price, day after day."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.market.comparison.histories import History
from o2s_core.market.comparison.period import as_date
from o2s_core.market.comparison.shapes import OWN
from o2s_core.market.price_index import EPOCH
from o2s_core.market.price_matrix import filled
from o2s_core.market.rates import rate_matrix


class Grid:
    """Values of securities at any days; NaN before the first price, or without a rate."""

    def __init__(self, ctx: Context, all_: Sequence[History], currency: str, end: date) -> None:
        """Lay out what converts each security up to a day; `OWN` converts nothing."""
        self.histories = all_
        self.currency = currency
        self.rates: dict[str, tuple[int, np.ndarray]] = {}
        if currency != OWN and any(each.currency != currency for each in all_):
            self._convert(ctx, currency, end)

    def _convert(self, ctx: Context, currency: str, end: date) -> None:
        first = min(int(each.days[0]) for each in self.histories)
        codes = sorted({each.currency for each in self.histories} | {currency})
        rates = rate_matrix(ctx, codes, as_date(first), end).values
        into = rates[codes.index(currency)]
        for code, row in zip(codes, rates, strict=True):
            if code != currency:
                self.rates[code] = (first, into / row)
                if not np.isfinite(self.rates[code][1]).any():
                    raise InvalidInputError(
                        f"Aucun taux de change entre {code} et {currency} : chargez-le dans "
                        "Services > Taux de change, ou comparez en devise d'origine."
                    )

    def at(self, days: np.ndarray) -> np.ndarray:
        """Return security × day, for days that count from 1970."""
        return np.array([self.one(n, days) for n in range(len(self.histories))])

    def one(self, rank: int, days: np.ndarray) -> np.ndarray:
        """Return the values of one security on some days, ascending or not."""
        history = self.histories[rank]
        values = filled(history.days, history.values, days)
        if history.currency not in self.rates:
            return values
        first, rate = self.rates[history.currency]
        at = np.clip(days - first, 0, len(rate) - 1)
        return values * np.where(days >= first, rate[at], np.nan)


def number(day: date) -> int:
    """Return a date as days from 1970."""
    return (day - EPOCH).days
