"""Which files came, and what did each become? (Livraisons)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from o2s_core import store
from o2s_core.aggregation.formats import FORMATS
from o2s_core.aggregation.fund_files.outcomes import funds_of
from o2s_core.aggregation.models import (
    Anomaly,
    Delivery,
    DeliveryAccount,
    DeliveryStep,
    Feed,
    RawRow,
)
from o2s_core.aggregation.report import COUNTS, SEVERITIES
from o2s_core.aggregation.scoping import accounts_inside, anomalies_inside, deliveries_inside
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.market.models import Provider
from o2s_core.portfolio.models import Account

#: One row per delivery, newest first.
DELIVERIES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "received_at": pl.Datetime("us", "UTC"),
        "file_name": pl.String(),
        "feed": pl.String(),
        "partner": pl.String(),
        "format": pl.String(),
        "state": pl.String(),
        "as_of": pl.Date(),
        "accounts": pl.Int64(),
        "waiting": pl.Int64(),  # accounts to attach or in quarantine
        "situations_new": pl.Int64(),
        "movements_new": pl.Int64(),
        "errors": pl.Int64(),
        "message": pl.String(),
    }
)
#: One row per account of a delivery.
DELIVERY_ACCOUNTS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "external_id": pl.String(),
        "state": pl.String(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "partner": pl.String(),
        "label": pl.String(),
        "holder": pl.String(),
        "as_of": pl.Date(),
        "total": pl.Decimal(38, 8),
        "currency": pl.String(),
        "lines": pl.Int64(),
        "movements": pl.Int64(),
        "reason": pl.String(),
    }
)
#: One row per anomaly.
ANOMALY_ROWS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "delivery_id": pl.Int64(),
        "received_at": pl.Datetime("us", "UTC"),
        "file_name": pl.String(),
        "external_id": pl.String(),
        "code": pl.String(),
        "severity": pl.String(),
        "locator": pl.String(),
        "field": pl.String(),
        "raw": pl.String(),
        "message": pl.String(),
        "decided_at": pl.Datetime("us", "UTC"),
        "decision": pl.String(),
    }
)
STEPS: Final = pl.Schema(
    {"state": pl.String(), "at": pl.Datetime("us", "UTC"), "actor": pl.String()}
)
RAW_ROWS: Final = pl.Schema({"locator": pl.String(), "cells": pl.String()})
SHOWN: Final = 2_000


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries are wanted; empty means all."""

    states: tuple[str, ...] = ()
    feed: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class DeliveryCard:
    """A delivery in full, as far as the user may see."""

    id: int
    file_name: str
    sha256: str
    size: int
    received_at: datetime
    channel: str
    feed: str
    partner: str
    format: str
    mapping_code: str
    mapping_revision: int | None
    state: str
    message: str
    as_of: date | None
    duplicate_of: int | None
    counts: dict[str, int]
    steps: pl.DataFrame
    accounts: pl.DataFrame
    funds: pl.DataFrame  #: schema `DELIVERY_FUNDS`
    anomalies: pl.DataFrame
    whole: bool  #: the user sees every account of it

    @property
    def format_label(self) -> str:
        """Return the format as the screen says it."""
        return FORMATS[self.format].label if self.format in FORMATS else "Non reconnu"

    @property
    def mapping(self) -> str:
        """Return by what the file was read, as the screen says it."""
        if not self.mapping_code:
            return "Aucune : format lu directement" if self.counts["rows"] else ""
        revision = f"version {self.mapping_revision}" if self.mapping_revision else "du produit"
        return f"{self.mapping_code}, {revision}"

    @property
    def stopped(self) -> pl.DataFrame:
        """Return the accounts in quarantine (schema `DELIVERY_ACCOUNTS`)."""
        return self.accounts.filter(pl.col("state") == "quarantined")

    @property
    def unknown(self) -> pl.DataFrame:
        """Return the accounts to attach (schema `DELIVERY_ACCOUNTS`)."""
        return self.accounts.filter(pl.col("state") == "to_attach")

    @property
    def stopped_funds(self) -> pl.DataFrame:
        """Return the supports in quarantine (schema `DELIVERY_FUNDS`)."""
        return self.funds.filter(pl.col("state") == "quarantined")

    @property
    def may_cancel(self) -> bool:
        """Return whether there is something to take back."""
        return self.state in {"committed", "partly_committed", "quarantined", "superseded"}

    @property
    def may_retry(self) -> bool:
        """Return whether the file may be read again: nothing of it is committed."""
        states = {*self.accounts["state"], *self.funds["state"]}
        untouched = not states & {"committed", "unchanged"}
        return self.state in {"rejected", "quarantined"} and untouched and self._is_readable

    @property
    def _is_readable(self) -> bool:
        """Return whether the bytes are one file, which can be read again."""
        return bool(self.sha256) and self.format != "zip"


