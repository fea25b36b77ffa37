"""What happened on some accounts, with running balances [Mouvements]."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import bindparam, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Instrument
from o2s_core.portfolio.held_accounts import HeldAccount, held_account, held_accounts
from o2s_core.portfolio.models import Movement, Situation
from o2s_core.portfolio.movement_kinds import MOVEMENT_KINDS, TRADES
from o2s_core.portfolio.positions import BY_VALUE, SituationHead, situations_on

EXACT: Final = pl.Decimal(38, 8)

#: One row per movement of whole accounts, oldest first. Quantities and `net` are signed:
#: positive enters the account. `held` is the quantity after it, `cash` the cash after it,
#: both as the movements alone tell. `after_situation`: later than the last situation, so
#: not in the quantities shown. `reverses_id`: the typed movement that this one takes back.
MOVEMENTS: Final = pl.Schema(
    {
        "movement_id": pl.Int64(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "number": pl.String(),
        "trade_on": pl.Date(),
        "value_on": pl.Date(),
        "kind": pl.String(),
        "kind_label": pl.String(),
        "instrument_id": pl.Int64(),
        "isin": pl.String(),
        "label": pl.String(),
        "quantity": EXACT,
        "price": EXACT,
        "gross": EXACT,
        "fees": EXACT,
        "taxes": EXACT,
        "net": EXACT,
        "currency": pl.String(),
        "held": EXACT,
        "cash": EXACT,
        "after_situation": pl.Boolean(),
        "state": pl.String(),
        "source": pl.String(),
        "reverses_id": pl.Int64(),
        "delivery_id": pl.Int64(),
        "locator": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements to show; days are inclusive, nothing given means all.

    Balances always run over all movements, also those not shown.
    """

    start: date | None = None
    end: date | None = None
    kinds: frozenset[str] = frozenset()
    account_ids: frozenset[int] = frozenset()
    text: str = ""
    withdrawn: bool = False  #: also those that the partner, or the firm, took back


def movements(ctx: Context, scope: Scope, wanted: MovementFilter | None = None) -> pl.DataFrame:
    """Return the movements of every account that a contact, household or group holds.

    Schema `MOVEMENTS`. A joint account's movements are whole, not shared.
    """
    ctx.require(Permission.MOVEMENT_READ)
    with store.reading(ctx) as session:
        held = held_accounts(session, ctx, scope.member_ids)
        return _ledger(session, ctx, held, wanted or MovementFilter())


def movements_of_account(
    ctx: Context, account_id: int, wanted: MovementFilter | None = None
) -> pl.DataFrame:
    """Return the movements of one account. Schema `MOVEMENTS`."""
    ctx.require(Permission.MOVEMENT_READ)
    with store.reading(ctx) as session:
        kept = held_account(session, ctx, account_id)
        return _ledger(session, ctx, [kept], wanted or MovementFilter())


def later_counts(
    session: Session, ctx: Context, heads: Mapping[int, SituationHead], on: date
) -> dict[int, int]:
    """Count the movements after each situation, until a day: “postérieurs à la situation”."""
    if not heads:
        return {}
    asked = {"firm_id": ctx.firm_id, "ids": [head.id for head in heads.values()], "on": on}
    return {account_id: count for account_id, count in session.execute(_LATER, asked)}  # noqa: C416  typed rows


_LATER: Final = (
    columns(col(Movement.account_id), func.count())
    .join(Situation, col(Situation.account_id) == col(Movement.account_id))
    .where(
        col(Movement.firm_id) == bindparam("firm_id"),
        col(Situation.id).in_(bindparam("ids", expanding=True)),
        col(Movement.state) == "posted",
        col(Movement.trade_on) > col(Situation.as_of),
        col(Movement.trade_on) <= bindparam("on"),
    )
    .group_by(col(Movement.account_id))
)


def _ledger(
    session: Session, ctx: Context, held: list[HeldAccount], wanted: MovementFilter
) -> pl.DataFrame:
    """Read, run the balances, then keep what is asked for."""
    ids = [a.id for a in held if not wanted.account_ids or a.id in wanted.account_ids]
    rows = _read(session, ctx, ids, withdrawn=wanted.withdrawn)
    heads = situations_on(session, ctx, ids, ctx.today)
    return _kept(_balanced(rows, held, heads), wanted)


