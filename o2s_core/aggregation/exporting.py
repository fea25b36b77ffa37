"""How do a client's accounts leave the product? In the format that it reads back."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.readers.native import dump
from o2s_core.aggregation.statement import (
    ACCOUNTS,
    HOLDERS,
    LINES,
    MOVEMENTS,
    PARTNERS,
    SITUATIONS,
    Statement,
)
from o2s_core.contacts.models import Contact
from o2s_core.contacts.names import name_of
from o2s_core.contacts.scopes import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Instrument, InstrumentAlias, Provider
from o2s_core.portfolio.models import (
    Account,
    AccountHolder,
    Movement,
    Situation,
    SituationLine,
)
from o2s_core.portfolio.visibility import visible


def export_accounts(ctx: Context, scope: Scope) -> bytes:
    """Return the accounts of a scope as a document of the product: export = import.

    Active situations and posted movements, with holders and partners; reading
    the document back into an empty store gives the same facts. A holder outside
    the perimeter is a name and a share.
    """
    ctx.require(Permission.PORTFOLIO_EXPORT)
    with store.reading(ctx) as session:
        accounts = _accounts(session, ctx, scope.member_ids)
        ids = [account.id or 0 for account, _ in accounts]
        numbers = {account.id: account.number for account, _ in accounts}
        instruments = _instruments(session, ctx, ids)
        statement = Statement(
            format="native",
            stable_refs=True,
            accounts=_account_rows(accounts),
            partners=_partner_rows(accounts),
            holders=_holders(session, ctx, ids, numbers),
            situations=_situations(session, ctx, ids, numbers),
            lines=_lines(session, ctx, ids, numbers, instruments),
            movements=_movements(session, ctx, ids, numbers, instruments),
        )
    return dump(statement)


def _accounts(
    session: Session, ctx: Context, member_ids: Sequence[int]
) -> list[tuple[Account, Provider]]:
    held = select(AccountHolder.account_id).where(
        AccountHolder.firm_id == ctx.firm_id, col(AccountHolder.contact_id).in_(member_ids)
    )
    rows = session.exec(
        select(Account, Provider)
        .join(Provider, col(Provider.id) == col(Account.provider_id))
        .where(Account.firm_id == ctx.firm_id, visible(ctx), col(Account.id).in_(held))
        .order_by(col(Account.id))
    )
    return [(account, provider) for account, provider in rows]


def _account_rows(accounts: list[tuple[Account, Provider]]) -> pl.DataFrame:
    rows = [
        {
            "external_id": account.number,
            "label": account.label,
            "holder": "",
            "envelope": account.envelope,
            "currency": account.currency,
            "opened_on": account.opened_on,
            "locator": "",
        }
        for account, _ in accounts
    ]
    return pl.DataFrame(rows, ACCOUNTS)


def _partner_rows(accounts: list[tuple[Account, Provider]]) -> pl.DataFrame:
    rows = [
        {"external_id": account.number, "code": provider.code, "name": provider.name}
        for account, provider in accounts
    ]
    return pl.DataFrame(rows, PARTNERS)


def _holders(
    session: Session, ctx: Context, ids: list[int], numbers: dict[int | None, str]
) -> pl.DataFrame:
    rows = session.exec(
        select(AccountHolder, Contact)
        .join(Contact, col(Contact.id) == col(AccountHolder.contact_id))
        .where(AccountHolder.firm_id == ctx.firm_id, col(AccountHolder.account_id).in_(ids))
        .order_by(col(AccountHolder.account_id), col(AccountHolder.rank))
    )
    found = [
        {
            "external_id": numbers[holder.account_id],
            "last_name": contact.last_name or (None if contact.legal_name else name_of(contact)),
            "first_name": contact.first_name or None,
            "legal_name": contact.legal_name or None,
            "birth_date": contact.birth_date if ctx.perimeter.covers(contact.adviser_id) else None,
            "role": holder.role,
            "share": holder.share,
        }
        for holder, contact in rows
    ]
    return pl.DataFrame(found, HOLDERS)


def _instruments(session: Session, ctx: Context, ids: list[int]) -> dict[int, dict[str, Any]]:
    """Return how each support of the accounts is named in a document."""
    used = (
        select(SituationLine.instrument_id)
        .where(SituationLine.firm_id == ctx.firm_id, col(SituationLine.account_id).in_(ids))
        .union(
            select(Movement.instrument_id).where(
                Movement.firm_id == ctx.firm_id, col(Movement.account_id).in_(ids)
            )
        )
    )
    rows = session.exec(
        select(Instrument).where(Instrument.firm_id == ctx.firm_id, col(Instrument.id).in_(used))
    ).all()
    aliases = session.exec(
        select(InstrumentAlias).where(
            InstrumentAlias.firm_id == ctx.firm_id,
            col(InstrumentAlias.instrument_id).in_([row.id for row in rows]),
        )
    )
    codes = {a.instrument_id: (a.code, a.code_type) for a in aliases}
    return {row.id or 0: _named(row, codes) for row in rows}


def _named(row: Instrument, codes: dict[int, tuple[str, str]]) -> dict[str, Any]:
    code, code_type = codes.get(row.id or 0, (None, None))
    if row.isin:
        code, code_type = row.isin, "isin"
    if row.kind == "cash":
        code, code_type = None, None
    return {
        "code": code,
        "code_type": code_type,
        "kind": row.kind,
        "price_factor": row.price_factor,
        "name": row.label,
    }


def _situations(
    session: Session, ctx: Context, ids: list[int], numbers: dict[int | None, str]
) -> pl.DataFrame:
    rows = session.exec(
        select(Situation)
        .where(
            Situation.firm_id == ctx.firm_id,
            Situation.state == "active",
            col(Situation.account_id).in_(ids),
        )
        .order_by(col(Situation.account_id), col(Situation.as_of))
    )
    found = [
        {
            "external_id": numbers[row.account_id],
            "as_of": row.as_of,
            "currency": row.currency,
            "total": row.reported_total,
            "locator": "",
        }
        for row in rows
    ]
    return pl.DataFrame(found, SITUATIONS)


def _lines(
    session: Session,
    ctx: Context,
    ids: list[int],
    numbers: dict[int | None, str],
    instruments: dict[int, dict[str, Any]],
) -> pl.DataFrame:
    rows = session.exec(
        select(SituationLine, col(Situation.as_of))
        .join(Situation, col(Situation.id) == col(SituationLine.situation_id))
        .where(
            Situation.firm_id == ctx.firm_id,
            Situation.state == "active",
            col(Situation.account_id).in_(ids),
        )
        .order_by(col(SituationLine.id))
    )
    own = ("label", "quantity", "unit_cost", "price", "price_on", "accrued", "value", "currency")
    found = []
    for line, as_of in rows:
        named = instruments[line.instrument_id]
        head = {"external_id": numbers[line.account_id], "as_of": as_of, "locator": ""}
        told = {name: named[name] for name in ("code", "code_type", "kind", "price_factor")}
        found.append(head | told | {name: getattr(line, name) for name in own})
    return pl.DataFrame(found, LINES)


def _movements(
    session: Session,
    ctx: Context,
    ids: list[int],
    numbers: dict[int | None, str],
    instruments: dict[int, dict[str, Any]],
) -> pl.DataFrame:
    rows = session.exec(
        select(Movement)
        .where(
            Movement.firm_id == ctx.firm_id,
            Movement.state == "posted",
            col(Movement.account_id).in_(ids),
        )
        .order_by(col(Movement.account_id), col(Movement.trade_on), col(Movement.id))
    )
    own = (
        "trade_on", "value_on", "kind", "label", "quantity", "price", "gross", "fees", "taxes",
        "net", "currency", "fx_rate",
    )  # fmt: skip
    found = []
    for row in rows:
        named = instruments.get(row.instrument_id or 0, {"code": None, "code_type": None})
        head = {
            "external_id": numbers[row.account_id],
            "locator": "",
            "partner_ref": row.key.removeprefix("ref:") if row.key.startswith("ref:") else None,
        }
        told = {name: named[name] for name in ("code", "code_type")}
        found.append(head | told | {name: getattr(row, name) for name in own})
    return pl.DataFrame(found, MOVEMENTS)
