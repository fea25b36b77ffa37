"""Which prices wait for somebody, and what is decided of them? (Cours à confirmer, V05)."""

from collections.abc import Sequence
from typing import Final

import polars as pl
from sqlalchemy import delete, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import DoubtfulPrice, Instrument
from o2s_core.market.price_corrections import KEY
from o2s_core.market.price_history import PRICE_INPUT
from o2s_core.market.prices import put_prices
from o2s_core.store import EXACT_FRAME, Tx

#: One row per price that waits, the farthest from the one before first.
DOUBTFUL: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "instrument_id": pl.Int64(),
        "label": pl.String(),
        "isin": pl.String(),
        "kind": pl.String(),  # of the instrument
        "day": pl.Date(),
        "value": EXACT_FRAME,
        "currency": pl.String(),
        "previous_value": EXACT_FRAME,
        "previous_on": pl.Date(),
        "change": pl.Float64(),  # ratio: 0.2 is +20 %
        "source": pl.String(),
        "delivery_id": pl.Int64(),
    }
)
_DECIDED: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(), "day": pl.Date(), "source": pl.String(),
        "decided_value": EXACT_FRAME, "decision": pl.String(),
    }
)  # fmt: skip


def doubtful_prices(ctx: Context) -> pl.DataFrame:
    """Return the prices that wait for a decision (schema `DOUBTFUL`)."""
    ctx.require(Permission.MARKET_READ)
    own = [n for n in DOUBTFUL if n not in {"label", "isin", "kind", "change"}]
    query = (
        select(
            *(col(getattr(DoubtfulPrice, name)) for name in own),
            *(col(getattr(Instrument, name)).label(name) for name in ("label", "isin", "kind")),
        )
        .join(Instrument, col(Instrument.id) == col(DoubtfulPrice.instrument_id))
        .where(
            col(DoubtfulPrice.firm_id) == ctx.firm_id,
            col(DoubtfulPrice.state) == "waiting",
        )
    )
    shape = pl.Schema({name: kind for name, kind in DOUBTFUL.items() if name != "change"})
    ratio = pl.col("value").cast(pl.Float64) / pl.col("previous_value").cast(pl.Float64) - 1
    found = store.frame(ctx, query, shape).with_columns(change=ratio)
    return found.select(DOUBTFUL.names()).sort(
        pl.col("change").abs(), "id", descending=[True, False]
    )


def accept_price(ctx: Context, price_id: int, reason: str) -> None:
    """Take a price that waits into the history: it counts from now on.

    Raises
    ------
    InvalidInputError
        No reason is given, or the price was decided already.
    """
    ctx.require(Permission.PRICE_WRITE)
    with store.tx(ctx) as tx:
        row = _decided(tx, price_id, "accepted", reason)
        names = PRICE_INPUT.names()
        table = pl.DataFrame([{n: getattr(row, n) for n in names}], PRICE_INPUT)
        put_prices(tx, table, row.delivery_id)


def refuse_price(ctx: Context, price_id: int, reason: str) -> None:
    """Leave a price out for good: the same one will not be asked about again."""
    ctx.require(Permission.PRICE_WRITE)
    with store.tx(ctx) as tx:
        _decided(tx, price_id, "refused", reason)


def _decided(tx: Tx, price_id: int, state: str, reason: str) -> DoubtfulPrice:
    if not reason.strip():
        raise InvalidInputError("Veuillez renseigner : Motif.")
    row = _one(tx.session, tx.ctx, price_id)
    if row.state != "waiting":
        raise InvalidInputError("Ce cours a déjà été décidé : rouvrez la liste.")
    row.state, row.reason = state, reason.strip()
    row.decided_at, row.decided_by = tx.ctx.now, tx.ctx.user_id
    said = {"state": state, "instrument": row.instrument_id, "day": row.day.isoformat()}
    tx.audit("decide", "price", price_id, after=said)
    tx.touch("prices")
    return row


def _one(session: Session, ctx: Context, price_id: int) -> DoubtfulPrice:
    query = select_rows(DoubtfulPrice).where(
        DoubtfulPrice.firm_id == ctx.firm_id, DoubtfulPrice.id == price_id
    )
    row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Cours à confirmer", price_id)
    return row


def settled(ctx: Context, doubts: pl.DataFrame) -> pl.DataFrame:
    """Return doubts with their `decision`: waiting, or what was decided of the same value."""
    if doubts.is_empty():
        return doubts.with_columns(decision=pl.lit(None, pl.String))
    query = select(
        *(col(getattr(DoubtfulPrice, name)) for name in KEY),
        col(DoubtfulPrice.value).label("decided_value"),
        col(DoubtfulPrice.state).label("decision"),
    ).where(col(DoubtfulPrice.firm_id) == ctx.firm_id)
    known = store.frame(ctx, query, _DECIDED)
    joined = doubts.join(known, on=KEY, how="left", maintain_order="left")
    same = pl.col("decided_value") == pl.col("value")
    return joined.with_columns(
        decision=pl.when(same).then("decision").otherwise(pl.lit("waiting")).fill_null("waiting")
    ).drop("decided_value")


def undecided(ctx: Context) -> pl.DataFrame:
    """Return the prices that wait or were refused: `instrument_id`, `day`, `source`, `value`."""
    names = (*KEY, "value")
    query = select(*(col(getattr(DoubtfulPrice, name)) for name in names)).where(
        col(DoubtfulPrice.firm_id) == ctx.firm_id, col(DoubtfulPrice.state) != "accepted"
    )
    return store.frame(ctx, query, pl.Schema({name: PRICE_INPUT[name] for name in names}))


def keep_doubts(tx: Tx, doubts: pl.DataFrame, delivery_id: int | None) -> None:
    """Write the doubts that wait, each in place of an older one of its key, in the open write."""
    fresh = doubts.filter(pl.col("decision") == "waiting")
    if fresh.is_empty():
        return
    forget_doubts(tx, fresh, states=("waiting", "accepted", "refused"))
    names = [*PRICE_INPUT.names(), "previous_value", "previous_on"]
    said = {
        "delivery_id": delivery_id, "state": "waiting", "reason": "",
        "decided_at": None, "decided_by": None,
    }  # fmt: skip
    rows = [row | said for row in fresh.select(names).to_dicts()]
    store.insert_rows(tx, DoubtfulPrice, rows)
    tx.touch("prices")


def forget_doubts(tx: Tx, keys: pl.DataFrame, *, states: Sequence[str] = ("waiting",)) -> None:
    """Remove the doubts of some keys (instrument, day, source), inside the open write.

    By default those that wait: another price of their source took their place.
    """
    query = select(col(DoubtfulPrice.id), *(col(getattr(DoubtfulPrice, n)) for n in KEY)).where(
        col(DoubtfulPrice.firm_id) == tx.ctx.firm_id,
        col(DoubtfulPrice.state).in_(states),
    )
    shape = pl.Schema({"id": pl.Int64(), **{n: PRICE_INPUT[n] for n in KEY}})
    known = store.frame(tx.ctx, query, shape)
    ids = known.join(keys.select(KEY), on=KEY, how="semi")["id"].to_list()
    if ids:
        tx.session.execute(delete(DoubtfulPrice).where(col(DoubtfulPrice.id).in_(ids)))