def deliveries(ctx: Context, asked: DeliveryFilter | None = None) -> pl.DataFrame:
    """Return the deliveries that the user may see, newest first (schema `DELIVERIES`)."""
    ctx.require(Permission.FEED_READ)
    wanted = asked or DeliveryFilter()
    query = (
        select(Delivery, Feed.label, Provider.name)
        .outerjoin(Feed, col(Feed.id) == col(Delivery.feed_id))
        .outerjoin(Provider, col(Provider.id) == col(Feed.provider_id))
        .where(Delivery.firm_id == ctx.firm_id, deliveries_inside(ctx), *_conditions(wanted))
        .order_by(col(Delivery.received_at).desc(), col(Delivery.id).desc())
        .limit(SHOWN)
    )
    with store.reading(ctx) as session:
        rows = session.exec(query).all()
        counted = _counted(session, ctx, [row.id or 0 for row, _, _ in rows])
    return pl.DataFrame([_row(*found, counted) for found in rows], DELIVERIES)


def _conditions(wanted: DeliveryFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.states:
        yield col(Delivery.state).in_(wanted.states)
    if wanted.feed:
        yield col(Feed.code) == wanted.feed
    if wanted.since:
        yield col(Delivery.received_at) >= datetime.combine(wanted.since, time.min, PARIS)


def _counted(session: Session, ctx: Context, ids: list[int]) -> dict[int, tuple[int, int]]:
    waits = col(DeliveryAccount.state).in_(("to_attach", "quarantined"))
    rows = session.exec(
        select(DeliveryAccount.delivery_id, func.count(), func.count().filter(waits))
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            col(DeliveryAccount.delivery_id).in_(ids),
            accounts_inside(ctx),
        )
        .group_by(col(DeliveryAccount.delivery_id))
    )
    return {delivery_id: (count, waiting) for delivery_id, count, waiting in rows}


def _row(
    row: Delivery, feed: str | None, partner: str | None, counted: dict[int, tuple[int, int]]
) -> dict[str, Any]:
    own = [n for n in DELIVERIES if n not in {"feed", "partner", "accounts", "waiting"}]
    accounts, waiting = counted.get(row.id or 0, (0, 0))
    found = {name: getattr(row, name) for name in own}
    named = {"feed": feed or row.asked_feed, "partner": partner or ""}
    return found | named | {"accounts": accounts, "waiting": waiting}


