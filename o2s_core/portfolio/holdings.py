"""What a person, a household or a group holds on a day, and what it is worth [Synthèse]."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from o2s_core import contacts, store
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import breakdowns, totals
from o2s_core.portfolio.counting import EUROS, EXCLUDED, HOLDINGS, Count
from o2s_core.portfolio.facts import facts
from o2s_core.portfolio.held_accounts import (
    HeldAccount,
    held_account,
    held_accounts,
    held_by_ids,
    inside_members,
)
from o2s_core.portfolio.movements import later_counts

#: Who owns which cents of which line; `owner_id` is null for rights owned together.
OWNERS: Final = pl.Schema(
    {"line": pl.Int64(), "owner_id": pl.Int64(), "owner": pl.String(), "value_eur": EUROS}
)
#: One row per account that holds something: its subtotals, the scope's share.
ACCOUNT_TOTALS: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "envelope": pl.String(),
        "provider": pl.String(),
        "kind": pl.String(),
        "lines": pl.UInt32(),
        "value_eur": EUROS,
        "weight": pl.Float64(),
        "cost_eur": EUROS,
        "gain_eur": EUROS,
        "gain_ratio": pl.Float64(),
        "situation_on": pl.Date(),
        "situation_value_eur": EUROS,
        "oldest_data_on": pl.Date(),
        "newest_data_on": pl.Date(),
        "stale_lines": pl.UInt32(),
        "share": pl.Float64(),
        "outside_eur": EUROS,
        "later_movements": pl.Int64(),
    }
)
TOGETHER: Final = "Usufruit et nue-propriété réunis"


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a scope holds on a day: lines, totals, freshness, and what is left out.

    `total_eur` is the worth on the day `on`; `situation_total_eur` what the
    partners reported, each at its own date. `outside_eur` is the part of joint
    accounts that belongs to people outside the scope, or outside the perimeter.
    """

    scope_name: str
    on: date
    lines: pl.DataFrame
    accounts: pl.DataFrame
    excluded: pl.DataFrame
    owners: pl.DataFrame
    total_eur: Decimal
    situation_total_eur: Decimal
    situation_missing: int  #: counted lines of which no source reported a value
    cost_eur: Decimal  #: of the lines whose unit cost is known
    gain_eur: Decimal | None
    gain_ratio: float | None
    gain_coverage: float | None  #: share of the total whose cost is known
    outside_eur: Decimal
    oldest_data_on: date | None
    newest_data_on: date | None
    oldest_situation_on: date | None
    newest_situation_on: date | None
    stale_lines: int
    stale_share: float | None
    declared: bool  #: some of it was typed (“données déclaratives”)

    def by(self, axis: str) -> pl.DataFrame:
        """Return the total split along an axis of `breakdowns.AXES`, largest part first.

        Schema `breakdowns.BREAKDOWN`; the parts add up to the total to the cent.
        """
        return breakdowns.by(self.lines, self.owners, axis)


def holdings(
    ctx: Context, scope: Scope, on: date | None = None, *, managed_only: bool = False
) -> Holdings:
    """Return what a contact, a household or a group holds on a day, each line by its share.

    An account held by several members counts once. Closed accounts hold
    nothing from their closing day on. `managed_only` leaves out the accounts
    held away from the firm. Without day it is today; a day to come is refused.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    day = _past_day(ctx, on)
    with store.reading(ctx) as session:
        members = inside_members(session, ctx, scope.member_ids)
        held = held_accounts(session, ctx, scope.member_ids)
        kept = [a for a in held if _counts(a, day) and (a.managed or not managed_only)]
        return _view(ctx, scope.name, members, kept, day)


def holdings_of_account(ctx: Context, account_id: int, on: date | None = None) -> Holdings:
    """Return what one account holds on a day, whole, whoever its holders are."""
    ctx.require(Permission.PORTFOLIO_READ)
    day = _past_day(ctx, on)
    with store.reading(ctx) as session:
        kept = held_account(session, ctx, account_id)
        everyone = frozenset(holder.contact_id for holder in kept.holders)
        return _view(ctx, kept.label, everyone, [kept], day)


def lines_of_accounts(ctx: Context, account_ids: Collection[int]) -> Holdings:
    """Return what some visible accounts hold today, whole, valued at once.

    Accounts out of the perimeter are left out; closed ones hold nothing.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    with store.reading(ctx) as session:
        kept = [a for a in held_by_ids(session, ctx, account_ids) if _counts(a, ctx.today)]
        everyone = frozenset(holder.contact_id for a in kept for holder in a.holders)
        return _view(ctx, "", everyone, kept, ctx.today)


def _past_day(ctx: Context, on: date | None) -> date:
    if on is not None and on > ctx.today:
        raise InvalidInputError("La date de valorisation ne peut pas être dans le futur.")
    return on or ctx.today


def _counts(account: HeldAccount, on: date) -> bool:
    return account.closed_on is None or account.closed_on > on


def _view(
    ctx: Context, name: str, members: frozenset[int], accounts: list[HeldAccount], on: date
) -> Holdings:
    """Value, share and count the lines of some accounts, then add up."""
    known = facts(ctx, accounts, on)
    with store.reading(ctx) as session:
        later = later_counts(session, ctx, known.heads, on)
    count = Count(known, members)
    total = totals.total(count.lines, "value_eur")
    for line in count.lines:
        line["weight"] = totals.share_of(line["value_eur"], total)
    by_account = totals.by_account(count.lines, count.outside, later)
    return Holdings(
        scope_name=name,
        on=on,
        lines=pl.DataFrame(count.lines, schema=HOLDINGS),
        accounts=pl.DataFrame(by_account, schema=ACCOUNT_TOTALS),
        excluded=pl.DataFrame(count.excluded, schema=EXCLUDED),
        owners=_owners(ctx, count),
        total_eur=total,
        outside_eur=sum(count.outside.values(), ZERO),
        **totals.whole(count.lines, total),
    )


def _owners(ctx: Context, count: Count) -> pl.DataFrame:
    ids = {owner for _, owner, _ in count.owners if owner is not None}
    names = contacts.names_of(ctx, ids)
    rows = [
        (line, owner, TOGETHER if owner is None else names[owner], amount)
        for line, owner, amount in count.owners
    ]
    return pl.DataFrame(rows, schema=OWNERS, orient="row")
