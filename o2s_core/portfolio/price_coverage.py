"""How much of the assets is priced, how recently and by whom? (Couverture des cours)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from o2s_core import market, store
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market import freshness
from o2s_core.portfolio.assets import owned_frames
from o2s_core.portfolio.breakdowns import total_of

EUROS: Final = pl.Decimal(38, 2)
#: How old a price is -> how the screen says it. The limit is that of each kind (V06).
AGES: Final = {
    "today": "Du jour",
    "fresh": "Dans le délai de sa famille",
    "stale": "Hors délai",
    "very_stale": "Plus de deux fois le délai",
    "amount": "Liquidités, sans cours",
    "unvalued": "Sans valeur connue",
}
#: Ages that somebody has to do something about, the worst first.
WRONG: Final = ("unvalued", "very_stale", "stale")
_ROWS: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "priced_on": pl.Date(),
        "priced_by": pl.String(),
        "by_value": pl.Boolean(),
        "cents": pl.Int64(),
        "lines": pl.Int64(),
    }
)
#: One row per part; `weight` is its share of all assets, null without assets.
COVERED: Final = pl.Schema(
    {
        "code": pl.String(),
        "label": pl.String(),
        "value_eur": EUROS,
        "weight": pl.Float64(),
        "lines": pl.Int64(),
        "instruments": pl.Int64(),
    }
)
#: One row per kind of support, and how much of it is priced how recently; shares are of the kind.
BY_KIND: Final = pl.Schema(
    {
        "kind": pl.String(),
        "label": pl.String(),
        "limit": pl.String(),
        "value_eur": EUROS,
        "weight": pl.Float64(),
        "today": pl.Float64(),
        "in_time": pl.Float64(),
        "late_eur": EUROS,
        "lines": pl.Int64(),
    }
)
#: One row per support whose price is late or missing, the largest amount first.
MISSING: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "label": pl.String(),
        "isin": pl.String(),
        "kind": pl.String(),
        "age": pl.String(),  # worst of its lines
        "priced_on": pl.Date(),  # the oldest day that values a line
        "days": pl.Int64(),  # in the unit of the kind's limit
        "limit": pl.String(),
        "source": pl.String(),
        "value_eur": EUROS,  # of the lines concerned; null: no value is known
        "weight": pl.Float64(),
        "lines": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class PriceCoverage:
    """How the assets of a perimeter are priced on a day.

    Shares are of all assets valued, from 0 to 1, null without assets.
    """

    on: date
    total_eur: Decimal
    today: float | None  #: share valued by a price of the day
    in_time: float | None  #: share valued within the delay of its kind, cash included
    late_eur: Decimal  #: valued beyond the delay of its kind
    unvalued: int  #: lines that no price and no amount value
    by_age: pl.DataFrame  #: schema `COVERED`
    by_source: pl.DataFrame  #: schema `COVERED`
    by_kind: pl.DataFrame  #: schema `BY_KIND`
    missing: pl.DataFrame  #: schema `MISSING`


def price_coverage(ctx: Context) -> PriceCoverage:
    """Return how much of the perimeter's assets is priced today, by age, kind and source.

    The amounts are those of `assets`: they add up to `total_assets`, to the
    cent. A price is late beyond the delay of its kind; a line without quantity
    (fonds euros) is judged on the day of its amount.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    found = store.query(ctx, "portfolio/price_coverage", _ROWS, frames=owned_frames(ctx))
    rows = _aged(ctx, found)
    total = total_of(rows["value_eur"])
    late = rows.filter(pl.col("age").is_in(["stale", "very_stale"]))
    return PriceCoverage(
        on=ctx.today,
        total_eur=total,
        today=_share(rows, total, "today"),
        in_time=_share(rows, total, "today", "fresh", "amount"),
        late_eur=total_of(late["value_eur"]),
        unvalued=int(rows.filter(pl.col("age") == "unvalued")["lines"].sum()),
        by_age=_parts(rows, "age", AGES, total, order=list(AGES)),
        by_source=_parts(rows, "priced_by", _sources(ctx, rows), total),
        by_kind=_by_kind(rows, total),
        missing=_missing(rows, total, _sources(ctx, rows)),
    )


