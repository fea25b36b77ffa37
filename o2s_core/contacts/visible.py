"""Which contacts a user may see: the ground on which every question of this package stands."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, select

from o2s_core.administration import perimeters
from o2s_core.contacts.models import Contact, ContactGroup
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError


def contacts_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a contact belongs to the firm and to the perimeter."""
    return and_(Contact.firm_id == ctx.firm_id, perimeters.inside(ctx, Contact.adviser_id))


def groups_inside(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a named group belongs to the firm and to the perimeter."""
    return and_(
        ContactGroup.firm_id == ctx.firm_id, perimeters.inside(ctx, ContactGroup.adviser_id)
    )


def one_contact(ctx: Context, session: Session, reference: int | str) -> Contact:
    """Return a contact by its id or its file code; elsewhere and nowhere read the same."""
    if isinstance(reference, int):
        by = col(Contact.id) == reference
    else:
        code = reference.replace("\x00", "").strip()  # PostgreSQL takes no NUL
        by = col(Contact.file_code).in_([code, code.upper()])
    found = session.exec(select(Contact).where(contacts_inside(ctx), by)).first()
    if found is None:
        raise NotFoundError("Contact", reference)
    return found


def one_group(ctx: Context, session: Session, group_id: int) -> ContactGroup:
    """Return a named group by its id; elsewhere and nowhere read the same."""
    query = select(ContactGroup).where(groups_inside(ctx), ContactGroup.id == group_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFoundError("Regroupement", group_id)
    return found
