"""Are two states of the store the same? By what they say, never by numbers or stamps."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from sqlalchemy import Boolean, Date, DateTime, Integer, Select, TypeDecorator, func, literal
from sqlalchemy import select as columns
from sqlmodel import SQLModel, col

from o2s_core import store
from o2s_core.aggregation.models import Anomaly, Delivery, DeliveryAccount, RawRow
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import (
    FundFact,
    FundLine,
    FundReport,
    Instrument,
    InstrumentAlias,
    PendingRate,
    Provider,
)
from o2s_core.market.price_history import sourced_prices
from o2s_core.market.price_precedence import PARTNER, VENDOR
from o2s_core.portfolio.models import Account, Movement, Situation, SituationLine
from o2s_core.store import Scaled

#: What each account says, as one value: situations in force and replaced, movements.
DIGESTS: Final = pl.Schema({"account_id": pl.Int64(), "key": pl.String(), "digest": pl.String()})
LINE: Final = (
    "quantity", "unit_cost", "price", "price_on", "accrued", "value", "currency", "label",
    "locator",
)  # fmt: skip
MOVE: Final = (
    "key", "ordinal", "state", "trade_on", "value_on", "kind", "quantity", "price", "gross",
    "fees", "taxes", "net", "currency", "fx_rate", "label", "source", "locator",
)  # fmt: skip
DELIVERY: Final = (
    "file_name", "state", "format", "mapping_code", "mapping_revision", "as_of", "rows", "mapped",
    "ignored", "errors", "situations_new", "situations_unchanged", "movements_new",
    "movements_duplicate",
)  # fmt: skip
REPORT: Final = ("template", "edition", "as_of", "state", "locator", "label", "manufacturer",
                 "currency", "digest")  # fmt: skip
FACT: Final = ("name", "number", "text", "as_of", "locator")
HELD: Final = ("code", "code_type", "label", "asset", "country", "currency", "value", "weight",
               "locator")  # fmt: skip
ROW: Final = ("external_id", "state", "label", "holder", "as_of", "total", "lines", "movements",
              "reason")  # fmt: skip
ANOMALY: Final = ("external_id", "code", "severity", "locator", "field", "raw", "message",
                  "decision")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One hash for the whole of the firm's aggregation, and one for each account."""

    hash: str
    accounts: pl.DataFrame  #: DIGESTS


def fingerprint(ctx: Context) -> Fingerprint:
    """Return what aggregation has made of the firm's files, as hashes over natural keys.

    Two stores that say the same have the same hash, whatever the numbers of
    their records and the instants at which they were written. What was
    cancelled does not count; the order among versions of one day does.
    """
    ctx.require(Permission.FEED_REPLAY)
    supports, files, accounts = _supports(ctx), _files(ctx), _accounts(ctx)
    said = pl.concat([_situations(ctx, supports, files), _moves(ctx, supports, files)])
    whole = said.sort("account_id", "text").group_by("account_id", maintain_order=True)
    per = whole.agg(pl.col("text").str.join("\n")).join(accounts, on="account_id", how="inner")
    digests = per.select(
        "account_id", "key", pl.Series("digest", [_sha(t) for t in per["text"]], dtype=pl.String)
    ).sort("key")
    parts = [f"{key} {digest}" for _, key, digest in digests.iter_rows()]
    parts += sorted(_deliveries(ctx, files, accounts))
    parts += sorted(_reports(ctx, supports, files))
    parts += sorted([*_prices(ctx, supports), *_rates(ctx)])
    return Fingerprint(_sha("\n".join(parts)), digests)


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(ctx: Context, query: Select[Any]) -> pl.DataFrame:
    """Return the answer of a query, each column in the type of its record."""
    kinds = {c.name: _kind(c.type) for c in query.selected_columns}
    return store.frame(ctx, query, pl.Schema(kinds))


