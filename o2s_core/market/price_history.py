"""The published history of prices: one segment a quarter, fed from the prices that wait."""

import logging
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, Final

import polars as pl
from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.currencies import MINOR_UNITS
from o2s_core.market.funds.prices import reported_prices
from o2s_core.market.models import PendingPrice
from o2s_core.market.price_corrections import KEY, changed, note_corrections
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
#: A price that waits, with the id of its row.
WAITING: Final = pl.Schema({"id": pl.Int64(), **PRICES})
prices_dataset: Final = store.declare(Dataset("prices", PRICES, ("instrument_id", "day")))
#: Rows taken from the waiting table at once.
BATCH: Final = 5_000
#: What a reading remembers of the prices that wait, by the instruments asked for.
UNPUBLISHED: Final = "unpublished prices"
#: Instruments named in a query; beyond, all that waits is read at once.
ASKED: Final = 500


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
    _merge(
        ctx,
        table.with_columns(recorded_at=pl.lit(ctx.now).cast(PRICES["recorded_at"])),
        corrects=True,
    )
    with store.tx(ctx) as tx:
        _drop_waiting(tx, table)
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


def pending(ctx: Context, instrument_ids: Iterable[int] | None = None) -> pl.DataFrame:
    """Return the prices that wait (schema `PRICES`, with `id`), of all instruments or some."""
    ids = None if instrument_ids is None else list(instrument_ids)
    named = ids is not None and len(ids) <= ASKED
    bound = {"firm_id": ctx.firm_id} | ({"ids": ids} if named else {})
    found = store.frame(ctx, _waiting(named=named), WAITING, bound)
    if ids is None or named:
        return found
    wanted = pl.DataFrame({"instrument_id": ids}, {"instrument_id": pl.Int64})
    return found.join(wanted, on="instrument_id", how="semi", maintain_order="left")


@cache
def _waiting(*, named: bool) -> Any:  # noqa: ANN401
    """Return the query of the prices that wait, of some instruments or of all, built once."""
    columns = [col(getattr(PendingPrice, name)) for name in WAITING]
    query = select(*columns).where(col(PendingPrice.firm_id) == bindparam("firm_id"))
    some = col(PendingPrice.instrument_id).in_(bindparam("ids", expanding=True))
    return query.where(some) if named else query


def unpublished(ctx: Context, instrument_ids: Iterable[int], until: date) -> pl.DataFrame:
    """Return the prices that are not in the published history (schema `PRICES`).

    Those that wait for it, and those that the inventories of funds carry.
    """
    ids = frozenset(instrument_ids)
    asked = store.remembered(ctx, UNPUBLISHED, dict[frozenset[int], pl.DataFrame])
    wider = next((known for known in asked if ids <= known), ids)
    if wider not in asked:
        asked[wider] = _unpublished(ctx, sorted(ids))
    found = asked[wider]
    if found.is_empty():
        return found
    return found.filter(pl.col("day") <= until, pl.col("instrument_id").is_in(ids))


def _unpublished(ctx: Context, ids: list[int]) -> pl.DataFrame:
    waiting = pending(ctx, ids).select(PRICES.names())
    reported = reported_prices(ctx, PRICES, ids)
    return waiting if reported.is_empty() else pl.concat([normalised(reported), waiting])


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


def _by_quarter(prices: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the prices of each quarter, with the name of the part that holds it."""
    day = pl.col("day")
    quarter = pl.format("{}Q{}", day.dt.year(), day.dt.quarter())
    for (part,), rows in prices.with_columns(part=quarter).group_by("part", maintain_order=True):
        yield str(part), rows.drop("part")


def _merge(ctx: Context, prices: pl.DataFrame, *, corrects: bool = False) -> None:
    """Put prices in their quarters, each quarter in one commit; `corrects`: keep what was said."""
    for part, rows in _by_quarter(prices):
        with store.tx(ctx) as tx:
            _alone(tx)
            known = published(ctx, part)
            if corrects:
                waiting = pending(ctx, rows["instrument_id"].unique().to_list())
                note_corrections(tx, changed(_newest(known, waiting), rows))
            merged = pl.concat([known, rows.select(PRICES.names())])
            in_order = merged.sort("recorded_at", maintain_order=True)
            newest = in_order.unique(KEY, keep="last", maintain_order=True)
            store.publish(ctx, "prices", part, newest, sort_by=("instrument_id", "day"))


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


def kept_prices(ctx: Context, keys: pl.DataFrame) -> pl.DataFrame:
    """Return the prices in force under some keys (instrument, day, source), schema `PRICES`.

    Every source keeps its own, whichever of them counts that day.
    """
    parts = {part for part, _ in _by_quarter(keys)}
    paths = [p for p in store.segments(ctx, "prices") if p.name.rsplit("-", 1)[0] in parts]
    ids = keys["instrument_id"].unique()
    known = PRICES.to_frame()
    if paths:
        found = pl.scan_parquet(paths).filter(
            pl.col("instrument_id").is_in(ids.implode()),
            pl.col("day").is_in(keys["day"].unique().implode()),
            pl.col("source").is_in(keys["source"].unique().implode(), nulls_equal=True),
        )
        known = store.conform(found.collect(), PRICES, source="prices")
    both = _newest(known, pending(ctx, ids.to_list()))
    return both.join(keys.select(KEY), on=KEY, how="semi", nulls_equal=True)


def _newest(known: pl.DataFrame, waiting: pl.DataFrame) -> pl.DataFrame:
    """Return published and waiting prices, those that wait in place of those they replace."""
    both = pl.concat([known, waiting.select(PRICES.names())])
    return both.unique(KEY, keep="last", maintain_order=True)


def sourced_prices(ctx: Context, prefix: str) -> pl.DataFrame:
    """Return the prices in force whose source starts so, wherever they are (schema `PRICES`)."""
    both = _newest(published(ctx), pending(ctx))
    return both.filter(pl.col("source").str.starts_with(prefix))


def withdraw_prices(tx: Tx, keys: pl.DataFrame) -> int:
    """Take prices back, inside the open write, wherever they are; return how many were there.

    Parameters
    ----------
    keys
        `instrument_id`, `day`, `source`: what each price is known by.
    """
    ctx = tx.ctx
    found = kept_prices(ctx, keys).select(KEY)
    _drop_waiting(tx, found)
    for part, rows in _by_quarter(found):
        _alone(tx)
        known = published(ctx, part)
        left = known.join(rows, on=KEY, how="anti", maintain_order="left")
        if left.height < known.height:
            store.publish(ctx, "prices", part, left, sort_by=("instrument_id", "day"))
    if not found.is_empty():
        tx.touch("prices")
    return found.height


def _drop_waiting(tx: Tx, keys: pl.DataFrame) -> None:
    """Remove from the waiting table the prices of some keys."""
    waiting = pending(tx.ctx, keys["instrument_id"].unique().to_list())
    ids = waiting.join(keys.select(KEY), on=KEY, how="semi")["id"].to_list()
    for start in range(0, len(ids), BATCH):
        some = col(PendingPrice.id).in_(ids[start : start + BATCH])
        tx.session.execute(delete(PendingPrice).where(some))
