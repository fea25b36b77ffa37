"""What a stored contact says of itself: as the form that edits it, as the text it is found by."""

from dataclasses import fields

from sqlalchemy import select
from sqlmodel import col

from o2s_core.contacts.identity import ContactForm
from o2s_core.contacts.models import Contact, ContactReach
from o2s_core.kernel.identifiers import search_key
from o2s_core.store import Tx


def form_of(row: Contact) -> ContactForm:
    """Return the facts of a stored contact as the form that edits them."""
    return ContactForm(**{f.name: getattr(row, f.name) for f in fields(ContactForm)})


def renew_search_key(tx: Tx, row: Contact) -> None:
    """Write again under which text a contact is found, every telephone and e-mail included."""
    said = form_of(row).search_key().split()
    others = (word for value in _reached(tx, row) for word in search_key(value).split())
    row.search_key = " ".join(dict.fromkeys([*said, *others]))
    tx.add(row)


def _reached(tx: Tx, row: Contact) -> list[str]:
    """Return the telephones and e-mails as they will be once the open write is done."""
    own = (col(ContactReach.firm_id) == row.firm_id, col(ContactReach.contact_id) == row.id)
    kept = tx.session.execute(select(ContactReach).where(*own)).scalars().all()
    added = (r for r in tx.session.new if isinstance(r, ContactReach) and r.contact_id == row.id)
    return sorted(r.value for r in (*kept, *added) if r not in tx.session.deleted)
