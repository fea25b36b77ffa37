"""Which prices do the inventories of funds carry? As long as their report stands."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import polars as pl
from sqlalchemy import bindparam, literal, select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.market.models import FundFact, FundReport

#: Instruments named in a query; beyond, every standing report is read at once.
ASKED: Final = 500


def reported_prices(ctx: Context, schema: pl.Schema, instrument_ids: Iterable[int]) -> pl.DataFrame:
    """Return the value of one share that each standing report gives (columns of `schema`)."""
    ids = list(instrument_ids)
    named = len(ids) <= ASKED
    bound = {"firm_id": ctx.firm_id} | ({"ids": ids} if named else {})
    found = store.frame(ctx, _reported(named=named), schema, bound)
    return found if named else found.filter(pl.col("instrument_id").is_in(ids))


@cache
def _reported(*, named: bool) -> Any:  # noqa: ANN401
    """Return the query of the prices of standing reports, of some supports or of all."""
    query = (
        select(*_columns())
        .join(FundReport, col(FundReport.id) == col(FundFact.report_id))
        .where(
            col(FundFact.firm_id) == bindparam("firm_id"),
            col(FundFact.name) == "fund.price",
            col(FundReport.state) == "active",
        )
    )
    some = col(FundFact.instrument_id).in_(bindparam("ids", expanding=True))
    return query.where(some) if named else query


def _columns() -> list[Any]:
    return [
        col(FundFact.instrument_id),
        col(FundFact.as_of).label("day"),
        col(FundFact.number).label("value"),
        col(FundReport.currency),
        literal("nav").label("kind"),
        literal("Inventaire TPT").label("source"),
        col(FundReport.created_at).label("recorded_at"),
    ]