def _aged(ctx: Context, found: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their support, their euros, and how old their price is."""
    names = market.instruments(ctx, market.InstrumentFilter(statuses=tuple(market.STATUSES)))
    known = names.select("label", "isin", "kind", instrument_id="id")
    rows = found.join(known, on="instrument_id", how="left", maintain_order="left")
    pairs = rows.select("kind", "priced_on").unique()
    ages = [_age(kind, day, ctx.today) for kind, day in pairs.iter_rows()]
    dated = pairs.with_columns(
        pl.Series("days", [days for days, _ in ages], dtype=pl.Int64),
        pl.Series("age", [age for _, age in ages], dtype=pl.String),
    )
    unknown = pl.col("cents").is_null()
    return rows.join(dated, on=["kind", "priced_on"], how="left", nulls_equal=True).with_columns(
        age=pl.when(unknown).then(pl.lit("unvalued")).otherwise("age"),
        value_eur=(pl.col("cents").cast(EUROS) / 100).cast(EUROS),
    )


def _age(kind: str | None, priced_on: date | None, today: date) -> tuple[int | None, str]:
    """Return how old a price is in the unit of its kind, and the class of `AGES` it falls in."""
    if kind == "cash":
        return None, "amount"
    if priced_on is None:
        return None, "unvalued"
    days = freshness.age(kind or "", priced_on, today)
    limit = freshness.LIMITS.get(kind or "", freshness.FUND).days
    if priced_on >= today:
        return days, "today"
    return days, "fresh" if days <= limit else "stale" if days <= 2 * limit else "very_stale"


def _share(rows: pl.DataFrame, total: Decimal, *ages: str) -> float | None:
    if total <= 0:
        return None
    return float(total_of(rows.filter(pl.col("age").is_in(ages))["value_eur"]) / total)


def _sources(ctx: Context, rows: pl.DataFrame) -> dict[str, str]:
    """Return how the screen names each source; empty: the partner's own value stands."""
    said = market.price_sources(ctx, rows["priced_by"].unique().to_list())
    return said | {"": "Valeur du partenaire pour la ligne"}


def _weight(total: Decimal) -> pl.Expr:
    value = pl.col("value_eur").cast(pl.Float64)
    return value / float(total) if total > 0 else pl.lit(None, pl.Float64)


def _parts(
    rows: pl.DataFrame,
    by: str,
    labels: dict[str, str],
    total: Decimal,
    order: list[str] | None = None,
) -> pl.DataFrame:
    """Return the assets cut by a column (schema `COVERED`), largest first or in an order."""
    parts = rows.group_by(code=by).agg(
        pl.col("value_eur").sum(),
        pl.col("lines").sum(),
        instruments=pl.col("instrument_id").n_unique(),
    )
    named = parts.with_columns(label=pl.col("code").replace(labels), weight=_weight(total))
    place = {code: rank for rank, code in enumerate(order or ())}
    ranked = named.with_columns(
        rank=pl.col("code").replace_strict(place, default=0, return_dtype=pl.Int64)
    )
    ordered = ranked.sort("rank", "value_eur", "code", descending=[False, True, False])
    return store.conform(ordered, COVERED, source="price coverage")


def _by_kind(rows: pl.DataFrame, total: Decimal) -> pl.DataFrame:
    """Return the assets by kind of support (schema `BY_KIND`), largest first."""
    value = pl.col("value_eur")

    def worth(*ages: str) -> pl.Expr:
        return value.filter(pl.col("age").is_in(ages)).sum()

    kinds = rows.group_by("kind").agg(
        value.sum(),
        pl.col("lines").sum(),
        today_eur=worth("today"),
        in_time_eur=worth("today", "fresh", "amount"),
        late_eur=worth("stale", "very_stale"),
    )
    whole = pl.when(value > 0).then(value.cast(pl.Float64))
    named = kinds.with_columns(
        label=pl.col("kind").replace(market.INSTRUMENT_KINDS),
        limit=_limits(kinds["kind"]),
        weight=_weight(total),
        today=pl.col("today_eur").cast(pl.Float64) / whole,
        in_time=pl.col("in_time_eur").cast(pl.Float64) / whole,
    )
    ordered = named.sort("value_eur", "kind", descending=[True, False])
    return store.conform(ordered, BY_KIND, source="price coverage")


def _limits(kinds: pl.Series) -> pl.Series:
    return pl.Series([freshness.limit_label(kind) for kind in kinds], dtype=pl.String)


def _missing(rows: pl.DataFrame, total: Decimal, sources: dict[str, str]) -> pl.DataFrame:
    """Return the supports whose price is late or missing (schema `MISSING`), by amount."""
    rank = {code: place for place, code in enumerate(WRONG)}
    wrong = rows.filter(pl.col("age").is_in(WRONG)).with_columns(
        rank=pl.col("age").replace_strict(rank, return_dtype=pl.Int64)
    )
    grouped = (
        wrong.sort("rank", "priced_on")
        .group_by("instrument_id", maintain_order=True)
        .agg(
            pl.col("label", "isin", "kind", "age").first(),
            pl.col("priced_on").min(),
            pl.col("days").max(),
            source=pl.col("priced_by").first().replace(sources),
            value_eur=pl.when(pl.col("value_eur").is_not_null().any()).then(
                pl.col("value_eur").sum()
            ),
            lines=pl.col("lines").sum(),
        )
    )
    named = grouped.with_columns(limit=_limits(grouped["kind"]), weight=_weight(total))
    ordered = named.sort("value_eur", "label", descending=[True, False], nulls_last=True)
    return store.conform(ordered, MISSING, source="price coverage")
