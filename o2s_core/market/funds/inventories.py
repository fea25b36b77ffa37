"""What are several funds made of? The lines of their newest inventories (transparence)."""

from collections.abc import Iterable
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import FundLine, FundReport
from o2s_core.store import EXACT_FRAME

#: One row per line of a fund that says its weight, a signed share of the net assets.
INVENTORIES: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "as_of": pl.Date(),
        "code": pl.String(),
        "label": pl.String(),
        "asset": pl.String(),
        "country": pl.String(),
        "currency": pl.String(),
        "weight": EXACT_FRAME,
    }
)
_READ: Final = pl.Schema({**INVENTORIES, "report_id": pl.Int64()})


def inventories(ctx: Context, instrument_ids: Iterable[int]) -> pl.DataFrame:
    """Return the weighted lines of some funds by their newest inventories.

    Schema `INVENTORIES`. A fund of which no inventory was received has no row.
    """
    ctx.require(Permission.MARKET_READ)
    own = [name for name in INVENTORIES if name not in {"instrument_id", "as_of"}]
    query = (
        select(
            col(FundReport.instrument_id),
            col(FundReport.as_of),
            *(col(getattr(FundLine, name)) for name in own),
            col(FundLine.report_id),
        )
        .join(FundReport, col(FundReport.id) == col(FundLine.report_id))
        .where(
            col(FundLine.firm_id) == ctx.firm_id,
            col(FundReport.instrument_id).in_(sorted(set(instrument_ids))),
            col(FundReport.template) == "tpt",
            col(FundReport.state) == "active",
            col(FundLine.weight).is_not(None),
        )
    )
    found = store.frame(ctx, query, _READ)
    newest = found.sort("as_of", "report_id").group_by("instrument_id", maintain_order=True)
    last = newest.agg(report_id=pl.col("report_id").last())
    kept = found.join(last, on=["instrument_id", "report_id"], how="semi")
    ordered = kept.sort("instrument_id", "weight", descending=[False, True])
    return store.conform(ordered, INVENTORIES, source="inventories")
