"""Which papers are in a contact's file, for whom may see the file (Documents)."""

from dataclasses import replace

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import administration, documents, store
from o2s_core.contacts.models import Contact, HouseholdMember
from o2s_core.contacts.visible import contacts_inside, one_contact
from o2s_core.documents import DocumentForm, Kept
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission


def papers(ctx: Context, contact_id: int) -> pl.DataFrame:
    """Return the documents of a contact, or of the members of a household in the perimeter.

    Schema `documents.DOCUMENTS`, the latest first.
    """
    ctx.require(Permission.DOCUMENT_READ)
    with store.reading(ctx) as session:
        row = one_contact(ctx, session, contact_id)
        owners = [contact_id]
        if row.kind == "household":
            owners += _members(ctx, session, contact_id)
        return documents.listed(ctx, owners)


def add_paper(ctx: Context, contact_id: int, form: DocumentForm, data: bytes) -> int:
    """Put a document in a contact's file, and return its id."""
    ctx.require(Permission.DOCUMENT_WRITE)
    with store.tx(ctx) as tx:
        one_contact(ctx, tx.session, contact_id)
        return documents.keep(tx, replace(form, owner_id=contact_id), data)


def paper(ctx: Context, document_id: int) -> Kept:
    """Return where a document is, asked for its owner's file first; elsewhere reads as nowhere."""
    ctx.require(Permission.DOCUMENT_READ)
    found = documents.kept(ctx, document_id)
    with store.reading(ctx) as session:
        mine = (contacts_inside(ctx), Contact.id == found.owner_id)
        if session.exec(select(Contact.id).where(*mine)).first() is None:
            raise NotFoundError("Document", document_id)
    return found


def paper_ticket(ctx: Context, document_id: int) -> str:
    """Return the ticket that fetches a document of the perimeter once."""
    ctx.require(Permission.DOCUMENT_READ)
    found = paper(ctx, document_id)
    return administration.issue_ticket(ctx, found.sha256, found.file_name, found.media_type)


def _members(ctx: Context, session: Session, household_id: int) -> list[int]:
    query = (
        select(Contact.id)
        .join(HouseholdMember, col(HouseholdMember.contact_id) == Contact.id)
        .where(contacts_inside(ctx), HouseholdMember.household_id == household_id)
    )
    return [i for i in session.exec(query).all() if i is not None]
