"""The last two situations of some accounts and what moved between: read once, in bulk."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import Select, Subquery, func
from sqlalchemy import select as columns
from sqlmodel import col

from o2s_core import store
from o2s_core.aggregation.feed.tolerances import DEFAULT
from o2s_core.kernel.context import Context
from o2s_core.market.models import Instrument
from o2s_core.portfolio.models import Account, Movement, Situation, SituationLine
from o2s_core.portfolio.movement_kinds import FUNDING, TRADES
from o2s_core.portfolio.positions import BY_VALUE

EXACT: Final = pl.Decimal(38, 8)
HEADS: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "situation_id": pl.Int64(),
        "as_of": pl.Date(),
        "source": pl.String(),
        "delivery_id": pl.Int64(),
        "rank": pl.Int64(),  # 1 is the last one, 2 the one before
    }
)
LINES: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "rank": pl.Int64(),
        "instrument_id": pl.Int64(),
        "kind": pl.String(),
        "quantity": EXACT,
        "price": EXACT,
        "price_on": pl.Date(),
        "value": EXACT,
        "currency": pl.String(),
    }
)
MOVED: Final = pl.Schema({"account_id": pl.Int64()})
MOVES: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "instrument_id": pl.Int64(),
        "instrument_kind": pl.String(),
        "trade_on": pl.Date(),
        "kind": pl.String(),
        "quantity": EXACT,
        "net": EXACT,
        "currency": pl.String(),
    }
)


#: What stands where a situation has no feed: column of `pairs` -> the product's tolerance.
USUAL: Final = {
    "quantity_gap": DEFAULT.quantity,
    "cash_gap": DEFAULT.cash_amount,
    "value_change": float(DEFAULT.account_change),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What is compared, for some accounts.

    `pairs` has one row per account with two situations of its partner: `since`
    and `as_of`; `between` the movements posted after `since` and not after `as_of`.
    """

    heads: pl.DataFrame
    lines: pl.DataFrame
    pairs: pl.DataFrame
    between: pl.DataFrame
    #: which of some accounts have movements (column `account_id`)
    moved: Callable[[Iterable[int]], pl.DataFrame]
    #: every posted movement of some accounts (schema `MOVES`): years of them, so asked for few
    moves_of: Callable[[Iterable[int]], pl.DataFrame]


def figures(ctx: Context, account_ids: Collection[int] | None, tolerances: pl.DataFrame) -> Figures:
    """Read the figures of some accounts, or of all; three queries, whatever their number.

    `tolerances` gives, by `delivery_id`, how far two figures may be from each other.
    """
    last = _last_two(ctx, account_ids)
    heads = store.frame(ctx, columns(*last.c), HEADS)
    lines = store.frame(ctx, _lines(ctx, last), LINES)
    pairs = _pairs(heads).join(tolerances, on="delivery_id", how="left")
    pairs = pairs.with_columns(pl.col(n).fill_null(v) for n, v in USUAL.items())
    return Figures(
        heads, lines, pairs, _between(ctx, pairs),
        lambda ids: store.frame(ctx, _moved(ctx, ids), MOVED),
        lambda ids: store.frame(ctx, _moves(ctx, ids), MOVES),
    )  # fmt: skip


def _between(ctx: Context, pairs: pl.DataFrame) -> pl.DataFrame:
    first = pairs["since"].min()
    if not isinstance(first, date):
        return MOVES.to_frame()
    recent = _moves(ctx, pairs["account_id"]).where(col(Movement.trade_on) > first)
    days = pairs.select("account_id", "since", "as_of")
    return store.frame(ctx, recent, MOVES).join(days, on="account_id").filter(
        (pl.col("trade_on") > pl.col("since")) & (pl.col("trade_on") <= pl.col("as_of"))
    )  # fmt: skip


