"""What is known of supports today: of each kind of report, the newest that speaks of it."""

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.market.models import FundFact, FundReport
from o2s_core.store import EXACT_FRAME

#: One row per support and fact; where it comes from, and the day it holds for.
CURRENT: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "name": pl.String(),
        "number": EXACT_FRAME,
        "text": pl.String(),
        "as_of": pl.Date(),
        "locator": pl.String(),
        "template": pl.String(),
        "edition": pl.String(),
        "delivery_id": pl.Int64(),
        "report_on": pl.Date(),
        "report_id": pl.Int64(),
    }
)
OF_REPORT: Final = ("template", "edition", "delivery_id")


def current_facts(ctx: Context, instrument_ids: Iterable[int], *, about: str = "") -> pl.DataFrame:
    """Return what the newest reports say of some supports (schema `CURRENT`).

    `about` keeps one group of facts, such as `cost`.

    A newer report of the same template replaces all that the older one said of a
    subject: what it no longer says is no longer known. Between two templates that
    say the same thing, the newest day counts.
    """
    facts = _standing_facts(ctx, sorted(set(instrument_ids)), about)
    subject = ("instrument_id", "template", "group")
    grouped = facts.with_columns(group=pl.col("name").str.split(".").list.first())
    last = grouped.filter(pl.col("report_on") == pl.col("report_on").max().over(subject))
    ordered = last.sort("as_of", "report_on", "report_id")
    best = ordered.unique(("instrument_id", "name"), keep="last", maintain_order=True)
    return store.conform(best, CURRENT, source="fund facts")


def _standing_facts(ctx: Context, instrument_ids: Sequence[int], about: str) -> pl.DataFrame:
    own = [n for n in CURRENT if n not in {*OF_REPORT, "report_on"}]
    query = (
        select(
            *(col(getattr(FundFact, name)) for name in own),
            *(col(getattr(FundReport, name)) for name in OF_REPORT),
            col(FundReport.as_of).label("report_on"),
        )
        .join(FundReport, col(FundReport.id) == col(FundFact.report_id))
        .where(
            col(FundFact.firm_id) == ctx.firm_id,
            store.among(ctx, col(FundFact.instrument_id), instrument_ids),
            col(FundFact.name).startswith(f"{about}." if about else ""),
            col(FundReport.state) == "active",
        )
    )
    found = store.frame(
        ctx, query, pl.Schema({n: CURRENT[n] for n in (*own, *OF_REPORT, "report_on")})
    )
    return found.select(CURRENT.names())
