"""What is known of supports today: of each kind of report, the newest that speaks of it."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

import polars as pl
from sqlalchemy import bindparam, select
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
#: Supports named in a query; beyond, they are passed together.
ASKED: Final = 500


def current_facts(ctx: Context, instrument_ids: Iterable[int], *, about: str = "") -> pl.DataFrame:
    """Return what the newest reports say of some supports (schema `CURRENT`).

    `about` keeps one group of facts, such as `cost`.

    A newer report of the same template replaces all that the older one said of a
    subject: what it no longer says is no longer known. Between two templates that
    say the same thing, the newest day counts.
    """
    facts = _standing_facts(ctx, sorted(set(instrument_ids)), about)
    several = facts["report_id"].n_unique() > facts["instrument_id"].n_unique()
    ordered = (_newest(facts) if several else facts).sort("as_of", "report_on", "report_id")
    return ordered.unique(("instrument_id", "name"), keep="last", maintain_order=True)


def _newest(facts: pl.DataFrame) -> pl.DataFrame:
    """Return what the newest report of each template says of each subject."""
    group = pl.col("name").str.split(".").list.first()
    subject = ("instrument_id", "template", group)
    return facts.filter(pl.col("report_on") == pl.col("report_on").max().over(subject))


def _standing_facts(ctx: Context, instrument_ids: Sequence[int], about: str) -> pl.DataFrame:
    start = f"{about}.%" if about else "%"
    if len(instrument_ids) <= ASKED:
        bound = {"firm_id": ctx.firm_id, "start": start, "ids": list(instrument_ids)}
        return store.frame(ctx, _of_some(), CURRENT, bound)
    some = store.among(ctx, col(FundFact.instrument_id), instrument_ids)
    return store.frame(ctx, _standing(ctx.firm_id, start, some), CURRENT)


@cache
def _of_some() -> Any:  # noqa: ANN401
    """Return the query of the facts of a few supports, built once."""
    some = col(FundFact.instrument_id).in_(bindparam("ids", expanding=True))
    return _standing(bindparam("firm_id"), bindparam("start"), some)


def _standing(firm_id: Any, start: Any, some: Any) -> Any:  # noqa: ANN401
    own = [n for n in CURRENT if n not in {*OF_REPORT, "report_on"}]
    return (
        select(
            *(col(getattr(FundFact, name)) for name in own),
            *(col(getattr(FundReport, name)) for name in OF_REPORT),
            col(FundReport.as_of).label("report_on"),
        )
        .join(FundReport, col(FundReport.id) == col(FundFact.report_id))
        .where(
            col(FundFact.firm_id) == firm_id,
            some,
            col(FundFact.name).like(start),
            col(FundReport.state) == "active",
        )
    )
