"""Whose documents are those of contacts: who may see them, and what their owners are called."""

from typing import Final

from sqlalchemy import select
from sqlmodel import col

from o2s_core import documents
from o2s_core.contacts.models import Contact
from o2s_core.contacts.names import names_of
from o2s_core.contacts.visible import contacts_inside
from o2s_core.documents import OwnerKind
from o2s_core.kernel.permissions import Permission

CONTACT_PAPERS: Final = documents.declare_owner(
    OwnerKind(
        "contact",
        "Contact",
        Permission.DOCUMENT_READ,
        Permission.DOCUMENT_WRITE,
        lambda ctx: select(col(Contact.id)).where(contacts_inside(ctx)),
        names_of,
    )
)