def delivery(ctx: Context, delivery_id: int) -> DeliveryCard:
    """Return one delivery in full: its states, its accounts, its anomalies."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        row = one_delivery_inside(session, ctx, delivery_id)
        feed = session.get(Feed, row.feed_id) if row.feed_id else None
        provider = session.get(Provider, feed.provider_id) if feed else None
        steps = _steps(session, ctx, delivery_id)
        accounts = _accounts(session, ctx, row.duplicate_of or delivery_id)
        count = _total(session, ctx, row.duplicate_of or delivery_id)
    own = (
        "file_name", "sha256", "size", "received_at", "channel", "format", "mapping_code",
        "mapping_revision", "state", "message", "as_of", "duplicate_of",
    )  # fmt: skip
    return DeliveryCard(
        id=delivery_id,
        feed=feed.label if feed else row.asked_feed,
        partner=_partners(provider, accounts),
        counts={name: getattr(row, name) for name in COUNTS},
        steps=steps,
        accounts=accounts,
        funds=funds_of(ctx, row.duplicate_of or delivery_id),
        anomalies=anomalies(ctx, delivery_id=delivery_id),
        whole=accounts.height == count,
        **{name: getattr(row, name) for name in own},
    )


def _partners(provider: Provider | None, accounts: pl.DataFrame) -> str:
    """Return who the accounts are kept by, when the file says it, else whose the feed is."""
    told = sorted(set(accounts["partner"]) - {""})
    if len(told) > 1:
        return f"{len(told)} partenaires"
    return told[0] if told else provider.name if provider else ""


def one_delivery_inside(session: Session, ctx: Context, delivery_id: int) -> Delivery:
    """Return a delivery that the user may see, or say that there is none."""
    query = select(Delivery).where(
        Delivery.firm_id == ctx.firm_id, deliveries_inside(ctx), Delivery.id == delivery_id
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFoundError("Livraison", delivery_id)
    return found


def _steps(session: Session, ctx: Context, delivery_id: int) -> pl.DataFrame:
    rows = session.exec(
        select(DeliveryStep.state, DeliveryStep.at, DeliveryStep.actor)
        .where(DeliveryStep.firm_id == ctx.firm_id, DeliveryStep.delivery_id == delivery_id)
        .order_by(col(DeliveryStep.id))
    ).all()
    return pl.DataFrame([tuple(row) for row in rows], STEPS, orient="row")


def _total(session: Session, ctx: Context, delivery_id: int) -> int:
    query = select(func.count()).where(
        DeliveryAccount.firm_id == ctx.firm_id, DeliveryAccount.delivery_id == delivery_id
    )
    return session.exec(query).one()


def _accounts(session: Session, ctx: Context, delivery_id: int) -> pl.DataFrame:
    rows = session.exec(
        select(DeliveryAccount, Account.label, Provider.name)
        .outerjoin(Account, col(Account.id) == col(DeliveryAccount.account_id))
        .outerjoin(Provider, col(Provider.id) == col(DeliveryAccount.provider_id))
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            DeliveryAccount.delivery_id == delivery_id,
            accounts_inside(ctx),
        )
        .order_by(col(DeliveryAccount.id))
    ).all()
    own = [n for n in DELIVERY_ACCOUNTS if n not in {"account", "partner"}]
    found = [
        {name: getattr(row, name) for name in own}
        | {"account": label or "", "partner": partner or ""}
        for row, label, partner in rows
    ]
    return pl.DataFrame(found, DELIVERY_ACCOUNTS)


def anomalies(
    ctx: Context, *, delivery_id: int | None = None, open_only: bool = False, severity: str = ""
) -> pl.DataFrame:
    """Return the anomalies that the user may see, newest delivery first (`ANOMALY_ROWS`).

    An anomaly of an account follows the account; one of the whole file is for who
    sees all of it.
    """
    ctx.require(Permission.FEED_READ)
    query = (
        select(Anomaly, Delivery)
        .join(Delivery, col(Delivery.id) == col(Anomaly.delivery_id))
        .where(Anomaly.firm_id == ctx.firm_id, anomalies_inside(ctx))
        .order_by(col(Delivery.id).desc(), col(Anomaly.id))
        .limit(SHOWN)
    )
    if delivery_id is not None:
        query = query.where(Delivery.id == delivery_id)
    if severity:
        query = query.where(Anomaly.severity == severity)
    if open_only:
        query = query.where(
            col(Anomaly.decided_at).is_(None), col(Delivery.state).not_in(("cancelled",))
        )
    with store.reading(ctx) as session:
        rows = session.exec(query).all()
    own = [n for n in ANOMALY_ROWS if n not in {"received_at", "file_name"}]
    found = [
        {name: getattr(row, name) for name in own}
        | {"received_at": of.received_at, "file_name": of.file_name}
        for row, of in rows
    ]
    return pl.DataFrame(found, ANOMALY_ROWS)


def severities(found: pl.DataFrame) -> dict[str, int]:
    """Return how many anomalies there are of each severity."""
    counted = dict(found["severity"].value_counts().iter_rows())
    return {code: counted.get(code, 0) for code in SEVERITIES}


def raw_rows(ctx: Context, delivery_id: int, *, limit: int = 500) -> pl.DataFrame:
    """Return the rows of a file as they were written (schema `RAW_ROWS`).

    Only for who sees the whole delivery: a raw row may speak of anybody.
    """
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        found = one_delivery_inside(session, ctx, delivery_id)
        first = found.duplicate_of or delivery_id
        if _accounts(session, ctx, first).height < _total(session, ctx, first):
            return RAW_ROWS.to_frame()
        rows = session.exec(
            select(RawRow.locator, RawRow.cells)
            .where(RawRow.firm_id == ctx.firm_id, RawRow.delivery_id == first)
            .order_by(col(RawRow.id))
            .limit(limit)
        ).all()
    return pl.DataFrame([tuple(row) for row in rows], RAW_ROWS, orient="row")
