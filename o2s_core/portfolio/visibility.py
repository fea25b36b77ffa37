"""Which accounts a user may see."""

from sqlalchemy import ColumnElement, Select, or_, true
from sqlalchemy import select as columns
from sqlmodel import col

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
    return or_(
        perimeters.inside(ctx, Account.adviser_id),
        col(Account.id).in_(_held_by_mine(ctx)),
    )


def visible_of_few(ctx: Context) -> ColumnElement[bool]:
    """Return the condition of `visible`, asked of each account: for a query that names a few."""
    if ctx.perimeter.everyone:
        return true()
    mine = _held_by_mine(ctx).where(col(AccountHolder.account_id) == col(Account.id))
    return or_(perimeters.inside(ctx, Account.adviser_id), mine.correlate(Account).exists())


def _held_by_mine(ctx: Context) -> Select[int]:
    """Return the accounts that a contact of the user's perimeter holds."""
    return (
        columns(col(AccountHolder.account_id))
        .join(Contact, col(Contact.id) == col(AccountHolder.contact_id))
        .where(
            col(AccountHolder.firm_id) == ctx.firm_id,
            perimeters.inside(ctx, Contact.adviser_id),
        )
    )
