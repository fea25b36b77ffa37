"""Which prices do the inventories of funds carry? As long as their report stands."""

from collections.abc import Iterable
from typing import Any, Final

import polars as pl
from sqlalchemy import literal, select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.market.models import FundFact, FundReport

#: Instruments named in a query; beyond, every standing report is read at once.
ASKED: Final = 500


def reported_prices(ctx: Context, schema: pl.Schema, instrument_ids: Iterable[int]) -> pl.DataFrame:
    """Return the value of one share that each standing report gives (columns of `schema`)."""
    # mypy knows no way to say "any number of columns" of a statement
    columns: list[Any] = [
        col(FundFact.instrument_id),
        col(FundFact.as_of).label("day"),
        col(FundFact.number).label("value"),
        col(FundReport.currency),
        literal("nav").label("kind"),
        literal("Inventaire TPT").label("source"),
        col(FundReport.created_at).label("recorded_at"),
    ]
    ids = list(instrument_ids)
    named = [col(FundFact.instrument_id).in_(ids)] if len(ids) <= ASKED else []
    query = (
        select(*columns)
        .join(FundReport, col(FundReport.id) == col(FundFact.report_id))
        .where(
            col(FundFact.firm_id) == ctx.firm_id,
            col(FundFact.name) == "fund.price",
            *named,
            col(FundReport.state) == "active",
        )
    )
    found = store.frame(ctx, query, schema)
    return found if named else found.filter(pl.col("instrument_id").is_in(ids))