def _kind(stored: Any) -> pl.DataType:  # noqa: ANN401
    if isinstance(stored, Scaled):
        return pl.Decimal(38, stored.scale)
    plain = stored.impl_instance if isinstance(stored, TypeDecorator) else stored
    kinds = ((DateTime, pl.Datetime("us", "UTC")), (Date, pl.Date()), (Boolean, pl.Boolean()),
             (Integer, pl.Int64()))  # fmt: skip
    return next((kind for of, kind in kinds if isinstance(plain, of)), pl.String())


def _columns(model: type[SQLModel], *names: str) -> list[Any]:
    return [getattr(model, name) for name in names]


def _text(*names: str) -> pl.Expr:
    return pl.concat_str([pl.col(n).cast(pl.String).fill_null("") for n in names], separator="|")


def _supports(ctx: Context) -> pl.DataFrame:
    """Return what names each support whatever its number: ISIN, currency of cash, code, label."""
    code = col(InstrumentAlias.code_type) + literal(":") + col(InstrumentAlias.code)
    codes = (
        columns(col(InstrumentAlias.instrument_id).label("id"), func.min(code).label("other_code"))
        .where(col(InstrumentAlias.firm_id) == ctx.firm_id)
        .group_by(col(InstrumentAlias.instrument_id))
        .subquery()
    )
    query = (
        columns(
            col(Instrument.id).label("instrument_id"),
            *_columns(Instrument, "isin", "kind", "currency", "label"),
            codes.c.other_code,
        )
        .outerjoin(codes, codes.c.id == col(Instrument.id))
        .where(col(Instrument.firm_id) == ctx.firm_id)
    )
    cash = pl.when(pl.col("kind") == "cash").then(pl.lit("cash:") + pl.col("currency"))
    named = pl.coalesce("isin", cash, "other_code", pl.lit("label:") + pl.col("label"))
    return _read(ctx, query).select("instrument_id", support=named)


def _files(ctx: Context) -> pl.DataFrame:
    """Return the deliveries by what they hold: the hash of the file, and which time it came."""
    query: Select[Any] = columns(
        col(Delivery.id).label("delivery_id"), *_columns(Delivery, "sha256")
    ).where(col(Delivery.firm_id) == ctx.firm_id)
    rank = pl.int_range(1, pl.len() + 1).over("sha256").cast(pl.String)
    found = _read(ctx, query).sort("delivery_id")
    return found.select("delivery_id", file=pl.col("sha256") + "#" + rank)


def _accounts(ctx: Context) -> pl.DataFrame:
    query: Select[Any] = (
        columns(
            col(Account.id).label("account_id"),
            *_columns(Provider, "code"),
            *_columns(Account, "number_key"),
        )
        .join(Provider, col(Provider.id) == col(Account.provider_id))
        .where(col(Account.firm_id) == ctx.firm_id)
    )
    key = pl.col("code") + "/" + pl.col("number_key")
    return _read(ctx, query).select("account_id", key=key)


def _situations(ctx: Context, supports: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    own = ("as_of", "state", "source", "late", "currency", "reported_total")
    keys = ("account_id", "delivery_id", "received_at", "revision")
    query = columns(
        col(Situation.id).label("situation_id"), *_columns(Situation, *keys, *own)
    ).where(col(Situation.firm_id) == ctx.firm_id, col(Situation.state) != "cancelled")
    ranked = (
        _read(ctx, query)
        .sort("received_at", "revision")
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("account_id", "as_of"))
    )
    whole = ranked.join(_bodies(ctx, supports), on="situation_id", how="left").join(
        files, on="delivery_id", how="left"
    )
    return whole.select("account_id", text=pl.lit("S|") + _text("rank", *own, "file", "body"))


def _bodies(ctx: Context, supports: pl.DataFrame) -> pl.DataFrame:
    query = columns(*_columns(SituationLine, "situation_id", "instrument_id", *LINE)).where(
        col(SituationLine.firm_id) == ctx.firm_id
    )
    named = _read(ctx, query).join(supports, on="instrument_id", how="left")
    said = named.select("situation_id", text=_text("support", *LINE))
    ordered = said.sort("situation_id", "text").group_by("situation_id")
    return ordered.agg(body=pl.col("text").sort().str.join("\n"))


