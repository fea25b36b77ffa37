"""An account beside the model that it follows: each line's worth, target and drift."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import market, store
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO
from o2s_core.market import VersionCard
from o2s_core.market.models import FundStatus, Instrument
from o2s_core.portfolio.held_accounts import HeldAccount, held_by_ids
from o2s_core.portfolio.holdings import lines_of_accounts
from o2s_core.portfolio.switches.eligibility import GUARANTEED, Bought, doubt, refusal
from o2s_core.portfolio.switches.pending import pending_orders

BANNED: Final = "support exclu par le cabinet"


@dataclass(frozen=True, slots=True)
class Support:
    """One support of an account or of its model, as a switch sees it.

    `cost_eur` is null when the unit cost is unknown; `refused` says why it cannot be bought,
    `doubt` what to check before. `pending_eur` is under way: bought (> 0) or sold.
    """

    instrument_id: int
    label: str
    kind: str
    asset_class: str
    value_eur: Decimal
    cost_eur: Decimal | None
    stale: bool
    target: Decimal
    minimum: Decimal | None
    maximum: Decimal | None
    refused: str
    doubt: str = ""
    pending_eur: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Portrait:
    """An account and its model; `apart` are lines without a support or without a value."""

    account: HeldAccount
    supports: tuple[Support, ...]
    apart: tuple[tuple[str, Decimal | None, str], ...]  #: label, worth, why
    fingerprint: str

    @property
    def total_eur(self) -> Decimal:
        """Return what the account is worth, lines left apart excepted."""
        return sum((s.value_eur for s in self.supports), ZERO)

    def drifts(self) -> list[Decimal]:
        """Return weight - target of each support, as ratios; nothing when it is worth nothing."""
        total = self.total_eur
        return [s.value_eur / total - s.target for s in self.supports] if total > 0 else []


def portraits(
    ctx: Context, versions: Mapping[int, VersionCard], account_ids: Collection[int]
) -> dict[int, Portrait]:
    """Return the portrait of visible accounts, each beside its version, valued at once."""
    with store.reading(ctx) as session:
        accounts = {a.id: a for a in held_by_ids(session, ctx, account_ids)}
        excluded = _excluded(session, ctx)
        under_way = pending_orders(session, ctx, list(accounts))
    held = lines_of_accounts(ctx, list(accounts))
    known = _supports(ctx, held.lines, versions.values(), under_way.values())
    return {
        id_: _portrait(
            account,
            versions[id_],
            held.lines.filter(pl.col("account_id") == id_),
            held.excluded.filter(pl.col("account_id") == id_),
            known,
            excluded,
            under_way.get(id_, {}),
        )
        for id_, account in accounts.items()
    }


def _supports(
    ctx: Context,
    lines: pl.DataFrame,
    versions: Collection[VersionCard],
    under_way: Collection[Mapping[int, Decimal]],
) -> dict[int, Instrument]:
    """Return the records of what is held, aimed at or under way, and all fonds euros."""
    ids = set(lines["instrument_id"].drop_nulls()).union(*under_way) | {
        id_ for version in versions for id_ in version.lines["instrument_id"]
    }
    wanted = col(Instrument.id).in_(sorted(ids)) | col(Instrument.kind).in_(sorted(GUARANTEED))
    query = select(Instrument).where(Instrument.firm_id == ctx.firm_id, wanted)
    with store.reading(ctx) as session:
        return {row.id or 0: row for row in session.exec(query)}


def _excluded(session: Session, ctx: Context) -> frozenset[int]:
    """Return the supports that the firm excluded: the last decision on each stands."""
    query = (
        select(FundStatus.instrument_id, FundStatus.state)
        .where(FundStatus.firm_id == ctx.firm_id)
        .order_by(col(FundStatus.id))
    )
    last = dict(session.exec(query).all())
    return frozenset(id_ for id_, state in last.items() if state == "excluded")


def _portrait(
    account: HeldAccount,
    version: VersionCard,
    lines: pl.DataFrame,
    excluded: pl.DataFrame,
    known: Mapping[int, Instrument],
    banned: Collection[int],
    under_way: Mapping[int, Decimal],
) -> Portrait:
    rows = _by_support(lines)
    apart = [
        (row["label"], row["value_eur"], "ligne sans support identifié")
        for row in lines.filter(pl.col("instrument_id").is_null()).iter_rows(named=True)
    ]
    apart += list(excluded.select("label", "reported_eur", "reason").iter_rows())
    targets = _targets(account, version, rows, known)
    supports = [
        _support(account, known[id_], rows.get(id_, {}), targets.get(id_, {}), banned, under_way)
        for id_ in dict.fromkeys([*targets, *rows, *under_way])
    ]
    mark = hashlib.sha256(repr(_marks(version, lines)).encode()).hexdigest()[:16]
    return Portrait(account, tuple(supports), tuple(apart), mark)


def _by_support(lines: pl.DataFrame) -> dict[int, dict[str, Any]]:
    """Return the lines of one account, those of one support together, largest first."""
    grouped = (
        lines.drop_nulls("instrument_id")
        .group_by("instrument_id", maintain_order=True)
        .agg(
            pl.col("value_eur").sum(),
            pl.when(pl.col("cost_eur").is_null().any()).then(None).otherwise(pl.col("cost_eur").sum())
            .alias("cost_eur"),
            pl.col("stale").any(),
        )
        .sort("value_eur", descending=True, maintain_order=True)
    )  # fmt: skip
    return {row["instrument_id"]: row for row in grouped.iter_rows(named=True)}


def _targets(
    account: HeldAccount,
    version: VersionCard,
    rows: Mapping[int, Any],
    known: Mapping[int, Instrument],
) -> dict[int, dict[str, Any]]:
    """Return the lines of the model; its fonds euros is that of the contract."""
    found: dict[int, dict[str, Any]] = {}
    for line in version.lines.iter_rows(named=True):
        id_ = line["instrument_id"]
        if line["kind"] in GUARANTEED and id_ not in rows:
            id_ = _own_euro_fund(account, line["kind"], rows, known) or id_
        if id_ in found:
            line["weight"] += found[id_]["weight"]
            line["minimum"] = line["maximum"] = None
        found[id_] = line
    return found


def _own_euro_fund(
    account: HeldAccount, kind: str, rows: Mapping[int, Any], known: Mapping[int, Instrument]
) -> int | None:
    held = [id_ for id_ in rows if known[id_].kind == kind]
    offered = [
        id_
        for id_, row in sorted(known.items())
        if row.kind == kind and row.provider_id == account.provider_id and row.status == "active"
    ]
    return next(iter([*held, *offered]), None)


def _support(
    account: HeldAccount,
    row: Instrument,
    held: Mapping[str, Any],
    target: Mapping[str, Any],
    banned: Collection[int],
    under_way: Mapping[int, Decimal],
) -> Support:
    bought = Bought(row.kind, row.asset_class, row.status, row.provider_id, row.eligible)
    return Support(
        instrument_id=row.id or 0,
        label=row.label,
        kind=row.kind,
        asset_class=row.asset_class,
        value_eur=held.get("value_eur", ZERO),
        cost_eur=held.get("cost_eur") if held else ZERO,
        stale=bool(held.get("stale")),
        target=target.get("weight", ZERO),
        minimum=target.get("minimum"),
        maximum=target.get("maximum"),
        refused=BANNED
        if row.id in banned
        else refusal(account.envelope, account.provider_id, bought),
        doubt=doubt(account.envelope, bought),
        pending_eur=under_way.get(row.id or 0, ZERO),
    )


def _marks(version: VersionCard, lines: pl.DataFrame) -> list[Any]:
    """Return what makes a proposal obsolete when it changes: quantities, situation, version."""
    seen = lines.select("instrument_id", "quantity", "situation_id", "unit_cost")
    return [version.id, *sorted(map(str, seen.iter_rows()))]


def model_versions(ctx: Context, model_ids: Collection[int]) -> dict[int, VersionCard]:
    """Return the version in force of some models; one that has none is left out."""
    found = {id_: market.model_portfolio(ctx, id_).in_force for id_ in sorted(set(model_ids))}
    return {id_: version for id_, version in found.items() if version is not None}
