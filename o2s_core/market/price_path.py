"""How the price of a support moved over a period: from what to what, how high, how low."""

from dataclasses import dataclass
from datetime import date, timedelta
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
from o2s_core.market.supports.absorptions import Ancestor, absorptions, ancestors

#: What a price is kept to.
UNIT: Final = Decimal("0.00000001")
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
    absorbed: tuple[Ancestor, ...]  #: whose prices, at par, come before its own
    curve: pl.DataFrame  #: the prices, and in each gap one day without value: it is not bridged


def price_path(ctx: Context, instrument_id: int, start: date, end: date) -> PricePath:
    """Return how a support's price moved between two days, both included.

    Prices in a currency other than the last one's are counted, not mixed. Two
    prices farther apart than the delay of the support's kind (V06) make a gap. Before its
    first price, a support that absorbed another has the other's at par, of kind `absorbed`.

    Raises
    ------
    NotFoundError
        The support is not of this firm.
    """
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        kind = one_instrument(ctx, session, instrument_id).kind
    own = price_series(ctx, instrument_id, start, end)
    known, absorbed = _chained(ctx, instrument_id, own, start, end)
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
        absorbed=absorbed,
        curve=_broken(prices, gaps),
    )


def _chained(
    ctx: Context, instrument_id: int, own: pl.DataFrame, start: date, end: date
) -> tuple[pl.DataFrame, tuple[Ancestor, ...]]:
    """Put before the prices of a support those of what it absorbed, in its own units."""
    known, used = own, list[Ancestor]()
    for each in ancestors(instrument_id, absorptions(ctx)):
        first = _first_on(ctx, instrument_id) if not used else each.since
        cut = min(each.since, first or each.since)
        past = price_series(ctx, each.id, start, min(end, cut - timedelta(days=1)))
        if past.is_empty():
            continue
        values = [v / each.ratio for v in past["value"]]
        at_par = past.with_columns(
            value=pl.Series([v.quantize(UNIT) for v in values], dtype=past.schema["value"]),
            kind=pl.lit("absorbed"),
        )
        known = pl.concat([at_par.filter(pl.col("day") < (known["day"].min() or cut)), known])
        used.append(each)
    return known, tuple(used)


def _first_on(ctx: Context, instrument_id: int) -> date | None:
    """Return the day of the first price of a support, null without any."""
    days = price_series(ctx, instrument_id, date(1900, 1, 1), ctx.today)["day"]
    first = days.min()
    return first if isinstance(first, date) else None


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
