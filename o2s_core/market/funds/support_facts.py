"""What is known of several supports at once: risk, costs, distribution, durability."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.funds.current import current_facts
from o2s_core.market.instruments import current_sfdr, current_sri, mine
from o2s_core.market.models import FundFact, FundReport, FundStatus, Instrument
from o2s_core.store import EXACT_FRAME

#: Name of a fact -> column; ratios are ratios, null when no file says it.
_NUMBERS: Final = {
    "cost.ongoing": "ongoing",
    "cost.distribution": "distribution",
    "esg.sustainable": "sustainable",
}
_WORDS: Final = {"target.retail": "retail"}
_OWN: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "manager": pl.String(),
        "status": pl.String(),
        "sri": pl.Int64(),
        "sfdr": pl.Int64(),
    }
)
#: One row per support asked and known; `sfdr` is null out of scope or unknown.
SUPPORT_FACTS: Final = pl.Schema(
    {
        **_OWN,
        **dict.fromkeys(_NUMBERS.values(), EXACT_FRAME),
        **dict.fromkeys(_WORDS.values(), pl.String()),
        "decision": pl.String(),  # of the firm: approved, watched, excluded, none; null without
    }
)
#: One row per class: the median of what its supports say they cost a year, and how many say it.
CLASS_COSTS: Final = pl.Schema(
    {"asset_class": pl.String(), "median": EXACT_FRAME, "supports": pl.Int64()}
)
_COSTS: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "asset_class": pl.String(),
        "number": EXACT_FRAME,
        "as_of": pl.Date(),
        "id": pl.Int64(),
    }
)


def support_facts(ctx: Context, instrument_ids: Iterable[int]) -> pl.DataFrame:
    """Return what is known of some supports (schema `SUPPORT_FACTS`), in order of their ids."""
    ctx.require(Permission.MARKET_READ)
    ids = sorted(set(instrument_ids))
    query = (
        select(
            col(Instrument.id).label("instrument_id"),
            col(Instrument.manager),
            col(Instrument.status),
            current_sri.label("sri"),
            current_sfdr.label("sfdr"),
        )
        .where(mine(ctx), col(Instrument.id).in_(ids))
        .order_by(col(Instrument.id))
    )
    found = store.frame(ctx, query, _OWN)
    facts = current_facts(ctx, ids)
    for names, value in ((_NUMBERS, "number"), (_WORDS, "text")):
        for name, column in names.items():
            said = facts.filter(name=name).select("instrument_id", pl.col(value).alias(column))
            found = found.join(said, on="instrument_id", how="left", maintain_order="left")
    decided = found.join(
        _decisions(ctx, ids), on="instrument_id", how="left", maintain_order="left"
    )
    return store.conform(decided, SUPPORT_FACTS, source="support facts")


def _decisions(ctx: Context, instrument_ids: Sequence[int]) -> pl.DataFrame:
    """Return what the firm last decided of some supports."""
    query: Any = (
        select(col(FundStatus.instrument_id), col(FundStatus.state).label("decision"))
        .where(
            col(FundStatus.firm_id) == ctx.firm_id,
            col(FundStatus.instrument_id).in_(instrument_ids),
        )
        .order_by(col(FundStatus.id))
    )
    shape = pl.Schema({"instrument_id": pl.Int64(), "decision": pl.String()})
    return store.frame(ctx, query, shape).unique("instrument_id", keep="last", maintain_order=True)


def class_costs(ctx: Context) -> pl.DataFrame:
    """Return what the supports of each class cost a year, by their newest files.

    Schema `CLASS_COSTS`, by class; a class of which no support says it has no row.
    """
    ctx.require(Permission.MARKET_READ)
    query: Any = (
        select(
            col(FundFact.instrument_id),
            col(Instrument.asset_class),
            col(FundFact.number),
            col(FundFact.as_of),
            col(FundFact.id),
        )
        .join(FundReport, col(FundReport.id) == col(FundFact.report_id))
        .join(Instrument, col(Instrument.id) == col(FundFact.instrument_id))
        .where(
            col(FundFact.firm_id) == ctx.firm_id,
            col(FundFact.name) == "cost.ongoing",
            col(FundFact.number).is_not(None),
            col(FundReport.state) == "active",
        )
    )
    newest = (
        store.frame(ctx, query, _COSTS).sort("as_of", "id").unique("instrument_id", keep="last")
    )
    medians = newest.group_by("asset_class").agg(
        median=pl.col("number").cast(pl.Float64).median().round(6).cast(EXACT_FRAME),
        supports=pl.len(),
    )
    return store.conform(medians.sort("asset_class"), CLASS_COSTS, source="class costs")