def _read(
    session: Session, ctx: Context, ids: Collection[int], *, withdrawn: bool
) -> list[Mapping[str, Any]]:
    kept = col(Movement.state) == "posted"
    if withdrawn:
        undone = (col(Movement.state) == "cancelled") & (col(Movement.source) == "manual")
        kept |= (col(Movement.state) == "cancelled_by_partner") | undone
    names = (
        "account_id", "trade_on", "value_on", "kind", "instrument_id", "quantity", "price",
        "gross", "fees", "taxes", "net", "currency", "state", "source", "reverses_id",
        "delivery_id", "locator",
    )  # fmt: skip
    query = (
        select(  # type: ignore[call-overload]
            col(Movement.id).label("movement_id"),
            *(getattr(Movement, name) for name in names),
            func.coalesce(Instrument.label, Movement.label).label("label"),
            col(Instrument.isin).label("isin"),
            col(Instrument.kind).label("instrument_kind"),
        )
        .outerjoin(Instrument, col(Instrument.id) == col(Movement.instrument_id))
        .where(
            Movement.firm_id == ctx.firm_id,
            col(Movement.account_id).in_(list(ids)),
            kept,
        )
        .order_by(col(Movement.trade_on), col(Movement.id))
    )
    return [dict(row) for row in session.exec(query).mappings()]


def _balanced(
    rows: list[Mapping[str, Any]], held: list[HeldAccount], heads: Mapping[int, SituationHead]
) -> pl.DataFrame:
    schema = {**MOVEMENTS, "instrument_kind": pl.String()}
    read = pl.DataFrame(rows, schema={k: v for k, v in schema.items() if k not in _DERIVED})
    labels = {a.id: (a.label, a.number) for a in held}
    places = pl.DataFrame(
        [(id_, *label, _as_of(heads, id_)) for id_, label in labels.items()],
        schema={
            "account_id": pl.Int64,
            "account": pl.String,
            "number": pl.String,
            "situation_on": pl.Date,
        },
        orient="row",
    )
    posted = pl.col("state") == "posted"
    return (
        read.join(places, on="account_id", how="left", maintain_order="left")
        .with_columns(
            kind_label=pl.col("kind").replace(dict(MOVEMENT_KINDS)),
            held=_running(pl.when(posted).then("quantity"), "account_id", "instrument_id"),
            cash=_running(pl.when(posted).then(_cash_effect()), "account_id", "currency"),
            after_situation=(pl.col("trade_on") > pl.col("situation_on")).fill_null(value=False),
        )
        .with_columns(held=pl.when(pl.col("instrument_id").is_not_null()).then("held"))
        .select(pl.col(name).cast(kind) for name, kind in MOVEMENTS.items())
    )


_DERIVED: Final = {"account", "number", "kind_label", "held", "cash", "after_situation"}


def _as_of(heads: Mapping[int, SituationHead], account_id: int) -> date | None:
    head = heads.get(account_id)
    return head.as_of if head else None


def _running(amount: pl.Expr, *over: str) -> pl.Expr:
    return amount.fill_null(0).cum_sum().over(*over)


def _cash_effect() -> pl.Expr:
    """Say the rule of `positions.cash_effect` for a column."""
    on_line = pl.col("instrument_id").is_not_null() & (pl.col("instrument_kind") != "cash")
    settled = (pl.col("quantity").fill_null(0) != 0) | pl.col("instrument_kind").is_in(
        sorted(BY_VALUE - {"cash"})
    )
    in_kind = on_line & ~pl.col("kind").is_in(sorted(TRADES)) & settled
    return pl.when(in_kind.fill_null(value=False)).then(0).otherwise(pl.col("net"))


def _kept(rows: pl.DataFrame, wanted: MovementFilter) -> pl.DataFrame:
    if wanted.start:
        rows = rows.filter(pl.col("trade_on") >= wanted.start)
    if wanted.end:
        rows = rows.filter(pl.col("trade_on") <= wanted.end)
    if wanted.kinds:
        rows = rows.filter(pl.col("kind").is_in(sorted(wanted.kinds)))
    if wanted.text.strip():
        asked = search_key(wanted.text)
        texts = rows.select("label", "isin", "account", "number").iter_rows()
        rows = rows.filter([asked in search_key(" ".join(t or "" for t in row)) for row in texts])
    return rows
