"""Whose documents are those of accounts: whoever may see the account."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select
from sqlmodel import col

from o2s_core import contacts, documents, store
from o2s_core.contacts.models import Contact, HouseholdMember
from o2s_core.contacts.visible import contacts_inside, one_contact
from o2s_core.documents import OwnerKind
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account, AccountHolder
from o2s_core.portfolio.visibility import visible


def _named(ctx: Context, ids: Collection[int]) -> Mapping[int, str]:
    query = select(col(Account.id), col(Account.label), col(Account.number)).where(
        col(Account.firm_id) == ctx.firm_id, visible(ctx), col(Account.id).in_(sorted(ids))
    )
    with store.reading(ctx) as session:
        return {i: f"{label} {number}".strip() for i, label, number in session.execute(query)}


ACCOUNT_PAPERS: Final = documents.declare_owner(
    OwnerKind(
        "account",
        "Contrat",
        Permission.DOCUMENT_READ,
        Permission.DOCUMENT_WRITE,
        lambda ctx: select(col(Account.id)).where(
            col(Account.firm_id) == ctx.firm_id, visible(ctx)
        ),
        _named,
    )
)


def paper_owners(ctx: Context, contact_id: int) -> dict[tuple[str, int], str]:
    """Return with whom the papers of a file lie, by name: the contact, its members, its contracts.

    Keys are `(kind, id)` as documents know their owners; the contact comes first. A
    household brings those of its members who are in the perimeter.
    """
    ctx.require(Permission.DOCUMENT_READ)
    with store.reading(ctx) as session:
        row = one_contact(ctx, session, contact_id)
        people = [contact_id]
        if row.kind == "household":
            members = (
                select(col(Contact.id))
                .join(HouseholdMember, col(HouseholdMember.contact_id) == col(Contact.id))
                .where(contacts_inside(ctx), col(HouseholdMember.household_id) == contact_id)
            )
            people += session.execute(members).scalars().all()
        held = (
            select(col(AccountHolder.account_id))
            .where(col(AccountHolder.firm_id) == ctx.firm_id)
            .where(col(AccountHolder.contact_id).in_(people))
        )
        accounts = sorted(set(session.execute(held).scalars().all()))
    people_named = contacts.names_of(ctx, people)
    named = {("contact", i): people_named.get(i, "") for i in people}
    return named | {("account", i): name for i, name in _named(ctx, accounts).items()}
