"""Which accounts a user may see."""

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import col, select

from o2s_core.administration import perimeters
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.portfolio.models import Account, AccountHolder


def visible(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that an account is in the user's perimeter.

    An account is visible when its adviser, or the adviser of any holder, is
    inside. Every query about accounts starts with it.
    """
    if ctx.perimeter.everyone:
        return true()
    held_by_mine = (
        select(AccountHolder.account_id)
        .join(Contact, col(Contact.id) == col(AccountHolder.contact_id))
        .where(
            col(AccountHolder.firm_id) == ctx.firm_id,
            perimeters.inside(ctx, Contact.adviser_id),
        )
    )
    return or_(
        perimeters.inside(ctx, Account.adviser_id),
        col(Account.id).in_(held_by_mine),
    )
