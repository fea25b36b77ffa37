"""What a stored contact says of itself: as the form that edits it, as the text it is found by."""

from dataclasses import fields

from o2s_core.contacts.identity import ContactForm
from o2s_core.contacts.models import Contact
from o2s_core.store import Tx


def form_of(row: Contact) -> ContactForm:
    """Return the facts of a stored contact as the form that edits them."""
    return ContactForm(**{f.name: getattr(row, f.name) for f in fields(ContactForm)})


def renew_search_key(tx: Tx, row: Contact) -> None:
    """Write again under which text a contact is found, after one of its facts changed."""
    row.search_key = form_of(row).search_key()
    tx.add(row)
