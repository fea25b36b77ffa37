"""Which lines count in a scope, for how much, and which are left out, for which reason."""

from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core import market
from o2s_core.kernel.money import ZERO
from o2s_core.portfolio.facts import Facts
from o2s_core.portfolio.held_accounts import HeldAccount
from o2s_core.portfolio.holders import owned
from o2s_core.portfolio.positions import Position
from o2s_core.portfolio.valuation import Valued, cost, in_euros, missing_rate, value_today

EUROS: Final = pl.Decimal(38, 2)
EXACT: Final = pl.Decimal(38, 8)

#: One row per line owned by the scope. Amounts in euros are the scope's share, in cents;
#: `quantity` is its share too. `gain_*` are null when the unit cost is unknown (“non
#: calculable”); both sides are converted at the rate of the day: a gain has no currency effect.
HOLDINGS: Final = pl.Schema(
    {
        "line": pl.Int64(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "provider": pl.String(),
        "provider_code": pl.String(),
        "envelope": pl.String(),
        "instrument_id": pl.Int64(),
        "isin": pl.String(),
        "label": pl.String(),
        "instrument_kind": pl.String(),
        "asset_class": pl.String(),
        "quantity": EXACT,
        "kind": pl.String(),  # partner, computed, manual: typed, or corrected by hand
        "known_by": pl.String(),  # the same, corrections aside
        "corrected": pl.String(),  # figures corrected by hand, joined by commas
        "unit_cost": EXACT,
        "price": EXACT,
        "price_on": pl.Date(),
        "data_on": pl.Date(),
        "currency": pl.String(),
        "rate": EXACT,
        "value_eur": EUROS,
        "weight": pl.Float64(),
        "cost_eur": EUROS,
        "gain_eur": EUROS,
        "gain_ratio": pl.Float64(),
        "situation_on": pl.Date(),
        "situation_value_eur": EUROS,
        "share": pl.Float64(),
        "stale": pl.Boolean(),
        "delivery_id": pl.Int64(),
        "locator": pl.String(),
        "situation_id": pl.Int64(),
    }
)
#: What is left out of the total, and why; `reported_eur` is null when nothing is known of it.
EXCLUDED: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "isin": pl.String(),
        "label": pl.String(),
        "quantity": EXACT,
        "reason": pl.String(),
        "reported_eur": EUROS,
    }
)
SPLIT_RIGHT: Final = (
    "droit démembré : l'autre droit est détenu hors du périmètre affiché, "
    "la valeur en pleine propriété n'est pas comptée"
)
#: A round amount by which the share of a scope is measured, to eight decimals.
YARDSTICK: Final = Decimal(1_000_000)


class Count:
    """The lines of a scope while they are valued, shared and counted."""

    def __init__(self, facts: Facts, members: AbstractSet[int]) -> None:
        self.facts, self.members = facts, members
        self.lines: list[dict[str, Any]] = []
        self.owners: list[tuple[int, int | None, Decimal]] = []
        self.excluded: list[dict[str, Any]] = []
        self.outside: dict[int, Decimal] = {}
        self._shares = {
            id_: owned(YARDSTICK, account.holders, members).total / YARDSTICK
            for id_, account in facts.accounts.items()
        }
        self._today = facts.rates_on(facts.on)
        for position in facts.positions:
            quote = facts.quotes.get(position.instrument_id or 0)
            self._take(facts.accounts[position.account_id], position, value_today(position, quote))

    def _take(self, account: HeldAccount, position: Position, valued: Valued) -> None:
        """Count a line, or say why it is left out."""
        value = in_euros(valued.amount, valued.currency, self._today)
        if value is not None:
            self._count(account, position, valued, value)
            return
        reason = valued.reason or missing_rate(valued.currency, self.facts.on)
        self._exclude(account, position, reason, self._reported(account, position))

    def _count(
        self, account: HeldAccount, position: Position, valued: Valued, value: Decimal
    ) -> None:
        part = owned(value, account.holders, self.members)
        self.outside[account.id] = self.outside.get(account.id, ZERO) + part.outside
        if part.split_right:
            self._exclude(account, position, SPLIT_RIGHT, part.split_right)
        if not part.parts:
            return
        number = len(self.lines)
        self.owners += [(number, owner, amount) for owner, amount in part.parts]
        self.lines.append(
            _place(account)
            | self._what(account, position, valued)
            | self._worth(account, position, part.total)
            | {"line": number}
        )

    def _what(self, account: HeldAccount, position: Position, valued: Valued) -> dict[str, Any]:
        return {
            "instrument_id": position.instrument_id,
            "isin": position.isin,
            "label": position.label,
            "instrument_kind": position.instrument_kind,
            "asset_class": position.asset_class,
            "quantity": self._quantity(account, position),
            "kind": "manual" if position.corrected else position.kind,
            "known_by": position.kind,
            "corrected": ",".join(position.corrected),
            "unit_cost": position.unit_cost,
            "price": valued.price,
            "price_on": valued.price_on,
            "data_on": valued.data_on,
            "currency": valued.currency,
            "rate": self._today.get(valued.currency),
            "situation_on": None if position.kind == "computed" else position.as_of,
            "share": float(self._shares[account.id]),
            "stale": market.is_stale(position.instrument_kind, valued.data_on, self.facts.on),
            "delivery_id": position.delivery_id,
            "locator": position.locator,
            "situation_id": position.situation_id,
        }

    def _quantity(self, account: HeldAccount, position: Position) -> Decimal | None:
        """Return the scope's share of a quantity."""
        share = self._shares[account.id]
        return (
            position.quantity
            if position.quantity is None or share == 1
            else (position.quantity * share)
        )

    def _worth(
        self, account: HeldAccount, position: Position, value: Decimal
    ) -> dict[str, Decimal | float | None]:
        whole_cost = in_euros(cost(position), position.currency, self._today)
        spent = None if whole_cost is None else self._mine(account, whole_cost)
        return {
            "value_eur": value,
            "cost_eur": spent,
            "gain_eur": None if spent is None else value - spent,
            "gain_ratio": float((value - spent) / spent) if spent else None,
            "situation_value_eur": self._reported(account, position),
        }

    def _reported(self, account: HeldAccount, position: Position) -> Decimal | None:
        """Return what the source reported, converted on its day: the scope's share."""
        if position.kind == "computed":
            return None
        then = self.facts.rates_on(position.as_of)
        amount = in_euros(position.source.reported, position.currency, then)
        return None if amount is None else self._mine(account, amount)

    def _mine(self, account: HeldAccount, amount: Decimal) -> Decimal:
        return owned(amount, account.holders, self.members).total

    def _exclude(
        self, account: HeldAccount, position: Position, reason: str, reported: Decimal | None
    ) -> None:
        self.excluded.append(
            {
                "account_id": account.id,
                "account": account.label,
                "number": account.number,
                "isin": position.isin,
                "label": position.label,
                "quantity": self._quantity(account, position),
                "reason": reason,
                "reported_eur": reported,
            }
        )


def _place(account: HeldAccount) -> dict[str, Any]:
    return {
        "account_id": account.id,
        "account": account.label,
        "number": account.number,
        "provider": account.provider,
        "provider_code": account.provider_code,
        "envelope": account.envelope,
    }
