"""What a support was worth on a day, exactly: prices recorded, the last one, the series."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import polars as pl

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import PendingPrice
from o2s_core.market.price_corrections import KEY, changed, note_corrections
from o2s_core.market.price_history import (
    PRICE_INPUT,
    PRICES,
    kept_prices,
    normalised,
    require_sound,
    unpublished,
)
from o2s_core.market.price_index import EPOCH, PriceIndex, price_index
from o2s_core.market.price_precedence import best_first
from o2s_core.store import EXACT_FRAME

#: One row per instrument that has a price; `value` in `currency`, for one unit × price factor.
LAST_PRICES: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "day": pl.Date(),
        "value": EXACT_FRAME,
        "currency": pl.String(),
        "kind": pl.String(),
        "source": pl.String(),
    }
)
#: One row per day with a price of one instrument, oldest first.
PRICE_SERIES: Final = pl.Schema(
    {
        "day": pl.Date(),
        "value": EXACT_FRAME,
        "currency": pl.String(),
        "kind": pl.String(),
        "source": pl.String(),
    }
)


def record_prices(ctx: Context, prices: pl.DataFrame) -> int:
    """Record a few prices and return how many rows were given.

    Schema `PRICE_INPUT`. The same instrument, day and source again replaces the
    price, whose old value stays readable (`price_corrections`): recorded twice,
    it is recorded once. Prices in pence are kept in pounds.

    Raises
    ------
    InvalidInputError
        A price is not positive, or lacks its day or its currency; nothing is stored.
    """
    ctx.require(Permission.PRICE_WRITE)
    table = normalised(store.conform(prices, PRICE_INPUT, source="prices"))
    require_sound(table)
    if table.is_empty():
        return 0
    with store.tx(ctx) as tx:
        put_prices(tx, table)
        tx.audit("record", "price", None, after={"rows": table.height})
    return table.height


@dataclass(frozen=True, slots=True)
class Put:
    """What became of sound prices: new ones, corrections, and those known already."""

    new: int
    corrected: int
    unchanged: int


def put_prices(tx: store.Tx, table: pl.DataFrame, delivery_id: int | None = None) -> Put:
    """Keep sound prices inside the open write; what they correct stays readable.

    What its source said already is left alone, so that it changes no cached answer.
    """
    rows = table.unique(KEY, keep="last", maintain_order=True)
    known = kept_prices(tx.ctx, rows)
    replaced = changed(known, rows)
    same = known.join(replaced, on=KEY, how="anti")
    fresh = rows.join(same, on=KEY, how="anti", maintain_order="left")
    note_corrections(tx, replaced, delivery_id)
    told = fresh.select(*PRICE_INPUT.names(), recorded_at=pl.lit(tx.ctx.now))
    store.upsert_frame(tx, PendingPrice, told, ("firm_id", *KEY))
    if not fresh.is_empty():
        tx.touch("prices")
    return Put(fresh.height - replaced.height, replaced.height, same.height)


def last_prices(ctx: Context, instrument_ids: Iterable[int], on: date) -> pl.DataFrame:
    """Return the last price of each instrument known on a day (schema `LAST_PRICES`).

    An instrument without any price up to that day has no row. Of several prices
    of one day the one that `price_precedence` puts first counts.
    """
    ctx.require(Permission.MARKET_READ)
    ids = sorted(set(instrument_ids))
    return _last(ctx, np.array(ids, dtype=np.int64), on, unpublished(ctx, ids, on))


def quotes(
    ctx: Context, instrument_ids: Iterable[int], on: date
) -> dict[int, tuple[Decimal, date, str]]:
    """Return value, day and currency of what `last_prices` says, by instrument: for a few lines."""
    ctx.require(Permission.MARKET_READ)
    ids = np.array(sorted(set(instrument_ids)), dtype=np.int64)
    if not len(ids):
        return {}
    found = price_index(ctx).quotes(ids, (on - EPOCH).days)
    waiting = unpublished(ctx, ids.tolist(), on)
    if not waiting.is_empty():
        some = waiting["instrument_id"].unique().sort().to_numpy()
        rows = _last(ctx, some, on, waiting).select("instrument_id", "value", "day", "currency")
        found |= {id_: (value, day, currency) for id_, value, day, currency in rows.iter_rows()}
    return found


def prices_before(ctx: Context, starts: pl.DataFrame) -> pl.DataFrame:
    """Return the last price of each instrument before a day of its own (schema `LAST_PRICES`).

    `starts` has one row per instrument: `instrument_id`, `day`.
    """
    ordered = starts.sort("instrument_id")
    ids, day = ordered["instrument_id"].to_numpy(), ordered["day"].to_physical().to_numpy()
    limits = ordered.select("instrument_id", limit="day")
    latest = ordered["day"].max()
    waiting = unpublished(ctx, ids.tolist(), latest if isinstance(latest, date) else ctx.today)
    earlier = waiting.join(limits, on="instrument_id")
    return _last(ctx, ids, day - 1, earlier.filter(pl.col("day") < pl.col("limit")))


def _last(
    ctx: Context, ids: np.ndarray, on: date | np.ndarray, waiting: pl.DataFrame
) -> pl.DataFrame:
    known = price_index(ctx).last(ids, (on - EPOCH).days if isinstance(on, date) else on)
    if waiting.is_empty():
        return store.conform(known.sort("instrument_id"), LAST_PRICES, source="last prices")
    last = _best(known, waiting).unique("instrument_id", keep="last", maintain_order=True)
    return store.conform(last.sort("instrument_id"), LAST_PRICES, source="last prices")


def _best(published: pl.DataFrame, waiting: pl.DataFrame) -> pl.DataFrame:
    """Return prices by instrument and day, those of one day from the weakest to the best."""
    columns = LAST_PRICES.names()
    both = pl.concat(
        [
            published.select(columns).with_columns(recorded_at=pl.lit(None, PRICES["recorded_at"])),
            waiting.select(*columns, "recorded_at"),
        ],
        how="vertical_relaxed",
    )
    return both.sort("instrument_id", "day", best_first(), "recorded_at", maintain_order=True)


def price_series(ctx: Context, instrument_id: int, start: date, end: date) -> pl.DataFrame:
    """Return the prices of one instrument between two days, both included (`PRICE_SERIES`).

    One a day: the one that `price_precedence` puts first.
    """
    ctx.require(Permission.MARKET_READ)
    best = daily_prices(price_index(ctx), instrument_id, unpublished(ctx, [instrument_id], end))
    rows = best.filter(pl.col("day").is_between(start, end))
    return store.conform(rows, PRICE_SERIES, source="price series")


def daily_prices(index: PriceIndex, instrument_id: int, waiting: pl.DataFrame) -> pl.DataFrame:
    """Return the best price of each day of an instrument, published or waiting, oldest first."""
    return _best(index.series(instrument_id), waiting).unique(
        "day", keep="last", maintain_order=True
    )
