"""The accounts that some people hold, with all their holders, as valuation needs them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.market.models import Provider
from o2s_core.portfolio.holders import HolderShare
from o2s_core.portfolio.models import Account, AccountHolder
from o2s_core.portfolio.visibility import visible


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """An account of a scope with its holders, as valuation needs it."""

    id: int
    label: str
    number: str
    envelope: str
    provider_id: int
    provider: str
    provider_code: str
    currency: str
    closed_on: date | None
    managed: bool
    holders: tuple[HolderShare, ...]


def held_accounts(session: Session, ctx: Context, member_ids: Collection[int]) -> list[HeldAccount]:
    """Return the visible accounts that any of the members holds, with all their holders."""
    rows = account_rows(session, ctx, held_ids(ctx, member_ids))
    return _held(session, ctx, rows)


def held_account(session: Session, ctx: Context, account_id: int) -> HeldAccount:
    """Return one visible account with all its holders."""
    rows = account_rows(session, ctx, [account_id])
    if not rows:
        raise NotFoundError("Compte", account_id)
    return _held(session, ctx, rows)[0]


def held_by_ids(session: Session, ctx: Context, ids: Collection[int]) -> list[HeldAccount]:
    """Return the visible accounts among some, with all their holders."""
    return _held(session, ctx, account_rows(session, ctx, list(ids)))


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


def held_ids(ctx: Context, member_ids: Collection[int]) -> Any:  # noqa: ANN401
    """Return the query of the accounts that some people hold."""
    return select(AccountHolder.account_id).where(
        AccountHolder.firm_id == ctx.firm_id,
        col(AccountHolder.contact_id).in_(list(member_ids)),
    )


def account_rows(session: Session, ctx: Context, ids: Any) -> list[Any]:  # noqa: ANN401
    """Return the visible accounts among some, with the name and code of their provider."""
    query: Any = (
        columns(Account, col(Provider.name).label("provider"), col(Provider.code).label("code"))
        .join(Provider, col(Provider.id) == col(Account.provider_id))
        .where(
            col(Account.firm_id) == ctx.firm_id,
            visible(ctx),
            col(Account.id).in_(ids),
            col(Account.archived_at).is_(None),
        )
        .order_by(col(Account.label), col(Account.number))
    )
    return list(session.execute(query))


def _held(session: Session, ctx: Context, rows: list[Any]) -> list[HeldAccount]:
    holders = holders_of(session, ctx, [row.Account.id for row in rows])
    return [
        HeldAccount(
            row.Account.id,
            row.Account.label,
            row.Account.number,
            row.Account.envelope,
            row.Account.provider_id,
            row.provider,
            row.code,
            row.Account.currency,
            row.Account.closed_on,
            row.Account.managed,
            tuple(holders[row.Account.id]),
        )
        for row in rows
    ]


def holders_of(session: Session, ctx: Context, ids: list[int]) -> dict[int, list[HolderShare]]:
    """Return the holders of each account, in the order of the contract."""
    found: dict[int, list[HolderShare]] = defaultdict(list)
    rows = session.execute(
        columns(
            col(AccountHolder.account_id),
            col(AccountHolder.contact_id),
            col(AccountHolder.share),
            col(AccountHolder.right),
            col(AccountHolder.role),
        )
        .where(col(AccountHolder.firm_id) == ctx.firm_id, col(AccountHolder.account_id).in_(ids))
        .order_by(col(AccountHolder.rank), col(AccountHolder.id))
    )
    for account_id, contact_id, share, right, role in rows:
        found[account_id].append(HolderShare(contact_id, share, right, role))
    return found
