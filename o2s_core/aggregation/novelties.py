"""What is new for my clients since I last looked? (alertes techniques, panneau d'Accueil)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from o2s_core import store
from o2s_core.administration.models import User
from o2s_core.aggregation.incidents.listing import open_alerts
from o2s_core.aggregation.models import Delivery, DeliveryAccount
from o2s_core.aggregation.reconciliation.listing import my_breaks
from o2s_core.aggregation.scoping import accounts_inside
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.market.models import Instrument


@dataclass(frozen=True, slots=True)
class Notification:
    """One line of the bell: what happened, where it leads, when."""

    text: str
    href: str
    when: str


@dataclass(frozen=True, slots=True)
class ToImport:
    """What waits for a decision: the panel of new clients and portfolios to import."""

    to_attach: int
    quarantined: int
    unknown_instruments: int
    new_data: int  #: accounts of the perimeter that got data since the last look
    alerts: int = 0  #: technical alerts nobody dealt with
    breaks: int = 0  #: open breaks that are the work of the user


def news(ctx: Context) -> tuple[Notification, ...]:
    """Return the technical notifications of the user: new data, and what waits (S-102)."""
    ctx.require(Permission.NOTIFICATION_VIEW)
    if not ctx.may(Permission.PORTFOLIO_READ):
        return ()
    with store.reading(ctx) as session:
        fresh = _fresh(session, ctx)
        waiting = _waiting(session, ctx)
    may_open = ctx.may(Permission.FEED_READ)
    return tuple(
        [_of_delivery(*row, may_open=may_open) for row in fresh]
        + (_of_waiting(waiting | _mine(ctx), ctx.user_id) if may_open else [])
    )


def _fresh(session: Session, ctx: Context) -> list[tuple[Delivery, int]]:
    """Return the deliveries that brought data to my accounts since my last look."""
    query = (
        select(Delivery, func.count())
        .join(DeliveryAccount, col(DeliveryAccount.delivery_id) == col(Delivery.id))
        .where(
            Delivery.firm_id == ctx.firm_id,
            DeliveryAccount.state == "committed",
            Delivery.state != "cancelled",
            accounts_inside(ctx),
        )
        .group_by(col(Delivery.id))
        .order_by(col(Delivery.id).desc())
        .limit(5)
    )
    seen = _seen_at(session, ctx)
    if seen is not None:
        query = query.where(Delivery.received_at > seen)
    return [(row, count) for row, count in session.exec(query)]


def _seen_at(session: Session, ctx: Context) -> datetime | None:
    query = select(User.seen_deliveries_at).where(
        User.firm_id == ctx.firm_id, User.id == ctx.user_id
    )
    return session.exec(query).first()


def _of_delivery(row: Delivery, count: int, *, may_open: bool) -> Notification:
    at = row.received_at.astimezone(PARIS)
    accounts = "1 compte" if count == 1 else f"{count} comptes"
    return Notification(
        f"Nouvelles données d'agrégation : {accounts}",
        f"/livraison?livraison={row.id}" if may_open else "/contacts",
        f"{french.day(at.date())} {at:%H:%M}",
    )


def _waiting(session: Session, ctx: Context) -> dict[str, int]:
    rows = session.exec(
        select(DeliveryAccount.state, func.count())
        .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            col(DeliveryAccount.state).in_(("to_attach", "quarantined")),
            Delivery.state != "cancelled",
            accounts_inside(ctx),
        )
        .group_by(col(DeliveryAccount.state))
    )
    return dict(rows.all())


def _mine(ctx: Context) -> dict[str, int]:
    """Return what waits for the person: alerts that nobody took, breaks that are theirs."""
    return {"alerts": open_alerts(ctx), "breaks": my_breaks(ctx)}


def _of_waiting(waiting: dict[str, int], user_id: int | None) -> list[Notification]:
    said: list[tuple[str, str, str]] = [
        ("to_attach", "compte{s} à rattacher", "/comptes-a-rattacher"),
        ("quarantined", "compte{s} en quarantaine", "/anomalies"),
        ("alerts", "alerte{s} technique{s}", "/flux"),
        ("breaks", "écart{s} ouvert{s} à votre nom", f"/ecarts?responsable={user_id}"),
    ]
    return [
        Notification(f"{n} {label.format(s='s' if n > 1 else '')}", href, "")
        for state, label, href in said
        if (n := waiting.get(state, 0))
    ]


def to_import(ctx: Context) -> ToImport:
    """Return what waits for a decision in the user's perimeter (S-021, S-022)."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        waiting = _waiting(session, ctx)
        fresh = _fresh(session, ctx)
        unknown = session.exec(
            select(func.count()).where(
                Instrument.firm_id == ctx.firm_id,
                col(Instrument.status).in_(("provisional", "unidentified")),
            )
        ).one()
    return ToImport(
        waiting.get("to_attach", 0),
        waiting.get("quarantined", 0),
        unknown,
        sum(count for _, count in fresh),
        open_alerts(ctx),
        my_breaks(ctx),
    )


def mark_seen(ctx: Context) -> None:
    """Note that the user has looked at the deliveries: the bell starts afresh."""
    ctx.require(Permission.NOTIFICATION_VIEW)
    if ctx.user_id is None:
        return
    with store.tx(ctx) as tx:
        user: Any = tx.session.exec(
            select(User).where(User.firm_id == ctx.firm_id, User.id == ctx.user_id)
        ).one()
        user.seen_deliveries_at = ctx.now
