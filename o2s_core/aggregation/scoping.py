"""Which accounts of a delivery may a user see? (périmètre)."""

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import col, select

from o2s_core.aggregation.models import DeliveryAccount
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account
from o2s_core.portfolio.visibility import visible


def accounts_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that an account of a delivery is for the user's eyes.

    An attached account follows the perimeter of the account. One that waits to be
    attached belongs to nobody yet: it is seen by those who may attach and see the
    whole firm, and by whoever brought the file.
    """
    if ctx.perimeter.everyone:
        return true()
    mine = select(Account.id).where(col(Account.firm_id) == ctx.firm_id, visible(ctx))
    attached = col(DeliveryAccount.account_id).in_(mine)
    if ctx.user_id is None or not ctx.may(Permission.FEED_ATTACH):
        return attached
    brought = and_(
        col(DeliveryAccount.account_id).is_(None),
        col(DeliveryAccount.created_by) == ctx.user_id,
    )
    return or_(attached, brought)
