"""Finding a contact from what is at hand, a colleague's included: the quick search."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, literal, not_, select
from sqlmodel import Session, col

from o2s_core import administration, store
from o2s_core.contacts.finding import dialled
from o2s_core.contacts.models import Contact
from o2s_core.contacts.names import display_name, name_of
from o2s_core.contacts.spelling import corrected
from o2s_core.contacts.visible import contacts_inside
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class FoundContact:
    """A contact as the quick search shows it.

    A colleague's gives its name and its adviser, nothing else: `file_code` is empty.
    """

    name: str
    adviser: str  #: empty when nobody follows it
    file_code: str = ""
    kind: str = "person"
    stage: str = ""
    birth_date: date | None = None
    archived: bool = False


def search_contacts(
    ctx: Context, text: str, *, limit: int = 5, archived: bool = False
) -> tuple[FoundContact, ...]:
    """Return the contacts that a text may mean, the user's perimeter first.

    By name (accents, case and a slip of the finger do not count), file code,
    client number, e-mail, telephone in any writing. Exact codes come first,
    then names that begin so; the user's own clients before a colleague's.
    Outside the perimeter only whole beginnings of names answer, so that
    nobody learns there whose telephone or e-mail something is.
    """
    ctx.require(Permission.CONTACT_READ)
    if not search_key(text):
        return ()
    found = _spelled(ctx, text, limit, archived=archived)
    if not found and (other := corrected(ctx, text)):
        found = _spelled(ctx, other, limit, archived=archived)
    return tuple(found)


def _spelled(ctx: Context, text: str, limit: int, *, archived: bool) -> list[FoundContact]:
    """Return who answers to a text as it is spelled."""
    with store.reading(ctx) as session:
        found = _own(ctx, session, text, limit, archived=archived)
        if len(found) < limit and not ctx.perimeter.everyone:
            found += _foreign(ctx, session, text, limit - len(found))
    return found


def _own(
    ctx: Context, session: Session, text: str, limit: int, *, archived: bool
) -> list[FoundContact]:
    asked = select(col(Contact.id)).where(contacts_inside(ctx), _answers(text))
    if not archived:
        asked = asked.where(col(Contact.archived_at).is_(None))
    mine = case((col(Contact.adviser_id) == ctx.user_id, 0), else_=1)
    order = (_likelihood(text), mine, col(Contact.search_key))
    ids = list(session.execute(asked.order_by(*order).limit(limit)).scalars())
    rows = session.execute(
        select(Contact).where(contacts_inside(ctx), col(Contact.id).in_(ids))
    ).scalars()
    by_id = {row.id: row for row in rows}
    followed_by = (row.adviser_id or 0 for row in by_id.values())
    advisers = administration.names_of_users(ctx, followed_by)
    return [_shown(by_id[id_], advisers) for id_ in ids]


def _shown(row: Contact, advisers: dict[int, str]) -> FoundContact:
    return FoundContact(
        name=name_of(row),
        adviser=advisers.get(row.adviser_id or 0, ""),
        file_code=row.file_code,
        kind=row.kind,
        stage=row.stage,
        birth_date=row.birth_date,
        archived=row.archived_at is not None,
    )


def _foreign(ctx: Context, session: Session, text: str, limit: int) -> list[FoundContact]:
    """Return colleagues' contacts whose name has words that begin as those of the text."""
    words = search_key(text).split()
    if sum(map(len, words)) < 3:  # two letters would recite the directory of the firm
        return []
    named = (Contact.kind, Contact.last_name, Contact.first_name, Contact.legal_name)
    query = (
        _outside(ctx, *(col(field) for field in named))
        .where(store.holds_words(Contact.search_key, text))
        .order_by(col(Contact.search_key))
        .limit(20 * limit)
    )
    people = [
        (adviser_id or 0, display_name(*said)) for adviser_id, *said in session.execute(query)
    ]
    named_so = [(id_, name) for id_, name in people if _is_named(name, words)][:limit]
    advisers = administration.names_of_users(ctx, (id_ for id_, _ in named_so))
    return [FoundContact(name, advisers.get(id_, "")) for id_, name in named_so]


def _outside(ctx: Context, *columns: Any) -> Select[Any]:  # noqa: ANN401
    return select(col(Contact.adviser_id), *columns).where(
        col(Contact.firm_id) == ctx.firm_id,
        not_(func.coalesce(contacts_inside(ctx), literal(value=False))),
        col(Contact.archived_at).is_(None),
    )


def _is_named(name: str, words: list[str]) -> bool:
    """Return whether every word begins a word of the name: a code or an address does not count."""
    own = search_key(name).split()
    return all(any(part.startswith(word) for part in own) for word in words)


def _answers(text: str) -> ColumnElement[bool]:
    """Return the condition that a contact answers: by the words of its key, or by its telephone."""
    said, number = store.holds_words(Contact.search_key, text), dialled(text)
    if number is None:
        return said
    return said | col(Contact.search_key).contains(number, autoescape=True)


def _likelihood(text: str) -> ColumnElement[int]:
    """Return 0 for a whole word (a code, an e-mail), 1 for a name that begins so, else 2 or 3.

    Of the key alone, which its index holds: thousands may answer to two letters.
    """
    key, wanted = col(Contact.search_key), search_key(text)
    spaced = literal(" ") + key + literal(" ")
    is_code = any(c.isdigit() or c == "@" for c in wanted)
    return case(
        (spaced.contains(f" {wanted} ", autoescape=True) if is_code else false(), 0),
        (key.startswith(wanted, autoescape=True), 1),
        (spaced.contains(f" {wanted}", autoescape=True), 2),
        else_=3,
    )
