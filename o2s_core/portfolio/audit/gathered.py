"""What does the audit read, once, before the rules look? (faits réunis)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from o2s_core import market
from o2s_core.analytics import correlation
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.portfolio.accounts import accounts
from o2s_core.portfolio.audit.audited import (
    Audited,
    AuditedLine,
    ClassCost,
    Held,
    LeftOut,
    Past,
    SilentAccount,
)
from o2s_core.portfolio.holdings import Holdings
from o2s_core.portfolio.performance import Performance

UNPRICED: Final = "aucun cours connu"
#: Weekly prices over a year tell which supports move together.
WEEK: Final = 7
YEAR: Final = 365
#: The supports compared: the heaviest ones, beyond which a pair weighs nothing.
COMPARED: Final = 25

Known = Mapping[int, Mapping[str, Any]]


def gathered(ctx: Context, scope: Scope, held: Holdings, year: Performance | None) -> Audited:
    """Return a scope's portfolio as the rules see it, today.

    `held` is what it holds, `year` how it did since a year ago, null when nothing is known.
    """
    ids = {id_ for id_ in held.lines["instrument_id"].to_list() if id_ is not None}
    known = facts_of(ctx, ids)
    lines = tuple(_line(row, known) for row in held.lines.iter_rows(named=True))
    return Audited(
        scope_name=held.scope_name,
        on=held.on,
        total_eur=held.total_eur,
        lines=lines,
        left_out=tuple(_left_out(row) for row in held.excluded.iter_rows(named=True)),
        silent=_silent(ctx, scope, held),
        past=None if year is None else _past(year),
        **surroundings(ctx, lines),
    )


def surroundings(ctx: Context, lines: Sequence[AuditedLine]) -> dict[str, Any]:
    """Return what is known around some lines: inventories, medians, correlations, doubts."""
    ids = {line.instrument_id for line in lines if line.instrument_id is not None}
    doubtful = market.doubtful_prices(ctx)["instrument_id"].to_list()
    return {
        "inventories": _inventories(ctx, ids),
        "class_costs": {
            name: ClassCost(float(median), supports)
            for name, median, supports in market.class_costs(ctx).iter_rows()
        },
        "pairs": _pairs(ctx, lines),
        "doubtful": frozenset(doubtful) & ids,
    }


def facts_of(ctx: Context, instrument_ids: set[int]) -> Known:
    """Return what is known of some supports, by id."""
    rows = market.support_facts(ctx, instrument_ids).to_dicts()
    return {row["instrument_id"]: row for row in rows}


def known_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the manufacturers and the firm say of a support, as a line holds it."""
    return {
        "manager": said.get("manager") or "",
        "status": said.get("status") or "active",
        "decision": said.get("decision") or "",
        "sri": said.get("sri"),
        "sfdr": said.get("sfdr"),
        "ongoing": _float(said.get("ongoing")),
        "distribution": _float(said.get("distribution")),
        "retail": said.get("retail") or "",
    }


def _line(row: Mapping[str, Any], known: Known) -> AuditedLine:
    return AuditedLine(
        label=row["label"],
        value_eur=row["value_eur"],
        weight=row["weight"] or 0.0,
        account=row["account"],
        account_id=row["account_id"],
        provider=row["provider"],
        envelope=row["envelope"],
        instrument_id=row["instrument_id"],
        isin=row["isin"] or "",
        kind=row["instrument_kind"],
        asset_class=row["asset_class"],
        currency=row["currency"],
        gain_ratio=row["gain_ratio"],
        data_on=row["data_on"],
        situation_on=row["situation_on"],
        computed=row["known_by"] == "computed",
        stale=row["stale"],
        corrected=bool(row["corrected"]),
        **known_of(known.get(row["instrument_id"] or 0, {})),
    )


def _float(value: Any) -> float | None:  # noqa: ANN401
    return None if value is None else float(value)


def _left_out(row: Mapping[str, Any]) -> LeftOut:
    return LeftOut(
        row["label"], row["account"], row["account_id"], row["reason"], row["reported_eur"],
        row["reason"].startswith(UNPRICED),
    )  # fmt: skip


def _silent(ctx: Context, scope: Scope, held: Holdings) -> tuple[SilentAccount, ...]:
    """Return the open accounts with the day of their last situation, null when none came."""
    return tuple(
        SilentAccount(row["account_id"], row["label"], row["situation_on"])
        for row in accounts(ctx, scope).iter_rows(named=True)
        if row["closed_on"] is None or row["closed_on"] > held.on
    )


def _past(year: Performance) -> Past:
    return Past(year.periods["1m"], year.risk["volatility"], year.risk["max_drawdown"])


def _inventories(ctx: Context, ids: set[int]) -> dict[int, tuple[Held, ...]]:
    rows = market.inventories(ctx, ids).iter_rows(named=True)
    found: dict[int, list[Held]] = {}
    for row in rows:
        line = Held(
            row["code"], row["label"], row["country"], row["currency"], float(row["weight"])
        )
        found.setdefault(row["instrument_id"], []).append(line)
    return {id_: tuple(lines) for id_, lines in found.items()}


def _pairs(ctx: Context, lines: Sequence[AuditedLine]) -> dict[tuple[int, int], float]:
    """Return how the priced supports move together, each pair once."""
    weights: dict[int, float] = {}
    for line in lines:
        if line.instrument_id is not None and not line.amount:
            weights[line.instrument_id] = weights.get(line.instrument_id, 0.0) + line.weight
    ids = sorted(sorted(weights, key=lambda id_: -weights[id_])[:COMPARED])
    if len(ids) < 2:
        return {}
    weekly = _weekly(ctx, ids)
    found = correlation.correlations(weekly)
    return {
        (one, other): float(found[i, j])
        for i, one in enumerate(ids)
        for j, other in enumerate(ids)
        if i < j and np.isfinite(found[i, j])
    }


def _weekly(ctx: Context, ids: Sequence[int]) -> np.ndarray:
    end: date = ctx.today
    matrix = market.price_matrix(ctx, ids, end - timedelta(days=YEAR), end)
    weekly = matrix.values[:, (len(matrix.days) - 1) % WEEK :: WEEK].copy()
    # A price carried from one week to the next tells nothing of how the support moves.
    weekly[:, 1:][weekly[:, 1:] == weekly[:, :-1]] = np.nan
    return weekly
