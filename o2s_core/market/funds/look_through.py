"""What is a fund made of? (Transparence: by class of assets, country and currency)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.funds.facts import ASSETS
from o2s_core.market.funds.sheet import source_of
from o2s_core.market.instruments import one_instrument
from o2s_core.market.models import FundLine, FundReport
from o2s_core.store import EXACT_FRAME

#: One row per line of the fund, the heaviest first, whatever its sign.
LINES_HELD: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "code": pl.String(),
        "code_type": pl.String(),
        "label": pl.String(),
        "asset": pl.String(),
        "country": pl.String(),
        "currency": pl.String(),
        "value": EXACT_FRAME,
        "weight": EXACT_FRAME,
        "locator": pl.String(),
    }
)
#: One row per part; the last ones are `""` (lines that do not say) and `uncovered`.
PARTS: Final = pl.Schema({"part": pl.String(), "weight": EXACT_FRAME})
#: What the lines do not cover; below zero when they exceed the net assets.
UNCOVERED: Final = "uncovered"


@dataclass(frozen=True, slots=True)
class LookThrough:
    """The portfolio of a fund on a day; weights are signed shares of its net assets.

    The parts of each table and what is not covered make the whole: exactly 1.
    Weights are market values: the leverage of derivatives is not in them.
    """

    as_of: date
    source: str
    delivery_id: int | None
    currency: str
    lines: pl.DataFrame  #: schema `LINES_HELD`
    by_asset: pl.DataFrame  #: schema `PARTS`; parts are keys of `ASSETS`
    by_country: pl.DataFrame  #: schema `PARTS`; parts are ISO 3166 codes
    by_currency: pl.DataFrame  #: schema `PARTS`; parts are ISO 4217 codes
    covered: Decimal
    uncovered: Decimal
    unweighted: int  #: lines without a weight, counted as not covered


def look_through(ctx: Context, instrument_id: int) -> LookThrough | None:
    """Return what a fund is made of by its newest inventory, null when none was received."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        one_instrument(ctx, session, instrument_id)
    report = _newest(ctx, instrument_id)
    if report is None:
        return None
    lines = _lines(ctx, report.id or 0)
    covered = sum(lines["weight"].drop_nulls(), Decimal(0))
    return LookThrough(
        as_of=report.as_of,
        source=source_of("tpt", report.edition),
        delivery_id=report.delivery_id,
        currency=report.currency,
        lines=lines,
        by_asset=_parts(lines, "asset", 1 - covered),
        by_country=_parts(lines, "country", 1 - covered),
        by_currency=_parts(lines, "currency", 1 - covered),
        covered=covered,
        uncovered=1 - covered,
        unweighted=lines["weight"].null_count(),
    )


def _newest(ctx: Context, instrument_id: int) -> FundReport | None:
    with_lines = select_rows(FundLine.id).where(FundLine.report_id == FundReport.id).exists()
    query = (
        select_rows(FundReport)
        .where(
            FundReport.firm_id == ctx.firm_id,
            FundReport.instrument_id == instrument_id,
            FundReport.template == "tpt",
            FundReport.state == "active",
            with_lines,
        )
        .order_by(col(FundReport.as_of).desc(), col(FundReport.id).desc())
    )
    with store.reading(ctx) as session:
        return session.exec(query).first()


def _lines(ctx: Context, report_id: int) -> pl.DataFrame:
    query = select(*(col(getattr(FundLine, name)) for name in LINES_HELD)).where(
        col(FundLine.firm_id) == ctx.firm_id, col(FundLine.report_id) == report_id
    )
    found = store.frame(ctx, query, LINES_HELD)
    heaviest = pl.col("weight").abs()
    return found.sort(heaviest, "id", descending=[True, False], nulls_last=True)


def _parts(lines: pl.DataFrame, name: str, uncovered: Decimal) -> pl.DataFrame:
    """Return the weight of each part, the heaviest first, then what is not said nor covered."""
    weighed = lines.filter(pl.col("weight").is_not_null())
    summed = weighed.group_by(part=pl.col(name)).agg(pl.col("weight").sum())
    last = pl.col("part") == ""
    ordered = summed.sort(last, pl.col("weight").abs(), "part", descending=[False, True, False])
    rest = [{"part": UNCOVERED, "weight": uncovered}] if uncovered else []
    return pl.concat(
        [store.conform(ordered, PARTS, source="fund lines"), pl.DataFrame(rest, PARTS)]
    )


def part_label(part: str) -> str:
    """Return how the screen calls a class of assets, or what is not said or not covered."""
    return {"": "Non précisé", UNCOVERED: "Non couvert"}.get(part) or ASSETS.get(part, part)
