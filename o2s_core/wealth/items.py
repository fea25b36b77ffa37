"""Each thing that some people own or owe on a day, what it is worth whole, and whose it is."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core import market, portfolio, store
from o2s_core.contacts import Scope
from o2s_core.contacts.models import Contact
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO, cents
from o2s_core.portfolio.envelopes import envelope_label
from o2s_core.portfolio.held_accounts import HeldAccount, held_accounts, inside_members
from o2s_core.portfolio.holders import HolderShare, Owned
from o2s_core.wealth.dismemberment import UnknownUsufructError, shared
from o2s_core.wealth.kinds import (
    DEBTS,
    GROUP_OF,
    KINDS,
    LOAN_KINDS,
    USES,
    group_of_envelope,
    liquidity_of,
)
from o2s_core.wealth.loans import events_of, loans_among
from o2s_core.wealth.models import Asset, AssetValue, RealEstate
from o2s_core.wealth.owners import owners_of
from o2s_core.wealth.pledges import pledged_accounts
from o2s_core.wealth.schedules import lines_of, outstanding_on
from o2s_core.wealth.visible import assets_inside, held_by

#: A value of goods older than this is marked.
OLD: Final = 12  #: months
#: How far companies that own companies are looked through.
DEPTH: Final = 4


@dataclass(frozen=True, slots=True)
class Item:
    """A good or a debt with what the people asked for own of it.

    `whole_eur` and `owned` are positive for goods and debts alike; `owned` is null when
    the figure is not known, and `note` says why.
    """

    key: str  #: account-1, asset-2, loan-3
    side: str  #: asset, debt
    group: str  #: key of `kinds.GROUPS`
    label: str
    detail: str
    whole_eur: Decimal | None
    owned: Owned | None
    holders: tuple[HolderShare, ...]
    value_on: date | None
    liquidity: str = ""
    note: str = ""
    old: bool = False
    via: str = ""  #: the company through which it is owned
    company_id: int | None = None
    stake: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """For whom goods are counted, on which day, how rights are valued."""

    members: frozenset[int]
    on: date
    view: str = "tax"
    look_through: bool = False
    births: Mapping[int, date | None] = field(default_factory=dict)

    def of(self, amount: Decimal, holders: Iterable[HolderShare]) -> Owned:
        """Return what the members own of an amount."""
        return shared(
            amount, tuple(holders), self.members, on=self.on, view=self.view, births=self.births
        )


def items(
    session: Session, ctx: Context, scope: Scope, asked: Question, depth: int = 0
) -> list[Item]:
    """Return everything that the members of a scope own or owe, each thing once.

    Companies are looked through when asked: their shares give way to what they own.
    """
    members = inside_members(session, ctx, scope.member_ids)
    here = replace(asked, members=members, births=_births(session, ctx, members))
    found = [
        *_accounts(session, ctx, scope, here),
        *_assets(session, ctx, here),
        *_loans(session, ctx, here),
    ]
    if not asked.look_through or depth >= DEPTH:
        return found
    return [one for item in found for one in _through(session, ctx, item, here, depth)]


def _births(session: Session, ctx: Context, members: AbstractSet[int]) -> dict[int, date | None]:
    """Return the birth dates that value usufructs: of the members, and of who owns with them.

    Only of people of the perimeter: nothing but the name is given of the others.
    """
    mine = held_by(session, ctx, "asset_id", members)
    people = {o.contact_id for some in owners_of(session, ctx, "asset_id", mine).values()
              for o in some if o.right == "usufruct"}  # fmt: skip
    for account in held_accounts(session, ctx, members):
        people |= {h.contact_id for h in account.holders if h.right == "usufruct"}
    inside = inside_members(session, ctx, people)
    query = columns(col(Contact.id), col(Contact.birth_date)).where(
        col(Contact.firm_id) == ctx.firm_id, col(Contact.id).in_(sorted(inside))
    )
    return {row.id: row.birth_date for row in session.execute(query)}


def _accounts(session: Session, ctx: Context, scope: Scope, asked: Question) -> list[Item]:
    """Return the accounts, valued as Portefeuille › Synthèse does; rights apart by their value."""
    held = {a.id: a for a in held_accounts(session, ctx, scope.member_ids)}
    seen = portfolio.holdings(ctx, scope, asked.on)
    pledged = pledged_accounts(session, ctx, list(held))
    by_line = dict(seen.lines.select("line", "account_id").iter_rows())
    parts: dict[int, dict[int, Decimal]] = {}
    for line, owner, _, amount in seen.owners.iter_rows():
        mine = parts.setdefault(by_line[line], {})
        mine[owner] = mine.get(owner, ZERO) + amount
    found = []
    totals = {row["account_id"]: row for row in seen.accounts.iter_rows(named=True)}
    for account in held.values():
        split = any(h.right != "full" for h in account.holders)
        row = totals.get(account.id)
        if split:
            found += _dismembered(ctx, account, asked, account.id in pledged)
        elif row is not None:
            owned = Owned(tuple(parts[account.id].items()), row["outside_eur"])
            whole = row["value_eur"] + row["outside_eur"]
            found.append(_account(account, whole, owned, row["oldest_data_on"], asked,
                                  account.id in pledged))  # fmt: skip
    return found


def _dismembered(
    ctx: Context,
    account: HeldAccount,
    asked: Question,
    pledged: bool,
) -> list[Item]:
    if account.closed_on is not None and account.closed_on <= asked.on:
        return []
    whole = portfolio.holdings_of_account(ctx, account.id, asked.on)
    if whole.lines.is_empty():
        return []
    try:
        owned, note = asked.of(whole.total_eur, account.holders), ""
    except UnknownUsufructError as error:
        owned, note = None, str(error)
    item = _account(account, whole.total_eur, owned, whole.oldest_data_on, asked, pledged)
    return [replace(item, note=note or item.note)]


def _account(
    account: HeldAccount, whole: Decimal, owned: Owned | None, data_on: date | None,
    asked: Question, pledged: bool,
) -> Item:  # fmt: skip
    group = group_of_envelope(account.envelope)
    spent = account.envelope == "girardin"
    notes = ["réduction d'impôt : n'est pas un actif"] * spent
    notes += ["hors gestion"] * (not account.managed) + ["nanti"] * pledged
    return Item(
        f"account-{account.id}", "asset", group, account.label,
        f"{envelope_label(account.envelope)} · {account.provider} · {account.number}",
        whole, None if spent else owned, account.holders, data_on,
        liquidity_of(group, account.envelope, pledged=pledged), ", ".join(notes),
        _is_old(data_on, asked.on),
    )  # fmt: skip


def _is_old(value_on: date | None, on: date) -> bool:
    if value_on is None:
        return False
    months = (on.year - value_on.year) * 12 + on.month - value_on.month
    return months > OLD or (months == OLD and on.day > value_on.day)


def _assets(session: Session, ctx: Context, asked: Question) -> list[Item]:
    ids = held_by(session, ctx, "asset_id", asked.members)
    query = select(Asset).where(assets_inside(ctx), store.among(ctx, col(Asset.id), ids))
    rows = session.exec(query.order_by(col(Asset.label), col(Asset.id))).all()
    owners = owners_of(session, ctx, "asset_id", [r.id or 0 for r in rows])
    values = values_on(session, ctx, [r.id or 0 for r in rows], asked.on)
    uses = _uses(session, ctx, [r.id or 0 for r in rows])
    return [
        _asset(ctx, row, owners[row.id or 0], values.get(row.id or 0), uses, asked)
        for row in rows
        if _owned_on(row, values.get(row.id or 0), asked.on)
    ]


def _owned_on(row: Asset, value: AssetValue | None, on: date) -> bool:
    if row.sold_on is not None and row.sold_on <= on:
        return False
    return value is not None or (row.acquired_on is not None and row.acquired_on <= on)


def _uses(session: Session, ctx: Context, ids: list[int]) -> dict[int, str]:
    query = select(RealEstate.asset_id, RealEstate.use).where(
        RealEstate.firm_id == ctx.firm_id, store.among(ctx, col(RealEstate.asset_id), ids)
    )
    return dict(session.exec(query).all())


def values_on(session: Session, ctx: Context, ids: list[int], on: date) -> dict[int, AssetValue]:
    """Return the last value of each good up to a day; a good without any is absent."""
    last = (
        select(AssetValue.asset_id, func.max(AssetValue.on).label("on"))
        .where(
            AssetValue.firm_id == ctx.firm_id,
            store.among(ctx, col(AssetValue.asset_id), ids),
            col(AssetValue.on) <= on,
        )
        .group_by(col(AssetValue.asset_id))
        .subquery()
    )
    query = (
        select(AssetValue)
        .join(
            last, (col(AssetValue.asset_id) == last.c.asset_id) & (col(AssetValue.on) == last.c.on)
        )
        .where(AssetValue.firm_id == ctx.firm_id)
    )
    return {row.asset_id: row for row in session.exec(query.order_by(col(AssetValue.id)))}


def _asset(
    ctx: Context, row: Asset, owners: tuple[HolderShare, ...], value: AssetValue | None,
    uses: Mapping[int, str], asked: Question,
) -> Item:  # fmt: skip
    side = "debt" if row.kind in DEBTS else "asset"
    group = GROUP_OF[row.kind]
    detail = USES.get(uses.get(row.id or 0, ""), KINDS[row.kind])
    worth = None if value is None else in_euros(ctx, value.value, row.currency, asked.on)
    note = ""
    if value is None:
        note = f"aucune valeur connue au {french.day(asked.on)} : ajoutez-en une"
    elif worth is None:
        note = no_rate(row.currency, asked.on)
    owned, why = _shared(asked, worth, owners)
    on = value.on if value else None
    return Item(
        f"asset-{row.id}", side, group, row.label, detail, worth, owned, owners, on,
        "" if side == "debt" else "month" if row.kind in {"gold", "crypto"} else "sale",
        why or note, _is_old(on, asked.on), "", row.company_id, row.stake,
    )  # fmt: skip


def _shared(
    asked: Question, worth: Decimal | None, owners: tuple[HolderShare, ...]
) -> tuple[Owned | None, str]:
    if worth is None:
        return None, ""
    try:
        return asked.of(worth, owners), ""
    except UnknownUsufructError as error:
        return None, str(error)


def in_euros(ctx: Context, amount: Decimal, currency: str, on: date) -> Decimal | None:
    """Return an amount in euros at the rate of a day, in cents; null without rate."""
    if currency == "EUR":
        return cents(amount)
    rate = market.euro_rate(ctx, currency, on)
    return cents(amount / rate.units_per_euro) if rate else None


def no_rate(currency: str, on: date) -> str:
    """Say that no exchange rate is known near a day."""
    return f"aucun taux de change {currency} connu au {french.day(on)}"


def _loans(session: Session, ctx: Context, asked: Question) -> list[Item]:
    rows = loans_among(session, ctx, held_by(session, ctx, "loan_id", asked.members))
    ids = [row.id or 0 for row in rows]
    owners, events = owners_of(session, ctx, "loan_id", ids), events_of(session, ctx, ids)
    found = []
    for row in rows:
        lines = lines_of(row, [event for _, event in events.get(row.id or 0, ())])
        owed = outstanding_on(row, lines, asked.on)
        if not owed:
            continue
        worth = in_euros(ctx, owed, row.currency, asked.on)
        owned, _ = _shared(asked, worth, owners[row.id or 0])
        note = "" if worth is not None else no_rate(row.currency, asked.on)
        detail = f"{LOAN_KINDS[row.kind]} · {row.lender}"
        found.append(Item(f"loan-{row.id}", "debt", "loan", row.label, detail, worth, owned,
                          owners[row.id or 0], asked.on, "", note))  # fmt: skip
    return found


def _through(session: Session, ctx: Context, item: Item, asked: Question, depth: int) -> list[Item]:
    """Return what the company behind some shares owns and owes, in the place of the shares."""
    if item.company_id is None or item.owned is None:
        return [item]
    if item.company_id in asked.members:
        note = f"{item.label} : la société est déjà comptée dans ce périmètre"
        return [replace(item, owned=None, note=note)]
    if not inside_members(session, ctx, [item.company_id]):
        return [item]
    company = Scope("company", item.company_id, item.label, None, "client", (item.company_id,),
                    None)  # fmt: skip
    inner = replace(asked, look_through=True)
    stake = item.stake if item.stake is not None else Decimal(1)
    return [
        _seen_through(one, item, stake, asked)
        for one in items(session, ctx, company, inner, depth + 1)
    ]


def _seen_through(one: Item, shares: Item, stake: Decimal, asked: Question) -> Item:
    if one.owned is None:
        return replace(one, via=one.via or shares.label, company_id=None)
    part = cents(one.owned.total * stake)
    owned, why = _shared(asked, part, shares.holders)
    return replace(
        one, owned=owned, whole_eur=part, note=why or one.note, holders=shares.holders,
        via=one.via or shares.label, company_id=None, key=f"{one.key}-via-{shares.key}",
    )  # fmt: skip
