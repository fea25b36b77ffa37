"""How the price of a support moved over a period: from what to what, how high, how low."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import polars as pl

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.freshness import is_stale
from o2s_core.market.instruments import one_instrument
from o2s_core.market.prices import price_series

#: One row per silence: the price before it, the price after it, calendar days between.
GAPS: Final = pl.Schema({"after": pl.Date(), "before": pl.Date(), "days": pl.Int64()})


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
    gaps: pl.DataFrame  #: schema `GAPS`
    curve: pl.DataFrame  #: the prices, and in each gap one day without value: it is not bridged


def price_path(ctx: Context, instrument_id: int, start: date, end: date) -> PricePath:
    """Return how a support's price moved between two days, both included.

    Prices in a currency other than the last one's are counted, not mixed. Two
    prices farther apart than the delay of the support's kind (V06) make a gap.

    Raises
    ------
    NotFoundError
        The support is not of this firm.
    """
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        kind = one_instrument(ctx, session, instrument_id).kind
    known = price_series(ctx, instrument_id, start, end)
    currency = str(known["currency"][-1]) if known.height else ""
    prices = known.filter(pl.col("currency") == currency)
    values: list[Decimal] = prices["value"].to_list()
    days: list[date] = prices["day"].to_list()
    gaps = _gaps(kind, days)
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
        gaps=gaps,
        curve=_broken(prices, gaps),
    )


def _gaps(kind: str, days: list[date]) -> pl.DataFrame:
    """Return where the price was silent for longer than its kind allows (schema `GAPS`)."""
    found = [(a, b, (b - a).days) for a, b in pairwise(days) if is_stale(kind, a, b)]
    return pl.DataFrame(found, GAPS, orient="row")


def _broken(prices: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Return the prices with a day of no value after the last one before each gap."""
    silent = gaps.select(day=pl.col("after") + pl.duration(days=1))
    return pl.concat([prices, silent], how="diagonal").sort("day")


def _at(values: list[Any], rank: int) -> Any:  # noqa: ANN401
    return values[rank] if values else None
