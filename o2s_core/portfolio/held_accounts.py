"""The accounts that some people hold, with all their holders, as valuation needs them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.market.models import Provider
from o2s_core.portfolio.holders import HolderShare
from o2s_core.portfolio.models import Account, AccountHolder
from o2s_core.portfolio.visibility import visible_of_few

#: What is read of an account, in the order of `HeldAccount`.
ACCOUNT: Final = (
    "id", "label", "number", "envelope", "provider_id", "currency", "closed_on", "managed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """An account of a scope with its holders, as valuation needs it."""

    id: int
    label: str
    number: str
    envelope: str
    provider_id: int
    currency: str
    closed_on: date | None
    managed: bool
    provider: str
    provider_code: str
    holders: tuple[HolderShare, ...]


def held_accounts(session: Session, ctx: Context, member_ids: Collection[int]) -> list[HeldAccount]:
    """Return the visible accounts that any of the members holds, with all their holders."""
    return held_by_ids(session, ctx, held_ids(session, ctx, member_ids))


def held_account(session: Session, ctx: Context, account_id: int) -> HeldAccount:
    """Return one visible account with all its holders."""
    found = held_by_ids(session, ctx, [account_id])
    if not found:
        raise NotFoundError("Compte", account_id)
    return found[0]


def held_by_ids(session: Session, ctx: Context, ids: Collection[int]) -> list[HeldAccount]:
    """Return the visible accounts among some, with all their holders."""
    named = [col(getattr(Account, name)) for name in ACCOUNT]
    rows = session.execute(_among(ctx, ids, *named)).all()
    holders = holders_of(session, ctx, [row.id for row in rows])
    return [HeldAccount(*(*row, tuple(holders[row.id]))) for row in rows]


def inside_members(session: Session, ctx: Context, member_ids: Collection[int]) -> frozenset[int]:
    """Return the members of a scope that are themselves in the user's perimeter."""
    if ctx.perimeter.everyone:
        return frozenset(member_ids)
    rows = session.exec(
        select(Contact.id, Contact.adviser_id).where(
            Contact.firm_id == ctx.firm_id, col(Contact.id).in_(list(member_ids))
        )
    )
    return frozenset(id_ for id_, adviser in rows if id_ and ctx.perimeter.covers(adviser))


def held_ids(session: Session, ctx: Context, member_ids: Collection[int]) -> list[int]:
    """Return the accounts that some people hold, visible or not."""
    asked = {"firm_id": ctx.firm_id, "ids": list(member_ids)}
    return sorted({account_id for (account_id,) in session.execute(_HELD, asked)})


_HELD: Final = columns(col(AccountHolder.account_id)).where(
    col(AccountHolder.firm_id) == bindparam("firm_id"),
    col(AccountHolder.contact_id).in_(bindparam("ids", expanding=True)),
)


def account_rows(session: Session, ctx: Context, ids: Collection[int]) -> list[Any]:
    """Return the visible accounts among some, with the name and code of their provider."""
    return list(session.execute(_among(ctx, ids, Account)))


def _among(ctx: Context, ids: Collection[int], *what: Any) -> Any:  # noqa: ANN401
    """Return the query of the visible accounts among some, then their provider's name and code.

    The accounts are named one by one: the database then finds each, and reads no other.
    """
    return (
        columns(*what, col(Provider.name).label("provider"), col(Provider.code).label("code"))
        .join(Provider, col(Provider.id) == col(Account.provider_id))
        .where(
            col(Account.firm_id) == ctx.firm_id,
            visible_of_few(ctx),
            col(Account.id).in_(list(ids)),
            col(Account.archived_at).is_(None),
        )
        .order_by(col(Account.label), col(Account.number))
    )


_HOLDERS: Final = (
    columns(
        col(AccountHolder.account_id),
        col(AccountHolder.contact_id),
        col(AccountHolder.share),
        col(AccountHolder.right),
        col(AccountHolder.role),
    )
    .where(
        col(AccountHolder.firm_id) == bindparam("firm_id"),
        col(AccountHolder.account_id).in_(bindparam("ids", expanding=True)),
    )
    .order_by(col(AccountHolder.rank), col(AccountHolder.id))
)


def holders_of(session: Session, ctx: Context, ids: list[int]) -> dict[int, list[HolderShare]]:
    """Return the holders of each account, in the order of the contract."""
    found: dict[int, list[HolderShare]] = defaultdict(list)
    rows = session.execute(_HOLDERS, {"firm_id": ctx.firm_id, "ids": ids}) if ids else ()
    for account_id, contact_id, share, right, role in rows:
        found[account_id].append(HolderShare(contact_id, share, right, role))
    return found