def _moves(ctx: Context, supports: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    keys = ("account_id", "instrument_id", "delivery_id", "withdrawn_by")
    query = columns(*_columns(Movement, *keys, *MOVE)).where(
        col(Movement.firm_id) == ctx.firm_id, col(Movement.state) != "cancelled"
    )
    by = files.rename({"delivery_id": "withdrawn_by", "file": "withdrawn"})
    whole = (
        _read(ctx, query)
        .join(supports, on="instrument_id", how="left")
        .join(files, on="delivery_id", how="left")
        .join(by, on="withdrawn_by", how="left")
    )
    text = _text(*MOVE, "support", "file", "withdrawn")
    return whole.select("account_id", text=pl.lit("M|") + text)


def _deliveries(ctx: Context, files: pl.DataFrame, accounts: pl.DataFrame) -> list[str]:
    """Return what became of each file, and of each account in it, as sentences to sort."""
    tables: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (Delivery, DELIVERY),
        (DeliveryAccount, ROW),
        (Anomaly, ANOMALY),
        (RawRow, ("locator", "cells")),
    )
    said: list[str] = []
    for model, names in tables:
        own = model.id if model is Delivery else model.delivery_id
        more = ["account_id"] if model is DeliveryAccount else []
        query = columns(col(own).label("delivery_id"), *_columns(model, *more, *names)).where(
            model.firm_id == ctx.firm_id
        )
        named = _read(ctx, query).join(files, on="delivery_id", how="left")
        if more:
            named = named.join(accounts, on="account_id", how="left")
        text = pl.lit(f"{model.__tablename__}|") + _text("file", *(["key"] if more else []), *names)
        said += named.select(text=text)["text"].to_list()
    return said


def _reports(ctx: Context, supports: pl.DataFrame, files: pl.DataFrame) -> list[str]:
    """Return what files said of supports, and of what funds hold, as sentences to sort."""
    query = columns(
        col(FundReport.id).label("report_id"),
        *_columns(FundReport, "instrument_id", "delivery_id", *REPORT),
    ).where(
        col(FundReport.firm_id) == ctx.firm_id,
        col(FundReport.delivery_id).is_not(None),
        col(FundReport.state) != "cancelled",
    )
    named = _read(ctx, query).join(supports, on="instrument_id", how="left")
    heads = named.join(files, on="delivery_id", how="left").select(
        "report_id", head=_text("support", "file", *REPORT)
    )
    said = [heads["head"].to_list()]
    for model, names in ((FundFact, FACT), (FundLine, HELD)):
        rows = columns(*_columns(model, "report_id", *names)).where(
            col(model.firm_id) == ctx.firm_id
        )
        told = _read(ctx, rows).join(heads, on="report_id")
        said.append(told.select(text=_text("head", *names))["text"].to_list())
    return ["R|" + text for part in said for text in part]


def _prices(ctx: Context, supports: pl.DataFrame) -> list[str]:
    """Return the prices that files of prices and partners' lines brought, as sentences to sort."""
    brought = pl.concat([sourced_prices(ctx, prefix) for prefix in (VENDOR, PARTNER)])
    held = brought.join(supports, on="instrument_id", how="left")
    said = held.select(text=_text("support", "day", "value", "currency", "kind", "source"))
    return ["P|" + text for text in said["text"]]


def _rates(ctx: Context) -> list[str]:
    query = columns(*_columns(PendingRate, "currency", "day", "units_per_euro", "source")).where(
        col(PendingRate.firm_id) == ctx.firm_id
    )
    said = _read(ctx, query).select(text=_text("currency", "day", "units_per_euro", "source"))
    return ["X|" + text for text in said["text"]]
