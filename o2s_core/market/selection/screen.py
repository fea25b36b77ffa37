"""Every support of the firm with what one searches by: made once per version of the data."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Lock
from typing import Any, Final

import numpy as np
import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import search_key
from o2s_core.market.comparison.period import years_before
from o2s_core.market.funds.current import current_facts
from o2s_core.market.instruments import INSTRUMENTS, current_sfdr, current_sri, freshness_of, mine
from o2s_core.market.models import (
    FundStatus,
    Instrument,
    InstrumentAlias,
    ProductRange,
    Provider,
    RangeItem,
)
from o2s_core.market.price_matrix import price_matrix
from o2s_core.market.prices import last_prices
from o2s_core.market.supports.absorptions import absorptions, ancestors

#: One row per support; ratios, null when there is no figure.
SCREEN: Final = pl.Schema(
    {
        **INSTRUMENTS,
        "zone": pl.String(),
        "eligible": pl.String(),
        "labels": pl.String(),
        "decision": pl.String(),  #: code of `DECISIONS`
        "in_catalogue": pl.Boolean(),
        "ongoing": pl.Float64(),
        "taxonomy": pl.Float64(),  #: least share aligned on the taxonomy
        "perf_1y": pl.Float64(),
        "perf_3y": pl.Float64(),
        "perf_5y": pl.Float64(),
        "volatility": pl.Float64(),  #: of weekly returns over one year
        "price": pl.Float64(),
        "price_currency": pl.String(),
        "price_on": pl.Date(),
        "freshness": pl.String(),  #: fresh, stale, unpriced
        "search": pl.String(),
    }
)
YEARS: Final = {"perf_1y": 1, "perf_3y": 3, "perf_5y": 5}
WEEKS: Final = 52
#: Weeks that must have moved for a volatility to mean anything.
MOVED: Final = 40
#: Versions of the data kept at once, for all firms.
KEPT: Final = 4
_made: dict[tuple[Any, ...], pl.DataFrame] = {}
_making = Lock()


def screen(ctx: Context) -> pl.DataFrame:
    """Return every support with its figures (schema `SCREEN`), by label."""
    said = ctx.versions or store.versions(ctx.place, ctx.firm_id)
    key = (ctx.place.home, ctx.place.database_url, ctx.firm_id, ctx.today,
           said.get("market", 0), said.get("prices", 0))  # fmt: skip
    with _making:
        if key not in _made:
            for old in list(_made)[: max(0, len(_made) - KEPT + 1)]:
                del _made[old]
            _made[key] = _screen(ctx)
        return _made[key]


def _screen(ctx: Context) -> pl.DataFrame:
    rows = _described(ctx)
    ids = rows["id"].to_list()
    joined = rows.join(_priced(ctx, ids), on="id", how="left", maintain_order="left")
    said = _said(ctx, ids)
    for more in (_decided(ctx), said("cost.ongoing", "ongoing"), said("esg.taxonomy", "taxonomy")):
        joined = joined.join(more, on="id", how="left", maintain_order="left")
    chosen = pl.col("id").is_in(_in_catalogue(ctx))
    ages = [
        freshness_of(kind, day, ctx.today)
        for kind, day in joined.select("kind", "price_on").iter_rows()
    ]
    ready = joined.with_columns(
        pl.col("decision").fill_null("none"),
        in_catalogue=chosen,
        freshness=pl.Series(ages, dtype=pl.String),
        search=_words(ctx, rows),
    )
    return store.conform(ready.select(SCREEN.names()), SCREEN, source="screen")


def _described(ctx: Context) -> pl.DataFrame:
    named = {"sri": current_sri, "sfdr": current_sfdr}
    text = pl.String()
    shape = {**INSTRUMENTS, "zone": text, "eligible": text, "labels": text, "key": text}
    own = [
        (named[n] if n in named else col(getattr(Instrument, n))).label(n)
        for n in shape
        if n not in {"provider", "key"}
    ]
    query: Any = (
        select(
            *own,
            col(Provider.name).label("provider"),
            col(Instrument.search_key).label("key"),
        )
        .outerjoin(Provider, col(Provider.id) == col(Instrument.provider_id))
        .where(mine(ctx))
        .order_by(col(Instrument.search_key), col(Instrument.id))
    )
    return store.frame(ctx, query, pl.Schema(shape))


def _priced(ctx: Context, ids: list[int]) -> pl.DataFrame:
    """Return the last price, the performances and the volatility of each support."""
    last = last_prices(ctx, ids, ctx.today)
    frame = last.select(
        id="instrument_id",
        price=pl.col("value").cast(pl.Float64),
        price_currency="currency",
        price_on="day",
    )
    absorbed = absorptions(ctx)
    for name, years in YEARS.items():
        before = _before(ctx, ids, years_before(ctx.today, years), absorbed)
        same = pl.col("before") == pl.col("price_currency")
        earned = pl.when(same).then(pl.col("price") / pl.col("was") - 1)
        frame = (
            frame.join(before, on="id", how="left", maintain_order="left")
            .with_columns(earned.alias(name))
            .drop("was", "before")
        )
    return frame.join(_volatility(ctx, frame["id"].to_list()), on="id", how="left")


def _before(ctx: Context, ids: list[int], day: date, absorbed: pl.DataFrame) -> pl.DataFrame:
    """Return the price of each support on a day; of an heir without any, its ancestor's at par."""
    own = last_prices(ctx, ids, day).select(
        id="instrument_id", was=pl.col("value").cast(pl.Float64), before="currency"
    )
    lacking = set(absorbed["new_id"]) - set(own["id"])
    found = [(i, a) for i in sorted(lacking) for a in ancestors(i, absorbed) if day < a.since]
    if not found:
        return own
    past = last_prices(ctx, [a.id for _, a in found], day)
    known = {i: (float(v), c) for i, v, c in past.select(
        "instrument_id", "value", "currency").iter_rows()}  # fmt: skip
    rows = {i: (known[a.id][0] / float(a.ratio), known[a.id][1])
            for i, a in reversed(found) if a.id in known}  # fmt: skip
    more = pl.DataFrame([(i, *said) for i, said in rows.items()], own.schema, orient="row")
    return pl.concat([own, more])


