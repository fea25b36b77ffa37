"""Finding an account from what is at hand: a few digits of its number, a word of its title."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, or_, select
from sqlmodel import col

from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.contacts.names import display_name
from o2s_core.contacts.visible import contacts_inside
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact, search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.models import Account, AccountHolder
from o2s_core.portfolio.visibility import visible


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a found account; `file_code` is empty outside the user's perimeter."""

    name: str
    file_code: str


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account as the quick search shows it, with everybody who holds it."""

    id: int
    label: str
    number: str
    envelope: str
    owners: tuple[Owner, ...]
    archived: bool


def account_key(label: str, number: str) -> str:
    """Return a title and a number as they are searched."""
    return search_key(f"{label} {compact(number)}")


def search_accounts(
    ctx: Context, text: str, *, limit: int = 5, archived: bool = False
) -> tuple[FoundAccount, ...]:
    """Return the accounts that a number, or words of a title, may mean; the likeliest first.

    Spaces, dots and dashes of a number do not count, nor accents and case of
    a title. A whole number comes first, then a number that begins so.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    if not search_key(text):
        return ()
    own = col(Account.firm_id) == ctx.firm_id
    asked = select(col(Account.id)).where(own, visible(ctx), _answers(text))
    if not archived:
        asked = asked.where(col(Account.archived_at).is_(None))
    with store.reading(ctx) as session:
        query = asked.order_by(_likelihood(text), col(Account.search_key)).limit(limit)
        ids = list(session.execute(query).scalars())
        rows = session.execute(select(Account).where(own, col(Account.id).in_(ids))).scalars()
        found = {row.id or 0: row for row in rows}
    owners = _owners(ctx, ids)
    return tuple(_shown(found[id_], owners.get(id_, ())) for id_ in ids)


def _answers(text: str) -> ColumnElement[bool]:
    """Return the condition that an account answers to a text: by its words, or by its number."""
    said, number = store.holds_words(Account.search_key, text), compact(text).lower()
    if len(number) < 4 or number == search_key(text):
        return said
    return or_(said, col(Account.search_key).contains(number, autoescape=True))


def _likelihood(text: str) -> ColumnElement[int]:
    number = compact(text)
    key = col(Account.search_key)
    return case(
        (key.endswith(f" {number.lower()}", autoescape=True), 0),
        (key.contains(f" {number.lower()}", autoescape=True), 1),
        (key.startswith(search_key(text), autoescape=True), 2),
        else_=3,
    )


def _shown(row: Account, owners: Iterable[Owner]) -> FoundAccount:
    return FoundAccount(
        id=row.id or 0,
        label=row.label,
        number=row.number,
        envelope=row.envelope,
        owners=tuple(owners),
        archived=row.archived_at is not None,
    )


def _owners(ctx: Context, ids: list[int]) -> dict[int, list[Owner]]:
    """Return who holds each account, in the order of the contract."""
    mine = contacts_inside(ctx)
    query = (
        select(
            col(AccountHolder.account_id),
            col(Contact.kind),
            col(Contact.last_name),
            col(Contact.first_name),
            col(Contact.legal_name),
            case((mine, col(Contact.file_code)), else_=""),
        )
        .join(Contact, col(Contact.id) == col(AccountHolder.contact_id))
        .where(col(AccountHolder.firm_id) == ctx.firm_id, col(AccountHolder.account_id).in_(ids))
        .order_by(col(AccountHolder.account_id), col(AccountHolder.rank))
    )
    owners: dict[int, list[Owner]] = {}
    with store.reading(ctx) as session:
        for account_id, *named, code in session.execute(query):
            owners.setdefault(account_id, []).append(Owner(display_name(*named), code))
    return owners
