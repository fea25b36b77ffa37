"""Which technical alerts are for me, and what do I do with one? (prendre, classer)."""

from collections.abc import Iterable
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import Session, col, func, select

from o2s_core import store
from o2s_core.administration.identity import name_of
from o2s_core.administration.models import User
from o2s_core.aggregation.incidents.kinds import ALERT_KINDS
from o2s_core.aggregation.models import Feed, TechnicalAlert
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account
from o2s_core.portfolio.visibility import visible

#: One row per alert that lives, the most serious and oldest first.
ALERTS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "code": pl.String(),
        "label": pl.String(),
        "severity": pl.String(),
        "state": pl.String(),
        "message": pl.String(),
        "action": pl.String(),
        "feed": pl.String(),
        "delivery_id": pl.Int64(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "owner": pl.String(),  # "" : whoever manages feeds, or the advisers of the account
        "decided_by": pl.String(),
        "reason": pl.String(),
        "since": pl.Datetime("us", "UTC"),
        "age_days": pl.Int64(),
        "href": pl.String(),
    }
)


def alerts_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that an alert is for the user.

    One of an account follows the account; one of a feed is for its owner, and
    for those who manage feeds.
    """
    accounts = select(Account.id).where(col(Account.firm_id) == ctx.firm_id, visible(ctx))
    mine = false() if ctx.user_id is None else col(TechnicalAlert.owner_id) == ctx.user_id
    of_account = col(TechnicalAlert.account_id).in_(accounts)
    if not ctx.may(Permission.FEED_WRITE):
        return or_(of_account, and_(mine, col(TechnicalAlert.account_id).is_(None)))
    return or_(of_account, col(TechnicalAlert.account_id).is_(None))


def alerts(ctx: Context, *, dismissed: bool = False) -> pl.DataFrame:
    """Return the alerts that live and are for the user (schema `ALERTS`).

    Those classed without action are left out unless `dismissed`.
    """
    ctx.require(Permission.FEED_READ)
    query = (
        select(TechnicalAlert, Feed.label, Account.label)
        .outerjoin(Feed, col(Feed.id) == col(TechnicalAlert.feed_id))
        .outerjoin(Account, col(Account.id) == col(TechnicalAlert.account_id))
        .where(
            TechnicalAlert.firm_id == ctx.firm_id,
            col(TechnicalAlert.live_key).is_not(None),
            alerts_inside(ctx),
        )
        .order_by(col(TechnicalAlert.since), col(TechnicalAlert.id))
    )
    if not dismissed:
        query = query.where(TechnicalAlert.state != "dismissed")
    with store.reading(ctx) as session:
        rows = session.exec(query).all()
        names = _names(session, ctx, [row for row, _, _ in rows])
    order = list(ALERT_KINDS)
    told = [_row(ctx, row, feed, account, names) for row, feed, account in rows]
    told.sort(key=lambda line: order.index(line["code"]))
    return pl.DataFrame(told, ALERTS)


def open_alerts(ctx: Context) -> int:
    """Return how many alerts are for the user and taken by nobody."""
    query = select(func.count()).where(
        TechnicalAlert.firm_id == ctx.firm_id, TechnicalAlert.state == "open", alerts_inside(ctx)
    )
    with store.reading(ctx) as session:
        return session.exec(query).one()


def _names(session: Session, ctx: Context, rows: Iterable[TechnicalAlert]) -> dict[int, str]:
    ids = {i for row in rows for i in (row.owner_id, row.decided_by) if i is not None}
    query = select(User).where(User.firm_id == ctx.firm_id, col(User.id).in_(ids))
    return {user.id or 0: name_of(user) for user in session.exec(query)}


def _row(
    ctx: Context, row: TechnicalAlert, feed: str | None, account: str | None, names: dict[int, str]
) -> dict[str, Any]:
    kind = ALERT_KINDS[row.code]
    own = ("id", "code", "state", "message", "delivery_id", "account_id", "reason", "since")
    return {name: getattr(row, name) for name in own} | {
        "label": kind.label,
        "severity": kind.severity,
        "action": kind.action,
        "feed": feed or "",
        "account": account or "",
        "owner": names.get(row.owner_id or 0, ""),
        "decided_by": names.get(row.decided_by or 0, ""),
        "age_days": (ctx.now - row.since).days,
        "href": f"/livraison?livraison={row.delivery_id}" if row.delivery_id else "/flux",
    }


def take_alert(ctx: Context, alert_id: int) -> None:
    """Say that I deal with an alert: the others see who does."""
    ctx.require(Permission.FEED_RECEIVE)
    _decide(ctx, alert_id, "taken", "take", "")


def dismiss_alert(ctx: Context, alert_id: int, reason: str) -> None:
    """Class an alert without action; it stays so while its cause lasts, with the reason."""
    ctx.require(Permission.FEED_RECEIVE)
    if not reason.strip():
        raise InvalidInputError("Veuillez renseigner : Motif.")
    _decide(ctx, alert_id, "dismissed", "dismiss", reason.strip())


def _decide(ctx: Context, alert_id: int, state: str, action: str, reason: str) -> None:
    with store.tx(ctx) as tx:
        row = tx.session.exec(
            select(TechnicalAlert).where(
                TechnicalAlert.firm_id == ctx.firm_id,
                TechnicalAlert.id == alert_id,
                col(TechnicalAlert.live_key).is_not(None),
                alerts_inside(ctx),
            )
        ).first()
        if row is None:
            raise NotFoundError("Alerte", alert_id)
        row.state, row.decided_by, row.reason = state, ctx.user_id, reason
        tx.add(row)
        tx.audit(action, "technical_alert", alert_id, after={"code": row.code, "state": state})
        tx.touch("aggregation")
