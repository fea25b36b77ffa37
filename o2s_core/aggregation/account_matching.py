"""Whose account is this? Known by a past decision, by its number, or only proposed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.models import AccountLink
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact, is_iban, search_key
from o2s_core.portfolio.models import Account, AccountHolder
from o2s_core.portfolio.visibility import visible

#: Words of a name that identify nobody.
NOISE: Final = frozenset(
    {"m", "mme", "mr", "mlle", "monsieur", "madame", "ou", "et", "de", "du", "des", "la", "le",
     "les", "d", "l", "van", "von"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """An account that a file's number leads to, without asking anybody."""

    account_id: int | None  #: None: this number is always ignored
    rule: str  #: link, number, iban
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file says of one account."""

    external_id: str
    provider_id: int


def known_accounts(session: Session, ctx: Context, asked: Iterable[Asked]) -> dict[str, Known]:
    """Return the accounts that are known for sure, by external id.

    A decision taken before, else the compact number at this partner, else an
    IBAN. Accounts outside the user's perimeter are not found: they are then to
    attach, as if they did not exist.
    """
    wanted = {a.external_id: (a.provider_id, compact(a.external_id)) for a in asked}
    named = {e: at for e, at in wanted.items() if at[1]}
    links = _links(session, ctx, {key for _, key in named.values()})
    seen = _closed(session, ctx, {i for i in links.values() if i is not None})
    found = {e: known for e, at in named.items() if (known := _linked(links, seen, at))}
    left = {e: at for e, at in named.items() if e not in found}
    numbered = _numbered(session, ctx, {key for _, key in left.values()})
    return found | {e: known for e, at in left.items() if (known := _by_number(numbered, *at))}


def _linked(
    links: Mapping[tuple[int, str], int | None], seen: Mapping[int, bool], key: tuple[int, str]
) -> Known | None:
    if key not in links:
        return None
    account_id = links[key]
    if account_id is None:
        return Known(None, "link")
    return Known(account_id, "link", seen[account_id]) if account_id in seen else None


def _by_number(
    numbered: Mapping[tuple[int | None, str], Known], provider_id: int, key: str
) -> Known | None:
    return numbered.get((provider_id, key)) or numbered.get((None, key))


def _links(session: Session, ctx: Context, keys: set[str]) -> dict[tuple[int, str], int | None]:
    rows = session.exec(
        select(AccountLink.provider_id, AccountLink.external_key, AccountLink.account_id).where(
            AccountLink.firm_id == ctx.firm_id,
            store.among(ctx, col(AccountLink.external_key), keys),
        )
    )
    return {(provider_id, key): account_id for provider_id, key, account_id in rows}


def _closed(session: Session, ctx: Context, ids: set[int]) -> dict[int, bool]:
    """Return which visible accounts are closed."""
    rows = session.exec(
        select(col(Account.id), _IS_CLOSED).where(
            Account.firm_id == ctx.firm_id, store.among(ctx, col(Account.id), ids), visible(ctx)
        )
    )
    return {id_: bool(closed) for id_, closed in rows if id_ is not None}


_IS_CLOSED: Final = col(Account.closed_on).is_not(None) | col(Account.archived_at).is_not(None)


def _numbered(
    session: Session, ctx: Context, keys: set[str]
) -> dict[tuple[int | None, str], Known]:
    """Return the accounts by partner and number, and by IBAN whatever the partner."""
    if not keys:
        return {}
    columns: Any = (Account.id, Account.provider_id, Account.number_key, _IS_CLOSED)
    asked: Any = select(*columns).where(
        Account.firm_id == ctx.firm_id,
        store.among(ctx, col(Account.number_key), keys),
        visible(ctx),
    )
    found: dict[tuple[int | None, str], Known] = {}
    for id_, provider_id, key, closed in session.exec(asked):
        found[provider_id, key] = Known(id_, "number", bool(closed))
        if key[:2].isalpha() and is_iban(key):
            found[None, key] = Known(id_, "iban", bool(closed))
    return found


def tokens(name: str) -> frozenset[str]:
    """Return the words of a name that identify somebody: no accent, civility or particle."""
    words = re.split(r"[^a-z0-9]+", search_key(name))
    return frozenset(w for w in words if len(w) > 1 and w not in NOISE)


def holder_names(session: Session, ctx: Context, account_ids: Iterable[int]) -> dict[int, str]:
    """Return all the names of the holders of each account, maiden names included."""
    names: Any = (Contact.last_name, Contact.birth_name, Contact.first_name, Contact.legal_name)
    asked: Any = (
        select(AccountHolder.account_id, *names)
        .join(Contact, col(Contact.id) == col(AccountHolder.contact_id))
        .where(
            AccountHolder.firm_id == ctx.firm_id,
            store.among(ctx, col(AccountHolder.account_id), account_ids),
        )
    )
    found: dict[int, str] = {}
    for account_id, *parts in session.exec(asked):
        found[account_id] = f"{found.get(account_id, '')} {' '.join(filter(None, parts))}"
    return found


def all_names(contact: Contact) -> str:
    """Return every name a contact is known by."""
    parts = (contact.last_name, contact.birth_name, contact.first_name, contact.legal_name)
    return " ".join(part for part in parts if part)


def contradicts(holder: str, names: str) -> bool:
    """Return whether the holder in a file shares no word with the holders on record."""
    if not holder.strip():
        return False
    written, known = tokens(holder), tokens(names)
    if not written or not known or written & known:
        return False
    return not any(fuzz.ratio(a, b) >= 85 for a in written for b in known)


def held_by(session: Session, ctx: Context, contact_id: int, key: str) -> Known | None:
    """Return the account of a contact that has this number, whatever the partner."""
    row = session.exec(
        select(Account)
        .join(AccountHolder, col(AccountHolder.account_id) == col(Account.id))
        .where(
            Account.firm_id == ctx.firm_id,
            AccountHolder.contact_id == contact_id,
            Account.number_key == key,
            visible(ctx),
        )
    ).first()
    if row is None:
        return None
    return Known(row.id, "contact", bool(row.closed_on or row.archived_at))
