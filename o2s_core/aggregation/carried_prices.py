"""Which prices do the lines of partners carry, and which are kept? (Cours des partenaires).

Only prices by which a partner values a line, never those of its trades. They
serve every account that holds the same support, and give way to any other
source on their day (`market.price_precedence`).
"""

from typing import Any, Final

import polars as pl
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlmodel import col

from o2s_core import store
from o2s_core.aggregation.models import Delivery, DeliveryAccount
from o2s_core.aggregation.report import FINAL
from o2s_core.kernel.context import Context
from o2s_core.market.models import Instrument, Provider
from o2s_core.market.price_history import PRICE_INPUT, withdraw_prices
from o2s_core.market.price_intake import Taken, take_prices
from o2s_core.market.price_precedence import PARTNER
from o2s_core.market.typed_prices import BY_AMOUNT
from o2s_core.portfolio.models import Account, Situation, SituationLine

#: How far a line may lie from quantity × price, and its price still be one of the market.
CENTS: Final = 0.05
SHARE: Final = 0.01
#: Kinds quoted on an exchange: their price is a closing price, the others' a net asset value.
LISTED: Final = ("share", "etf", "bond", "option", "right", "crypto", "index")
KEY: Final = ("instrument_id", "day", "source")
#: A price that lines carry, and how many of them.
COUNTED: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(), "day": pl.Date(), "value": PRICE_INPUT["value"],
        "currency": pl.String(), "instrument_kind": pl.String(), "partner": pl.String(),
        "lines": pl.Int64(),
    }
)  # fmt: skip
#: When a line came, and with which delivery.
_TURN: Final = pl.Schema({"received_at": pl.Datetime("us", "UTC"), "delivery_id": pl.Int64()})


def take_carried(tx: store.Tx, delivery: Delivery, brought: pl.DataFrame | None = None) -> Taken:
    """Keep the prices of the lines that a delivery has just brought, inside the open write.

    The first time all of them; later those of the accounts decided meanwhile. `brought` are
    these lines counted by `counted`, when who committed them still holds them: else they are read.
    """
    carried = _brought(tx, delivery) if brought is None else most_said(brought)
    return take_prices(tx, carried, delivery_id=delivery.id) if carried.height else Taken()


def _brought(tx: store.Tx, delivery: Delivery) -> pl.DataFrame:
    lines = [col(Situation.delivery_id) == delivery.id, col(Situation.state) == "active"]
    if delivery.state in FINAL:
        decided = select(col(DeliveryAccount.account_id)).where(
            col(DeliveryAccount.firm_id) == tx.ctx.firm_id,
            col(DeliveryAccount.delivery_id) == delivery.id,
            col(DeliveryAccount.updated_at) == tx.ctx.now,
        )
        lines.append(col(Situation.account_id).in_(decided))
    return carried_prices(tx.ctx, *lines)


