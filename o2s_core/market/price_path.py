"""How the price of a support moved over a period: from what to what, how high, how low."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.prices import price_series


@dataclass(frozen=True, slots=True)
class PricePath:
    """The prices of a support over a period; None where the period holds no price."""

    prices: pl.DataFrame  #: schema `PRICE_SERIES`, in one currency
    first: Decimal | None
    first_on: date | None
    last: Decimal | None
    last_on: date | None
    highest: Decimal | None
    lowest: Decimal | None
    change: float | None  #: ratio, income left out: 0.05 is +5 %
    currency: str
    others: int  #: prices of the period in another currency, left out


def price_path(ctx: Context, instrument_id: int, start: date, end: date) -> PricePath:
    """Return how a support's price moved between two days, both included.

    Prices in a currency other than the last one's are counted, not mixed.
    """
    ctx.require(Permission.MARKET_READ)
    known = price_series(ctx, instrument_id, start, end)
    currency = str(known["currency"][-1]) if known.height else ""
    prices = known.filter(pl.col("currency") == currency)
    values: list[Decimal] = prices["value"].to_list()
    days: list[date] = prices["day"].to_list()
    return PricePath(
        prices=prices,
        first=_at(values, 0),
        first_on=_at(days, 0),
        last=_at(values, -1),
        last_on=_at(days, -1),
        highest=max(values, default=None),
        lowest=min(values, default=None),
        change=float(values[-1] / values[0] - 1) if len(values) > 1 else None,
        currency=currency,
        others=known.height - prices.height,
    )


def _at(values: list[Any], rank: int) -> Any:  # noqa: ANN401
    return values[rank] if values else None