def _last_two(ctx: Context, account_ids: Collection[int] | None) -> Subquery:
    rank = func.row_number().over(
        partition_by=col(Situation.account_id), order_by=col(Situation.as_of).desc()
    )
    own: list[Any] = [
        getattr(Situation, name) for name in ("account_id", "as_of", "source", "delivery_id")
    ]
    query = columns(*own, col(Situation.id).label("situation_id"), rank.label("rank")).where(
        col(Situation.firm_id) == ctx.firm_id, col(Situation.state) == "active"
    )
    if account_ids is not None:
        query = query.where(store.among(ctx, col(Situation.account_id), account_ids))
    ranked = query.subquery()
    return columns(*ranked.c).where(ranked.c.rank <= 2).subquery()


def _lines(ctx: Context, last: Subquery) -> Select[Any]:
    own: list[Any] = [
        getattr(SituationLine, name)
        for name in ("account_id", "instrument_id", "quantity", "price", "price_on", "value",
                     "currency")
    ]  # fmt: skip
    return (
        columns(*own, last.c.rank, col(Instrument.kind).label("kind"))
        .join(last, last.c.situation_id == col(SituationLine.situation_id))
        .join(Instrument, col(Instrument.id) == col(SituationLine.instrument_id))
        .where(col(SituationLine.firm_id) == ctx.firm_id)
    )


def _moves(ctx: Context, account_ids: Iterable[int]) -> Select[Any]:
    own: list[Any] = [
        getattr(Movement, name)
        for name in ("account_id", "instrument_id", "trade_on", "kind", "quantity", "net",
                     "currency")
    ]  # fmt: skip
    return (
        columns(*own, col(Instrument.kind).label("instrument_kind"))
        .outerjoin(Instrument, col(Instrument.id) == col(Movement.instrument_id))
        .where(
            col(Movement.firm_id) == ctx.firm_id,
            col(Movement.state) == "posted",
            store.among(ctx, col(Movement.account_id), account_ids),
        )
    )


def _moved(ctx: Context, account_ids: Iterable[int]) -> Select[Any]:
    """Ask for any posted movement of each account, without reading them all."""
    own = columns(col(Movement.id)).where(
        col(Movement.account_id) == col(Account.id), col(Movement.state) == "posted"
    )
    return columns(col(Account.id).label("account_id")).where(
        col(Account.firm_id) == ctx.firm_id,
        store.among(ctx, col(Account.id), account_ids),
        own.exists(),
    )


def _pairs(heads: pl.DataFrame) -> pl.DataFrame:
    """Return the accounts whose last two situations both come from the partner."""
    told = heads.filter(pl.col("source") == "partner")
    now = told.filter(pl.col("rank") == 1).select("account_id", "as_of", "delivery_id")
    before = told.filter(pl.col("rank") == 2).select("account_id", since="as_of")
    return now.join(before, on="account_id")


def units(lines: pl.DataFrame, rank: int) -> pl.DataFrame:
    """Return the units of each support held on a situation, several lots together."""
    counted = ~pl.col("kind").is_in(sorted(BY_VALUE)) & pl.col("quantity").is_not_null()
    mine = lines.filter((pl.col("rank") == rank) & counted)
    return mine.group_by("account_id", "instrument_id").agg(
        pl.col("quantity").sum(),
        pl.col("value").sum(),
        pl.col("price").drop_nulls().last(),
        pl.col("kind").first(),
        pl.col("currency").first(),
    )


def cash(lines: pl.DataFrame, rank: int) -> pl.DataFrame:
    """Return the cash of each currency on a situation."""
    mine = lines.filter((pl.col("rank") == rank) & (pl.col("kind") == "cash"))
    return mine.group_by("account_id", "currency").agg(pl.col("value").sum())


def cash_effect() -> pl.Expr:
    """Return what a movement adds to the cash: the rule of `running_positions.cash_effect`."""
    on_line = pl.col("instrument_id").is_not_null() & (pl.col("instrument_kind") != "cash")
    settled = (pl.col("quantity").fill_null(0) != 0) | pl.col("instrument_kind").is_in(
        sorted(BY_VALUE - {"cash"})
    )
    in_kind = on_line & ~pl.col("kind").is_in(sorted(TRADES)) & settled
    return pl.when(in_kind.fill_null(value=False)).then(0).otherwise(pl.col("net").fill_null(0))


def is_flow() -> pl.Expr:
    """Return whether a movement brings in or takes out capital."""
    return pl.col("kind").is_in(sorted(FUNDING))
