"""Finding somebody: from a few letters, or in a picker."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlmodel import col

from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.contacts.names import ContactRef, reference
from o2s_core.contacts.validity import e164
from o2s_core.contacts.visible import contacts_inside
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission


def named_like(text: str) -> ColumnElement[bool]:
    """Return the condition that a contact answers to a text.

    Every word must be found, without accents or case, in the names, the file
    code, the client number or the e-mail; or the text is a telephone number.
    """
    words = [
        or_(_holds(Contact.search_key, word), _holds(Contact.email, word))
        for word in search_key(text).split()
    ]
    said = and_(*words) if words else literal(value=False)
    if number := dialled(text):
        return or_(said, _holds(Contact.phone, number))
    return said


def _current(ctx: Context) -> ColumnElement[bool]:
    """Return the condition of a contact of the perimeter that is not archived."""
    return and_(contacts_inside(ctx), col(Contact.archived_at).is_(None))


def _holds(column: Any, part: str) -> ColumnElement[bool]:  # noqa: ANN401
    return col(column).contains(part, autoescape=True)


def dialled(text: str) -> str | None:
    """Return the digits to look for when a text may be a telephone number, whole or begun."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) < 4 or any(c.isalpha() for c in text):
        return None
    whole = e164(text) if len(digits) >= 9 else ""
    return whole or digits.lstrip("0") or None


def find(ctx: Context, text: str, limit: int = 10) -> tuple[ContactRef, ...]:
    """Return the contacts that a few letters may mean, the likeliest first.

    By name, file code, client number, e-mail or telephone; archived contacts
    are left out. An exact file code comes first, then names that begin so.
    """
    ctx.require(Permission.CONTACT_READ)
    wanted = search_key(text)
    if not wanted:
        return ()
    begins = col(Contact.search_key).startswith(wanted, autoescape=True)
    exact = func.lower(Contact.file_code) == text.strip().lower()
    with store.reading(ctx) as session:
        query = (
            select(Contact)
            .where(_current(ctx), named_like(text))
            .order_by(exact.desc(), begins.desc(), col(Contact.search_key))
            .limit(limit)
        )
        return tuple(reference(row) for row in session.execute(query).scalars())


def people(
    ctx: Context, text: str = "", *, limit: int = 500, households: bool = False
) -> tuple[ContactRef, ...]:
    """Return the people and companies one may choose from, in directory order.

    `text` narrows them as in `find`; `households` offers the households as well.
    """
    ctx.require(Permission.CONTACT_READ)
    offered = select(Contact).where(_current(ctx))
    if text.strip():
        offered = offered.where(named_like(text))
    if not households:
        offered = offered.where(col(Contact.kind) != "household")
    with store.reading(ctx) as session:
        query = offered.order_by(col(Contact.search_key)).limit(limit)
        return tuple(reference(row) for row in session.execute(query).scalars())