def counted(ctx: Context, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the prices that lines carry, and how many lines carry each: what the store would say.

    `lines` have the columns of `LINE_INPUT`, with the day of their situation.
    """
    supports = _supports(ctx, lines["instrument_id"].unique())
    partners = _partners(ctx, lines["account_id"].unique())
    known = lines.join(supports, on="instrument_id").join(partners, on="account_id")
    amount = {name: pl.col(name).cast(pl.Float64) for name in _AMOUNTS}
    priced = amount["quantity"] * amount["price"] * amount["price_factor"]
    priced = priced + amount["accrued"].fill_null(0.0)
    near = (priced - amount["value"]).abs() <= CENTS + SHARE * amount["value"].abs()
    kept = known.filter(
        pl.col("price") > 0, pl.col("currency") == pl.col("quoted_in"), near.fill_null(value=True)
    )
    told = kept.with_columns(day=pl.coalesce("price_on", "as_of"), value="price")
    return told.group_by(COUNTED.names()[:-1]).agg(lines=pl.len()).cast(COUNTED)


_AMOUNTS: Final = ("quantity", "price", "price_factor", "accrued", "value")


def _supports(ctx: Context, ids: pl.Series) -> pl.DataFrame:
    """Return the supports that have a price, among some."""
    query: Any = select(
        col(Instrument.id).label("instrument_id"),
        col(Instrument.kind).label("instrument_kind"),
        col(Instrument.currency).label("quoted_in"),
        col(Instrument.price_factor),
    ).where(
        col(Instrument.firm_id) == ctx.firm_id,
        store.among(ctx, col(Instrument.id), ids),
        col(Instrument.kind).not_in(sorted(BY_AMOUNT)),
    )
    return store.frame(ctx, query, _SUPPORTS)


_SUPPORTS: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(), "instrument_kind": pl.String(), "quoted_in": pl.String(),
        "price_factor": store.EXACT_FRAME,
    }
)  # fmt: skip


def _partners(ctx: Context, ids: pl.Series) -> pl.DataFrame:
    """Return the partner of each account, by the code that names it as a source."""
    query: Any = (
        select(col(Account.id).label("account_id"), col(Provider.code).label("partner"))
        .join(Provider, col(Provider.id) == col(Account.provider_id))
        .where(col(Account.firm_id) == ctx.firm_id, store.among(ctx, col(Account.id), ids))
    )
    return store.frame(ctx, query, pl.Schema({"account_id": pl.Int64(), "partner": pl.String()}))


def give_back_carried(tx: store.Tx, delivery_id: int) -> int:
    """Take back the prices that a cancelled delivery carried, unless another line says one.

    Called once its situations are cancelled. Returns how many were withdrawn.
    """
    gone = carried_prices(tx.ctx, col(Situation.delivery_id) == delivery_id)
    if gone.is_empty():
        return 0
    withdrawn = withdraw_prices(tx, gone.select(KEY))
    mine = store.among(tx.ctx, col(SituationLine.instrument_id), gone["instrument_id"])
    left = carried_by_turn(tx.ctx, mine).join(gone.select(KEY), on=KEY, how="semi")
    still = left.unique(KEY, keep="last", maintain_order=True)
    if still.height:
        take_prices(tx, still)
    return withdrawn


def carried_prices(ctx: Context, *lines: ColumnElement[bool]) -> pl.DataFrame:
    """Return the valuation prices that some lines carry (schema `market.PRICE_INPUT`).

    A line whose value is not quantity × price is left out: its price may be of
    another unit. Where lines of one partner differ, what most of them say.
    """
    return most_said(store.frame(ctx, _asked(ctx, lines), COUNTED))


def most_said(found: pl.DataFrame) -> pl.DataFrame:
    """Return one price by support, day and partner: where lines differ, what most of them say.

    `found` has the schema `COUNTED`, the answer `market.PRICE_INPUT`.
    """
    named = _named(found)
    most = named.sort("lines", "value", descending=True).unique(KEY, keep="first")
    return most.select(PRICE_INPUT.names()).sort("instrument_id", "day", "source")


def carried_by_turn(ctx: Context, *lines: ColumnElement[bool]) -> pl.DataFrame:
    """Return what each delivery that stands said of prices, the last word last (`PRICE_INPUT`).

    Replaced situations count: what a partner said of a day holds until it says otherwise.
    """
    standing = col(Situation.state) != "cancelled", col(Situation.delivery_id).is_not(None)
    turn: tuple[Any, ...] = (col(Situation.received_at), col(Situation.delivery_id))
    query = _asked(ctx, (*standing, *lines), turn)
    named = _named(store.frame(ctx, query, pl.Schema({**COUNTED, **_TURN})))
    order = [*_TURN, "lines", "value"]
    last = named.sort(order).unique([*KEY, *_TURN], keep="last", maintain_order=True)
    return last.select(PRICE_INPUT.names())


def _named(found: pl.DataFrame) -> pl.DataFrame:
    listed = pl.col("instrument_kind").is_in(LISTED)
    return found.with_columns(
        source=pl.concat_str(pl.lit(PARTNER), "partner"),
        kind=pl.when(listed).then(pl.lit("close")).otherwise(pl.lit("nav")),
    )


def _asked(
    ctx: Context, lines: tuple[ColumnElement[bool], ...], apart: tuple[Any, ...] = ()
) -> Select[Any]:
    day = func.coalesce(col(SituationLine.price_on), col(Situation.as_of))
    own: tuple[Any, ...] = (
        col(SituationLine.instrument_id), day.label("day"), col(SituationLine.price).label("value"),
        col(SituationLine.currency), col(Instrument.kind).label("instrument_kind"),
        col(Provider.code).label("partner"),
    )  # fmt: skip
    return (
        select(*own, func.count().label("lines"), *apart)
        .join(Situation, col(Situation.id) == col(SituationLine.situation_id))
        .join(Instrument, col(Instrument.id) == col(SituationLine.instrument_id))
        .join(Account, col(Account.id) == col(Situation.account_id))
        .join(Provider, col(Provider.id) == col(Account.provider_id))
        .where(
            col(SituationLine.firm_id) == ctx.firm_id,
            col(Situation.source) == "partner",
            col(SituationLine.price) > 0,
            col(SituationLine.currency) == col(Instrument.currency),
            col(Instrument.kind).not_in(sorted(BY_AMOUNT)),
            _coherent(),
            *lines,
        )
        .group_by(*(c.element if hasattr(c, "element") else c for c in (*own, *apart)))
    )


def _coherent() -> ColumnElement[bool]:
    """Return the condition that a line is worth its quantity at its price."""
    value = _float(col(SituationLine.value))
    priced = (
        _float(col(SituationLine.quantity))
        * _float(col(SituationLine.price))
        * _float(col(Instrument.price_factor))
        + func.coalesce(_float(col(SituationLine.accrued)), 0.0)
    )  # fmt: skip
    near = func.abs(priced - value) <= CENTS + SHARE * func.abs(value)
    return or_(col(SituationLine.value).is_(None), col(SituationLine.quantity).is_(None), near)


def _float(amount: Any) -> Any:  # noqa: ANN401
    """Return an exact amount as a float, for a comparison that needs no cent."""
    return cast(type_coerce(amount, BigInteger), Float) / 1e8