def _volatility(ctx: Context, ids: list[int]) -> pl.DataFrame:
    """Return the deviation of weekly returns over a year, of what moves nearly every week."""
    if not ids:
        return pl.DataFrame(schema={"id": pl.Int64, "volatility": pl.Float64})
    start = ctx.today - timedelta(weeks=WEEKS)
    weekly = price_matrix(ctx, ids, start, ctx.today).values[:, ::7]
    moved = weekly[:, 1:] / weekly[:, :-1] - 1
    with np.errstate(invalid="ignore"):
        often = (np.abs(moved) > 0).sum(axis=1) >= MOVED
        deviation = moved.std(axis=1, ddof=1) * np.sqrt(WEEKS)
    known = np.where(often & np.isfinite(deviation), deviation, np.nan)
    return pl.DataFrame({"id": ids, "volatility": pl.Series(known).fill_nan(None)})


def _decided(ctx: Context) -> pl.DataFrame:
    query: Any = (
        select(col(FundStatus.instrument_id).label("id"), col(FundStatus.state).label("decision"))
        .where(col(FundStatus.firm_id) == ctx.firm_id)
        .order_by(col(FundStatus.id))
    )
    rows = store.frame(ctx, query, pl.Schema({"id": pl.Int64(), "decision": pl.String()}))
    return rows.unique("id", keep="last")


def _said(ctx: Context, ids: list[int]) -> Callable[[str, str], pl.DataFrame]:
    """Return how to ask for one fact of the manufacturers' newest files, as a column."""

    def column(fact: str, name: str) -> pl.DataFrame:
        facts = current_facts(ctx, ids, about=fact.partition(".")[0]).filter(name=fact)
        return facts.select(pl.col("number").cast(pl.Float64).alias(name), id="instrument_id")

    return column


def _in_catalogue(ctx: Context) -> list[int]:
    query: Any = (
        select(col(RangeItem.instrument_id).label("id"))
        .join(ProductRange, col(ProductRange.id) == col(RangeItem.range_id))
        .where(
            col(RangeItem.firm_id) == ctx.firm_id,
            col(ProductRange.in_catalogue),
            col(RangeItem.instrument_id).is_not(None),
        )
    )
    return store.frame(ctx, query, pl.Schema({"id": pl.Int64()}))["id"].to_list()


def _words(ctx: Context, rows: pl.DataFrame) -> pl.Series:
    """Return what a text is searched in: the key of each support and its other codes."""
    query: Any = select(
        col(InstrumentAlias.instrument_id).label("id"), col(InstrumentAlias.code).label("code")
    ).where(col(InstrumentAlias.firm_id) == ctx.firm_id)
    codes: dict[int, list[str]] = {}
    for each, code in store.frame(
        ctx, query, pl.Schema({"id": pl.Int64(), "code": pl.String()})
    ).iter_rows():
        codes.setdefault(each, []).append(search_key(code))
    return pl.Series(
        [" ".join([key, *codes.get(i, ())]) for i, key in rows.select("id", "key").iter_rows()],
        dtype=pl.String,
    )
