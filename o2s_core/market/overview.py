"""What the firm's list of supports is made of, and what is to be done in it (Outils)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import InstrumentFilter, priced_instruments
from o2s_core.market.kinds import ASSET_CLASSES, INSTRUMENT_KINDS
from o2s_core.market.providers import providers

#: One row per family or class present, largest first; `label` is in French.
COUNTS: Final = pl.Schema({"code": pl.String(), "label": pl.String(), "instruments": pl.Int64()})


@dataclass(frozen=True, slots=True)
class MarketOverview:
    """The list of supports at a glance."""

    instruments: int  #: those put aside left out
    to_complete: int
    stale: int
    unpriced: int
    providers: int
    newest_price_on: date | None
    by_kind: pl.DataFrame  #: schema `COUNTS`
    by_class: pl.DataFrame  #: schema `COUNTS`
    to_do: pl.DataFrame  #: those to complete, stale or without price (schema `PRICED`)


def market_overview(ctx: Context) -> MarketOverview:
    """Return how many supports there are, of what, and which need somebody."""
    ctx.require(Permission.MARKET_READ)
    rows = priced_instruments(ctx, InstrumentFilter())
    incomplete = pl.col("status").is_in(["provisional", "unidentified"])
    aged = pl.col("freshness").is_in(["stale", "unpriced"]).fill_null(value=False)
    counts = dict(rows.group_by("freshness").len().iter_rows())
    newest = rows["price_on"].max()
    return MarketOverview(
        instruments=rows.height,
        to_complete=rows.filter(incomplete).height,
        stale=counts.get("stale", 0),
        unpriced=counts.get("unpriced", 0),
        providers=providers(ctx).height,
        newest_price_on=newest if isinstance(newest, date) else None,
        by_kind=_counts(rows, "kind", INSTRUMENT_KINDS),
        by_class=_counts(rows, "asset_class", ASSET_CLASSES),
        to_do=rows.filter(incomplete | aged).sort(incomplete, descending=True, maintain_order=True),
    )


def _counts(rows: pl.DataFrame, by: str, labels: dict[str, str]) -> pl.DataFrame:
    counted = rows.group_by(code=by).len("instruments")
    return (
        counted.with_columns(label=pl.col("code").replace(labels))
        .sort("instruments", "label", descending=[True, False])
        .select(COUNTS.names())
        .cast({"instruments": pl.Int64})
    )
