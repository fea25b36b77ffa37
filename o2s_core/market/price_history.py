"""The published history of prices: one segment a quarter, fed from the prices that wait."""

import logging
from collections.abc import Iterable
from datetime import date
from typing import Final

import polars as pl
from sqlalchemy import delete, select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.currencies import MINOR_UNITS
from o2s_core.market.funds.prices import reported_prices
from o2s_core.market.models import PendingPrice
from o2s_core.market.price_index import price_index
from o2s_core.store import EXACT_FRAME, Dataset, Tx
from o2s_core.store.data_versions import DataVersion

log = logging.getLogger(__name__)

#: One row per instrument, day and source; `value` in `currency`, never in pence.
PRICE_INPUT: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "day": pl.Date(),
        "value": EXACT_FRAME,
        "currency": pl.String(),
        "kind": pl.String(),
        "source": pl.String(),
    }
)
PRICES: Final = pl.Schema({**PRICE_INPUT, "recorded_at": pl.Datetime("us", "UTC")})
KEY: Final = ("instrument_id", "day", "source")
prices_dataset: Final = store.declare(Dataset("prices", PRICES, ("instrument_id", "day")))
#: Rows taken from the waiting table at once.
BATCH: Final = 5_000


def publish_price_history(ctx: Context, prices: pl.DataFrame) -> int:
    """Publish many prices at once and return how many rows were given.

    Schema `PRICE_INPUT`. The same instrument, day and source again replaces the
    price. For a few prices use `record_prices`, which costs no rewriting.
    """
    ctx.require(Permission.PRICE_WRITE)
    table = normalised(store.conform(prices, PRICE_INPUT, source="prices"))
    require_sound(table)
    if table.is_empty():
        return 0
    _merge(ctx, table.with_columns(recorded_at=pl.lit(ctx.now).cast(PRICES["recorded_at"])))
    with store.tx(ctx) as tx:
        tx.audit("record", "price", None, after={"rows": table.height})
        tx.touch("prices")
    price_index(ctx)
    return table.height


def compact_prices(ctx: Context) -> int:
    """Move the waiting prices into the published history, and return how many moved.

    A crash in between leaves some in both places, which reads the same: nothing
    is lost, and the next run removes them from the waiting table.
    """
    ctx.require(Permission.PRICE_WRITE)
    waiting = pending(ctx)
    if waiting.is_empty():
        return 0
    _merge(ctx, waiting.select(PRICES.names()))
    with store.tx(ctx) as tx:
        unchanged = pending(ctx).join(waiting, on=["id", "value", "kind"], how="semi")
        ids = unchanged["id"].to_list()
        for start in range(0, len(ids), BATCH):
            some = col(PendingPrice.id).in_(ids[start : start + BATCH])
            tx.session.execute(delete(PendingPrice).where(some))
        tx.audit("compact", "price", None, after={"rows": len(ids)})
        tx.touch("prices")
    price_index(ctx)
    log.info("prices.compacted", extra={"rows": len(ids)})
    return len(ids)


def pending(
    ctx: Context, instrument_ids: Iterable[int] | None = None, until: date | None = None
) -> pl.DataFrame:
    """Return the prices that wait (schema `PRICES`, with `id`), of all instruments or some."""
    columns = [col(getattr(PendingPrice, name)) for name in ("id", *PRICES)]
    query = select(*columns).where(col(PendingPrice.firm_id) == ctx.firm_id)
    if instrument_ids is not None:
        query = query.where(col(PendingPrice.instrument_id).in_(list(instrument_ids)))
    if until is not None:
        query = query.where(col(PendingPrice.day) <= until)
    return store.frame(ctx, query, pl.Schema({"id": pl.Int64(), **PRICES}))


def unpublished(ctx: Context, instrument_ids: Iterable[int], until: date) -> pl.DataFrame:
    """Return the prices that are not in the published history (schema `PRICES`).

    Those that wait for it, and those that the inventories of funds carry.
    """
    ids = list(instrument_ids)
    waiting = pending(ctx, ids, until).select(PRICES.names())
    reported = normalised(reported_prices(ctx, PRICES, ids, until))
    return pl.concat([reported, waiting])


def normalised(prices: pl.DataFrame) -> pl.DataFrame:
    """Return prices in pounds where they were in pence, and likewise for the other minor units."""
    code = pl.col("currency")
    units = pl.lit(None, dtype=pl.Int64)
    for minor, (_, count) in MINOR_UNITS.items():
        units = pl.when(code == minor).then(pl.lit(count, dtype=pl.Int64)).otherwise(units)
    major = {minor: currency for minor, (currency, _) in MINOR_UNITS.items()}
    return prices.with_columns(
        value=(pl.col("value") / units.fill_null(1)).cast(EXACT_FRAME),
        currency=code.replace(major),
    )


def require_sound(prices: pl.DataFrame) -> None:
    """Raise `InvalidInputError` when a price is not positive, or lacks its day or currency."""
    wrong = prices.filter(
        (pl.col("value") <= 0).fill_null(value=True)
        | pl.col("day").is_null()
        | pl.col("currency").is_null()
        | pl.col("instrument_id").is_null()
    )
    if not wrong.is_empty():
        raise InvalidInputError(
            f"{wrong.height} cours sans valeur positive, sans date ou sans devise : "
            "corrigez le fichier puis recommencez ; rien n'a été enregistré."
        )


def _merge(ctx: Context, prices: pl.DataFrame) -> None:
    """Put prices in their quarters, each quarter in one commit."""
    day = pl.col("day")
    quarter = pl.format("{}Q{}", day.dt.year(), day.dt.quarter())
    for (part,), rows in prices.with_columns(part=quarter).group_by("part", maintain_order=True):
        with store.tx(ctx) as tx:
            _alone(tx)
            known = published(ctx, str(part))
            merged = pl.concat([known, rows.select(PRICES.names())])
            in_order = merged.sort("recorded_at", maintain_order=True)
            newest = in_order.unique(KEY, keep="last", maintain_order=True)
            store.publish(ctx, "prices", str(part), newest, sort_by=("instrument_id", "day"))


def _alone(tx: Tx) -> None:
    """Let one publisher of prices through at a time: it reads a quarter, then replaces it."""
    here = select(DataVersion).where(
        col(DataVersion.firm_id) == tx.ctx.firm_id, col(DataVersion.dataset) == "prices"
    )
    tx.session.execute(here.with_for_update())


def published(ctx: Context, part: str | None = None) -> pl.DataFrame:
    """Return the published prices (schema `PRICES`), of one quarter or of all."""
    paths = store.segments(ctx, "prices")
    chosen = [p for p in paths if part is None or p.name.startswith(f"{part}-")]
    if not chosen:
        return PRICES.to_frame()
    return store.conform(pl.read_parquet(chosen), PRICES, source="prices")
