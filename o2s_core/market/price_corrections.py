"""What was a price before its source corrected it? The old values stay readable."""

from typing import Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import PriceCorrection
from o2s_core.store import EXACT_FRAME, Tx

#: One row per value that was replaced, the last replaced first.
CORRECTIONS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "day": pl.Date(),
        "value": EXACT_FRAME,  # the old one
        "currency": pl.String(),
        "kind": pl.String(),
        "source": pl.String(),
        "recorded_at": pl.Datetime("us", "UTC"),  # of the old one
        "replaced_at": pl.Datetime("us", "UTC"),
    }
)
KEY: Final = ("instrument_id", "day", "source")


def price_corrections(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return the prices of a support that were replaced (schema `CORRECTIONS`)."""
    ctx.require(Permission.MARKET_READ)
    query = (
        select(*(col(getattr(PriceCorrection, name)) for name in CORRECTIONS))
        .where(
            col(PriceCorrection.firm_id) == ctx.firm_id,
            col(PriceCorrection.instrument_id) == instrument_id,
        )
        .order_by(col(PriceCorrection.replaced_at).desc(), col(PriceCorrection.id).desc())
    )
    return store.frame(ctx, query, CORRECTIONS)


def changed(known: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    """Return the known prices to which some new ones of the same source say something else."""
    said = ("value", "currency", "kind")
    new = prices.select(*KEY, *(pl.col(name).alias(f"new_{name}") for name in said))
    other = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"new_{name}")) for name in said)
    return known.join(new, on=KEY, how="inner").filter(other).select(known.columns)


def note_corrections(tx: Tx, replaced: pl.DataFrame, delivery_id: int | None = None) -> int:
    """Keep the prices that are about to be replaced, inside the open write; return how many."""
    own = [*KEY, "kind", "value", "currency", "recorded_at"]
    rows = replaced.select(own).to_dicts()
    common = {"replaced_at": tx.ctx.now, "delivery_id": delivery_id}
    store.insert_rows(tx, PriceCorrection, [row | common for row in rows])
    return len(rows)
