"""Which supports does somebody, or the firm, prefer? In order, with a word on each."""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl
from sqlalchemy import delete, func, literal, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.models import Favourite
from o2s_core.market.selection.screen import SCREEN, screen
from o2s_core.store.columns import Identity

#: The favourites with what is known of each, in their order; `mine` or of the firm.
FAVOURITES: Final = pl.Schema(
    {**SCREEN, "rank": pl.Int64(), "comment": pl.String(), "mine": pl.Boolean()}
)
FIRM: Final = 0


def favourites(ctx: Context) -> pl.DataFrame:
    """Return the favourites of the user, then those of the firm (schema `FAVOURITES`)."""
    ctx.require(Permission.MARKET_READ)
    query: Any = (
        select(
            col(Favourite.instrument_id).label("id"),
            col(Favourite.rank),
            col(Favourite.comment),
            (col(Favourite.user_id) != FIRM).label("mine"),
        )
        .where(
            col(Favourite.firm_id) == ctx.firm_id,
            col(Favourite.user_id).in_([FIRM, ctx.user_id or FIRM]),
        )
        .order_by((col(Favourite.user_id) == FIRM), col(Favourite.rank), col(Favourite.id))
    )
    shape = {n: FAVOURITES[n] for n in ("id", "rank", "comment", "mine")}
    rows = store.frame(ctx, query, pl.Schema(shape))
    known = rows.join(screen(ctx), on="id", how="inner", maintain_order="left")
    return known.select(FAVOURITES.names())


def prefer(ctx: Context, instrument_id: int, comment: str = "") -> None:
    """Put a support last among the favourites of the user, or change its comment."""
    ctx.require(Permission.MARKET_READ)
    _prefer(ctx, instrument_id, ctx.user_id or FIRM, comment)


def prefer_for_firm(ctx: Context, instrument_id: int, comment: str = "") -> None:
    """Put a support last among the favourites of the firm, or change its comment."""
    ctx.require(Permission.CATALOGUE_WRITE)
    _prefer(ctx, instrument_id, FIRM, comment)


def prefer_no_more(ctx: Context, instrument_id: int) -> None:
    """Take a support out of the favourites of the user."""
    ctx.require(Permission.MARKET_READ)
    _forget(ctx, instrument_id, ctx.user_id or FIRM)


def prefer_no_more_for_firm(ctx: Context, instrument_id: int) -> None:
    """Take a support out of the favourites of the firm."""
    ctx.require(Permission.CATALOGUE_WRITE)
    _forget(ctx, instrument_id, FIRM)


def order_favourites(ctx: Context, instrument_ids: Sequence[int]) -> None:
    """Put the favourites of the user in an order; those not named come after."""
    ctx.require(Permission.MARKET_READ)
    ranks = {each: n for n, each in enumerate(instrument_ids)}
    with store.tx(ctx) as tx:
        for row in _of(tx.session, ctx, ctx.user_id or FIRM):
            row.rank = ranks.get(row.instrument_id, len(ranks) + row.rank)
            tx.add(row)
        tx.audit("order", "favourite", None, after={"rows": len(ranks)})
        tx.touch("favourites")


def _prefer(ctx: Context, instrument_id: int, user_id: int, comment: str) -> None:
    with store.tx(ctx) as tx:
        one_instrument(ctx, tx.session, instrument_id)
        row = _one(tx.session, ctx, instrument_id, user_id)
        if row is None:
            rank = _next_rank(tx.session, ctx, user_id)
            row = Favourite(
                firm_id=ctx.firm_id, user_id=user_id, instrument_id=instrument_id, rank=rank
            )
        row.comment = comment.strip()[:300]
        tx.add(row)
        tx.audit("prefer", "instrument", instrument_id, after={"firm": user_id == FIRM})
        tx.touch("favourites")


def _forget(ctx: Context, instrument_id: int, user_id: int) -> None:
    with store.tx(ctx) as tx:
        if _one(tx.session, ctx, instrument_id, user_id) is None:
            raise NotFoundError("Fonds préféré", instrument_id)
        tx.session.execute(
            delete(Favourite).where(
                col(Favourite.firm_id) == ctx.firm_id,
                col(Favourite.user_id) == user_id,
                col(Favourite.instrument_id) == instrument_id,
            )
        )
        tx.audit("prefer_no_more", "instrument", instrument_id, after={"firm": user_id == FIRM})
        tx.touch("favourites")


def _of(session: Session, ctx: Context, user_id: int) -> Sequence[Favourite]:
    query = select_rows(Favourite).where(
        Favourite.firm_id == ctx.firm_id, Favourite.user_id == user_id
    )
    return session.exec(query.order_by(col(Favourite.rank), col(Favourite.id))).all()


def _one(session: Session, ctx: Context, instrument_id: int, user_id: int) -> Favourite | None:
    query = select_rows(Favourite).where(
        Favourite.firm_id == ctx.firm_id,
        Favourite.user_id == user_id,
        col(Favourite.instrument_id) == literal(instrument_id, Identity()),
    )
    return session.exec(query).first()


def _next_rank(session: Session, ctx: Context, user_id: int) -> int:
    query = select_rows(func.max(Favourite.rank)).where(
        Favourite.firm_id == ctx.firm_id, Favourite.user_id == user_id
    )
    last = session.exec(query).first()
    return 0 if last is None else int(last) + 1
