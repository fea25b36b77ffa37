"""What of a delivery may a user see, and take back? (périmètre)."""

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import Session, col, select

from o2s_core.administration.models import User
from o2s_core.aggregation.models import Anomaly, Delivery, DeliveryAccount, DeliveryFund
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account
from o2s_core.portfolio.visibility import visible


def accounts_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that an account of a delivery is for the user's eyes.

    An attached account follows the perimeter of the account. One that waits to be
    attached belongs to nobody yet: it is seen by those who may attach and see the
    whole firm, by whoever brought the file, and by those for whom its broker code stands.
    """
    if ctx.perimeter.everyone:
        return true()
    mine = select(Account.id).where(col(Account.firm_id) == ctx.firm_id, visible(ctx))
    attached = col(DeliveryAccount.account_id).in_(mine)
    if ctx.user_id is None or not ctx.may(Permission.FEED_ATTACH):
        return attached
    waiting = col(DeliveryAccount.account_id).is_(None)
    brought = col(DeliveryAccount.created_by) == ctx.user_id
    return or_(attached, and_(waiting, or_(brought, _routed(ctx))))


def _routed(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a broker code stands for an adviser, or an agency, of mine."""
    advisers = sorted(ctx.perimeter.adviser_ids)
    agencies = select(User.agency_id).where(
        col(User.firm_id) == ctx.firm_id,
        col(User.id).in_(advisers),
        col(User.agency_id).is_not(None),
    )
    return or_(
        col(DeliveryAccount.adviser_id).in_(advisers), col(DeliveryAccount.agency_id).in_(agencies)
    )


def deliveries_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a delivery is for the user's eyes.

    Who sees everybody sees all; others, what they brought, what speaks of an
    account of theirs, and what speaks of supports only.
    """
    if ctx.perimeter.everyone:
        return true()
    spoken = select(DeliveryAccount.delivery_id).where(
        col(DeliveryAccount.firm_id) == ctx.firm_id, accounts_inside(ctx)
    )
    return or_(col(Delivery.id).in_(spoken), _of_funds(ctx), _brought(ctx))


def anomalies_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that an anomaly is for the user's eyes.

    One of an account follows the account. One of the file may quote a row about
    anybody: it is for who sees the whole file, and for who brought it.
    """
    if ctx.perimeter.everyone:
        return true()
    seen = select(DeliveryAccount.id).where(
        col(DeliveryAccount.firm_id) == ctx.firm_id,
        col(DeliveryAccount.delivery_id) == col(Anomaly.delivery_id),
        col(DeliveryAccount.external_id) == col(Anomaly.external_id),
        accounts_inside(ctx),
    )
    files = select(Delivery.id).where(
        col(Delivery.firm_id) == ctx.firm_id, deliveries_inside(ctx), answerable(ctx)
    )
    of_file = and_(col(Anomaly.external_id) == "", col(Anomaly.delivery_id).in_(files))
    of_fund = select(DeliveryFund.id).where(
        col(DeliveryFund.firm_id) == ctx.firm_id,
        col(DeliveryFund.delivery_id) == col(Anomaly.delivery_id),
        col(DeliveryFund.fund) == col(Anomaly.external_id),
    )
    return or_(seen.exists(), of_fund.exists(), of_file)


def answerable(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a delivery is the user's: every account inside, or brought."""
    if ctx.perimeter.everyone:
        return true()
    seen = select(DeliveryAccount.id).where(
        col(DeliveryAccount.firm_id) == ctx.firm_id, accounts_inside(ctx)
    )
    foreign = select(DeliveryAccount.id).where(
        col(DeliveryAccount.firm_id) == ctx.firm_id,
        col(DeliveryAccount.delivery_id) == col(Delivery.id),
        col(DeliveryAccount.id).not_in(seen),
    )
    return or_(~foreign.exists(), _brought(ctx))


def require_answerable(session: Session, ctx: Context, delivery_id: int) -> None:
    """Refuse to redo a delivery that also changes accounts of other people's clients."""
    query = select(Delivery.id).where(
        Delivery.firm_id == ctx.firm_id, Delivery.id == delivery_id, answerable(ctx)
    )
    if session.exec(query).first() is None:
        raise InvalidInputError(
            "Cette livraison porte aussi sur des comptes hors de votre périmètre : demandez à "
            "une personne qui voit tout le cabinet."
        )


def _of_funds(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a delivery describes supports: nobody's data."""
    described = select(DeliveryFund.delivery_id).where(col(DeliveryFund.firm_id) == ctx.firm_id)
    return col(Delivery.id).in_(described)


def _brought(ctx: Context) -> ColumnElement[bool]:
    return false() if ctx.user_id is None else col(Delivery.created_by) == ctx.user_id
