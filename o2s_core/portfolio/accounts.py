"""Which accounts a scope has, and what one account is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core import contacts, store
from o2s_core.contacts import Scope
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Provider
from o2s_core.portfolio.envelopes import envelope_label
from o2s_core.portfolio.held_accounts import account_rows, held_ids, holders_of
from o2s_core.portfolio.holders import HolderShare
from o2s_core.portfolio.models import Account, Movement, Situation
from o2s_core.portfolio.visibility import visible

#: One row per visible account of a scope; `situation_on` is null when nothing was delivered.
ACCOUNTS: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "label": pl.String(),
        "number": pl.String(),
        "envelope": pl.String(),
        "envelope_label": pl.String(),
        "provider_id": pl.Int64(),
        "provider": pl.String(),
        "holders": pl.String(),
        "currency": pl.String(),
        "opened_on": pl.Date(),
        "closed_on": pl.Date(),
        "managed": pl.Boolean(),
        "aggregated": pl.Boolean(),
        "situation_on": pl.Date(),
        "source": pl.String(),
        "last_movement_on": pl.Date(),
        "version": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class HolderCard:
    """A holder as shown; outside the perimeter there is a name, and no file to open."""

    contact_id: int
    name: str
    share: Decimal
    right: str
    role: str
    inside: bool
    file_code: str | None


@dataclass(frozen=True, slots=True)
class AccountCard:
    """One account and who holds it."""

    id: int
    version: int
    label: str
    number: str
    envelope: str
    provider_id: int
    provider: str
    provider_code: str
    product: str
    currency: str
    opened_on: date | None
    closed_on: date | None
    management: str
    managed: bool
    aggregated: bool
    adviser_id: int | None
    comment: str
    holders: tuple[HolderCard, ...]

    @property
    def envelope_label(self) -> str:
        """Return the French name of the envelope."""
        return envelope_label(self.envelope)

    @property
    def shares(self) -> tuple[HolderShare, ...]:
        """Return the holders as a form takes them."""
        return tuple(HolderShare(h.contact_id, h.share, h.right, h.role) for h in self.holders)


def accounts(ctx: Context, scope: Scope) -> pl.DataFrame:
    """Return the accounts of a contact, a household or a group, closed ones included.

    Schema `ACCOUNTS`, by label. An account held by several members is one row.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        rows = account_rows(session, ctx, held_ids(session, ctx, scope.member_ids))
        ids = [row.Account.id for row in rows]
        holders = holders_of(session, ctx, ids)
        latest = _latest_situations(session, ctx, ids)
        moved = _last_movements(session, ctx, ids)
    names = contacts.names_of(ctx, {h.contact_id for held in holders.values() for h in held})
    table = [
        _row(row, holders[row.Account.id], names, latest.get(row.Account.id))
        | {"last_movement_on": moved.get(row.Account.id)}
        for row in rows
    ]
    return pl.DataFrame(table, schema=ACCOUNTS)


def account(ctx: Context, account_id: int) -> AccountCard:
    """Return one account of the perimeter, with its holders in the order of the contract."""
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        row = session.exec(
            select(Account, Provider)
            .join(Provider, col(Provider.id) == col(Account.provider_id))
            .where(Account.id == account_id, Account.firm_id == ctx.firm_id, visible(ctx))
        ).first()
        if row is None:
            raise NotFoundError("Compte", account_id)
        holders = _holder_cards(session, ctx, account_id)
    return _card(row[0], row[1], holders)


def _holder_cards(session: Session, ctx: Context, account_id: int) -> tuple[HolderCard, ...]:
    holders = holders_of(session, ctx, [account_id])[account_id]
    ids = [h.contact_id for h in holders]
    rows = session.exec(
        select(Contact.id, Contact.file_code, Contact.adviser_id).where(
            Contact.firm_id == ctx.firm_id, col(Contact.id).in_(ids)
        )
    )
    known = {id_: (code, ctx.perimeter.covers(adviser)) for id_, code, adviser in rows}
    names = contacts.names_of(ctx, set(ids))
    return tuple(
        HolderCard(
            h.contact_id,
            names.get(h.contact_id, ""),
            h.share,
            h.right,
            h.role,
            known[h.contact_id][1],
            known[h.contact_id][0] if known[h.contact_id][1] else None,
        )
        for h in holders
    )


def _latest_situations(
    session: Session, ctx: Context, ids: list[int]
) -> dict[int, tuple[date, str]]:
    rows = session.execute(
        columns(col(Situation.account_id), col(Situation.as_of), col(Situation.source))
        .where(
            col(Situation.firm_id) == ctx.firm_id,
            col(Situation.account_id).in_(ids),
            col(Situation.state) == "active",
        )
        .order_by(col(Situation.as_of))
    )
    return {account_id: (as_of, source) for account_id, as_of, source in rows}


def _last_movements(session: Session, ctx: Context, ids: list[int]) -> dict[int, date]:
    rows = session.exec(
        select(Movement.account_id, func.max(Movement.trade_on))
        .where(
            Movement.firm_id == ctx.firm_id,
            col(Movement.account_id).in_(ids),
            Movement.state == "posted",
        )
        .group_by(col(Movement.account_id))
    )
    return {account_id: on for account_id, on in rows}  # noqa: C416  typed rows


def _row(
    row: Any,  # noqa: ANN401
    holders: list[HolderShare],
    names: dict[int, str],
    latest: tuple[date, str] | None,
) -> dict[str, Any]:
    kept = row.Account
    return {
        "account_id": kept.id,
        "label": kept.label,
        "number": kept.number,
        "envelope": kept.envelope,
        "envelope_label": envelope_label(kept.envelope),
        "provider_id": kept.provider_id,
        "provider": row.provider,
        "holders": ", ".join(names.get(h.contact_id, "") for h in holders),
        "currency": kept.currency,
        "opened_on": kept.opened_on,
        "closed_on": kept.closed_on,
        "managed": kept.managed,
        "aggregated": kept.aggregated,
        "situation_on": latest[0] if latest else None,
        "source": latest[1] if latest else None,
        "version": kept.version,
    }


def _card(kept: Account, provider: Provider, holders: tuple[HolderCard, ...]) -> AccountCard:
    return AccountCard(
        kept.id or 0,
        kept.version,
        kept.label,
        kept.number,
        kept.envelope,
        kept.provider_id,
        provider.name,
        provider.code,
        kept.product,
        kept.currency,
        kept.opened_on,
        kept.closed_on,
        kept.management,
        kept.managed,
        kept.aggregated,
        kept.adviser_id,
        kept.comment,
        holders,
    )
