"""What a support was worth on a day, exactly: prices recorded, the last one, the series."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import PendingPrice
from o2s_core.market.price_history import PRICE_INPUT, normalised, require_sound, unpublished
from o2s_core.market.price_index import PriceIndex, best_first, price_index
from o2s_core.store import EXACT_FRAME
from o2s_core.store.engine import upsert

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
SAID: Final = ("currency", "kind", "source")
EPOCH: Final = date(1970, 1, 1)
BATCH: Final = 1_000


def record_prices(ctx: Context, prices: pl.DataFrame) -> int:
    """Record a few prices and return how many rows were given.

    Schema `PRICE_INPUT`. The same instrument, day and source again replaces the
    price: recorded twice, it is recorded once. Prices in pence are kept in
    pounds.

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
        _upsert(tx, table.unique(("instrument_id", "day", "source"), keep="last").to_dicts())
        tx.audit("record", "price", None, after={"rows": table.height})
        tx.touch("prices")
    return table.height


def _upsert(tx: store.Tx, rows: list[dict[str, Any]]) -> None:
    common = {"firm_id": tx.ctx.firm_id, "recorded_at": tx.ctx.now}
    insert = upsert(tx.session, PendingPrice)
    replaced = ("value", "currency", "kind", "recorded_at")
    replace = insert.on_conflict_do_update(
        index_elements=["firm_id", "instrument_id", "day", "source"],
        set_={name: insert.excluded[name] for name in replaced},
    )
    for start in range(0, len(rows), BATCH):
        some = [row | common for row in rows[start : start + BATCH]]
        tx.session.connection().execute(replace, some)


def last_prices(ctx: Context, instrument_ids: Iterable[int], on: date) -> pl.DataFrame:
    """Return the last price of each instrument known on a day (schema `LAST_PRICES`).

    An instrument without any price up to that day has no row. On one day a
    price typed by the firm wins, then a withdrawal value, then the one
    recorded last.
    """
    ctx.require(Permission.MARKET_READ)
    ids = sorted(set(instrument_ids))
    index = price_index(ctx)
    found = {id_: row for id_ in ids if (row := _published_last(index, id_, on)) is not None}
    found |= _waiting_last(unpublished(ctx, ids, on), found)
    return pl.DataFrame([found[id_] for id_ in sorted(found)], schema=LAST_PRICES, orient="row")


def _published_last(index: PriceIndex, instrument_id: int, on: date) -> tuple[Any, ...] | None:
    at = index.last(instrument_id, (on - EPOCH).days)
    if at < 0:
        return None
    value = Decimal(int(index.values[at])).scaleb(-8)
    day = EPOCH + timedelta(days=int(index.days[at]))
    return (instrument_id, day, value, *index.said[int(index.tags[at])])


def _waiting_last(
    waiting: pl.DataFrame, published: dict[int, tuple[Any, ...]]
) -> dict[int, tuple[Any, ...]]:
    """Return the waiting prices that are newer than the published ones, or win on their day."""
    ordered = waiting.sort("day", best_first(pl.col("kind")), "recorded_at")
    last = ordered.unique("instrument_id", keep="last").select(LAST_PRICES.names())
    return {row[0]: row for row in last.iter_rows() if _wins(row, published.get(row[0]))}


def _wins(row: tuple[Any, ...], published: tuple[Any, ...] | None) -> bool:
    if published is None or row[1] > published[1]:
        return True
    typed_before = published[4] == "manual" and row[4] != "manual"
    return row[1] == published[1] and not typed_before


def price_series(ctx: Context, instrument_id: int, start: date, end: date) -> pl.DataFrame:
    """Return the prices of one instrument between two days, both included (`PRICE_SERIES`)."""
    ctx.require(Permission.MARKET_READ)
    index = price_index(ctx)
    span = index.span(instrument_id)
    said = pl.DataFrame(list(index.said), schema=SAID, orient="row")
    table = pl.DataFrame(
        {
            "day": pl.Series(np.asarray(index.days[span]), dtype=pl.Int32).cast(pl.Date),
            "value": pl.Series(np.asarray(index.values[span])).cast(EXACT_FRAME) / 10**8,
        }
    )
    tags = np.asarray(index.tags[span]).tolist()
    said = said[tags] if tags else said.clear()
    published = pl.concat([table, said], how="horizontal")
    columns = PRICE_SERIES.names()
    rows = pl.concat(
        [
            store.conform(published, PRICE_SERIES, source="price index"),
            unpublished(ctx, [instrument_id], end)
            .sort("day", best_first(pl.col("kind")), "recorded_at")
            .select(columns),
        ]
    )
    best = rows.unique("day", keep="last", maintain_order=True).sort("day")
    return best.filter(pl.col("day").is_between(start, end))
