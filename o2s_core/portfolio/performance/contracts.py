"""What was paid into each contract and taken out, what it earned, what it cost? (par contrat)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core.analytics import returns
from o2s_core.kernel.money import ZERO, cents
from o2s_core.portfolio.holdings import Holdings
from o2s_core.portfolio.performance.flows import AccountFlows
from o2s_core.portfolio.performance.measuring import Measured, measured
from o2s_core.portfolio.performance.moves import Moves
from o2s_core.portfolio.performance.paths import AccountPath, Paths
from o2s_core.portfolio.running_positions import Posted

EUROS: Final = pl.Decimal(38, 2)
#: One row per contract, the scope's share in euros. From `since`, the first day known:
#: `start_eur + paid_in_eur - withdrawn_eur + gain_eur = value_eur`, to the cent; `start_eur` is
#: 0 when payments explain the first value. `twr` is a ratio over the whole time, null where
#: there is none, `twr_annual` a year's, null below one year. Fees, dealing fees and taxes are
#: those of the period asked, positive when paid; `costs_unknown` counts those whose amount
#: nobody says.
CONTRACTS: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "envelope": pl.String(),
        "provider": pl.String(),
        "share": pl.Float64(),
        "since": pl.Date(),
        "closed_on": pl.Date(),
        "start_eur": EUROS,
        "paid_in_eur": EUROS,
        "withdrawn_eur": EUROS,
        "gain_eur": EUROS,
        "value_eur": EUROS,
        "twr": pl.Float64(),
        "twr_annual": pl.Float64(),
        "fees_eur": EUROS,
        "dealing_eur": EUROS,
        "taxes_eur": EUROS,
        "costs_unknown": pl.Int64(),
    }
)
#: Payments that differ from the first value by less than this share explain it: entry fees.
ENTRY_FEES: Final = 0.06
TAXES: Final = frozenset({"tax", "social_levy"})


def contracts(
    found: Paths,
    moved: Moves,
    flows: Mapping[int, AccountFlows],
    closing: Holdings,
    period: Measured,
) -> pl.DataFrame:
    """Return each contract since it is known, and its costs of the period. Schema `CONTRACTS`.

    The values are those of `closing`; a contract that holds nothing any more is worth 0.
    """
    worth = dict(closing.accounts.select("account_id", "value_eur").iter_rows())
    inside = found.at(period.first), found.at(period.last)
    rows = [
        _named(path)
        | _since(found, path, flows[path.account.id], worth.get(path.account.id, ZERO), period.last)
        | _costs(path, moved, found, inside)
        for path in found.accounts
        if path.seen[0] <= inside[1] and path.until > inside[0]
    ]
    return pl.DataFrame(rows, CONTRACTS)


def _named(path: AccountPath) -> dict[str, Any]:
    account = path.account
    names = ("number", "envelope", "provider", "closed_on")
    return {name: getattr(account, name) for name in names} | {
        "account_id": account.id, "account": account.label, "share": path.share
    }  # fmt: skip


def _since(
    found: Paths, path: AccountPath, own: AccountFlows, value: Decimal, last: date
) -> dict[str, Any]:
    """Return what a contract received, gave back and earned since it is known."""
    period = measured(replace(found, accounts=(path,)), {path.account.id: own}, date.min, last)
    if period is None:
        return {"value_eur": value}
    amounts = [flow.amount for flow in period.dated]
    start = _euros(float(period.values[0]))
    before = [flow.amount for flow in own.flows if flow.at <= path.seen[0]]
    if _explains(before, float(period.values[0])):
        start, amounts = ZERO, before + amounts
    paid = _euros(sum(amount for amount in amounts if amount > 0))
    withdrawn = _euros(-sum(amount for amount in amounts if amount < 0))
    return {
        "since": period.first,
        "start_eur": start,
        "paid_in_eur": paid,
        "withdrawn_eur": withdrawn,
        "value_eur": value,
        "gain_eur": value - start - paid + withdrawn,
        "twr": period.twr,
        "twr_annual": returns.annualised(period.twr, period.first, period.last),
    }


def _explains(amounts: Sequence[float], value: float) -> bool:
    paid = sum(amounts)
    return paid > 0 and abs(value - paid) <= ENTRY_FEES * paid


def _costs(
    path: AccountPath, moved: Moves, found: Paths, inside: tuple[int, int]
) -> dict[str, Any]:
    """Return what the contract was charged after the first day of the period, until its last."""
    charged = {"fees_eur": 0.0, "dealing_eur": 0.0, "taxes_eur": 0.0}
    unknown = 0
    for row in moved.of(path.account.id):
        at = found.at(row.trade_on)
        if not inside[0] < at <= inside[1]:
            continue
        for name, amount in _charges(row, path, moved, at):
            if math.isnan(amount):
                unknown += 1
            else:
                charged[name] += amount
    return {name: _euros(amount) for name, amount in charged.items()} | {"costs_unknown": unknown}


def _charges(row: Posted, path: AccountPath, moved: Moves, at: int) -> list[tuple[str, float]]:
    """Return what a movement cost: itself when it is a fee or a tax, else what it carries."""
    euros = path.share * moved.euro(row.currency, at)
    if row.kind != "fee" and row.kind not in TAXES:
        carried = (("dealing_eur", row.fees), ("taxes_eur", row.taxes))
        return [(name, float(amount) * euros) for name, amount in carried if amount]
    stated = row.gross if row.net is None else row.net
    amount = _of_units(row, path, at) if stated is None else -float(stated) * euros
    return [("fees_eur" if row.kind == "fee" else "taxes_eur", amount)]


def _of_units(row: Posted, path: AccountPath, at: int) -> float:
    """Return what units taken were worth on their day, in euros; NaN when nobody says."""
    for line in path.lines:
        held = line.position.quantity
        inside = line.start <= at < line.start + len(line.worth)
        if inside and held and row.quantity and line.position.instrument_id == row.instrument_id:
            return -float(row.quantity / held) * float(line.worth[at - line.start])
    return math.nan


def _euros(amount: float) -> Decimal:
    return cents(Decimal(repr(float(amount))))
