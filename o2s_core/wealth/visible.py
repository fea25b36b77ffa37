"""Which goods, loans and budget lines a user may see."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core.administration import perimeters
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.wealth.models import Asset, BudgetItem, Loan, Ownership


def assets_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a good belongs to the firm and to somebody of the perimeter."""
    return (col(Asset.firm_id) == ctx.firm_id) & col(Asset.id).in_(_mine(ctx, Ownership.asset_id))


def loans_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a loan is owed to the firm's knowledge by one of the perimeter."""
    return (col(Loan.firm_id) == ctx.firm_id) & col(Loan.id).in_(_mine(ctx, Ownership.loan_id))


def items_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a budget line is that of somebody of the perimeter."""
    people = columns(col(Contact.id)).where(
        col(Contact.firm_id) == ctx.firm_id, perimeters.inside(ctx, Contact.adviser_id)
    )
    return (col(BudgetItem.firm_id) == ctx.firm_id) & col(BudgetItem.contact_id).in_(people)


def _mine(ctx: Context, what: Any) -> Select[Any]:  # noqa: ANN401
    """Return the things that somebody of the perimeter owns or owes."""
    return (
        columns(col(what))
        .join(Contact, col(Contact.id) == col(Ownership.contact_id))
        .where(
            col(Ownership.firm_id) == ctx.firm_id,
            col(what).is_not(None),
            perimeters.inside(ctx, Contact.adviser_id),
        )
    )


def one_asset(session: Session, ctx: Context, asset_id: int) -> Asset:
    """Return a good; elsewhere and nowhere read the same."""
    found = session.exec(select(Asset).where(assets_inside(ctx), Asset.id == asset_id)).first()
    if found is None:
        raise NotFoundError("Bien", asset_id)
    return found


def one_loan(session: Session, ctx: Context, loan_id: int) -> Loan:
    """Return a loan; elsewhere and nowhere read the same."""
    found = session.exec(select(Loan).where(loans_inside(ctx), Loan.id == loan_id)).first()
    if found is None:
        raise NotFoundError("Prêt", loan_id)
    return found


def held_by(
    session: Session, ctx: Context, name: str, contact_ids: Collection[int]
) -> frozenset[int]:
    """Return the ids of goods (`asset_id`) or loans (`loan_id`) that some people own or owe."""
    column = col(getattr(Ownership, name))
    query = columns(column).where(
        col(Ownership.firm_id) == ctx.firm_id,
        column.is_not(None),
        col(Ownership.contact_id).in_(list(contact_ids)),
    )
    return frozenset(session.execute(query).scalars())
