"""What files said of supports, of prices and of rates, made again from the archive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, delete
from sqlmodel import col, or_, select

from o2s_core import store
from o2s_core.aggregation.committing import statement_of
from o2s_core.aggregation.fund_files.committing import write_funds
from o2s_core.aggregation.models import Delivery, DeliveryFund
from o2s_core.aggregation.price_deliveries import KEY, listed_prices, listed_rates
from o2s_core.aggregation.replaying.course import IDLE
from o2s_core.aggregation.replaying.rereading import Reread
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel.context import Context
from o2s_core.market.doubtful_prices import undecided
from o2s_core.market.models import FundFact, FundLine, FundReport, Instrument, PendingRate
from o2s_core.market.price_history import (
    PRICE_INPUT,
    kept_prices,
    normalised,
    withdraw_prices,
)
from o2s_core.market.price_intake import judged
from o2s_core.market.prices import put_prices
from o2s_core.market.rates import put_rates, unsound_rates

#: Formats of the files that speak of supports, whatever the accounts.
OF_FUNDS: Final = ("emt", "ept", "eet", "tpt")
CREATED: Final = pl.Schema({"instrument_id": pl.Int64(), "created_at": pl.Datetime("us", "UTC")})
#: Formats that may carry prices or rates: what was read of a file tells.
PRICED: Final = ("csv", "xlsx", "powens_json")


@dataclass(frozen=True, slots=True)
class _Told:
    """One delivery and what its file says today."""

    delivery: Delivery
    statement: Statement


def about_supports(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a delivery spoke of supports, of prices or of rates."""
    spoken = select(DeliveryFund.delivery_id).where(DeliveryFund.firm_id == ctx.firm_id)
    listed = col(Delivery.format).in_(PRICED) & (col(Delivery.state) != "cancelled")
    return or_(col(Delivery.id).in_(spoken), listed) & col(Delivery.state).not_in(IDLE)


def supports_again(tx: store.Tx, read: Mapping[int, Reread]) -> list[tuple[str, str]]:
    """Make again, inside the open write, what files said of supports, prices and rates.

    Reports are written again in the order in which they were kept: what people
    decided of a support stays. A price that waits or was refused stays so. A file that
    can no longer be read keeps what was read of it.
    """
    _funds_again(tx, read)
    told = list(_listed(tx, read))
    _prices_again(tx, told)
    _rates_again(tx, told)
    refused = []
    for delivery_id, found in read.items():
        delivery = _delivery(tx, delivery_id)
        if isinstance(found.result, Refusal):
            refused.append((delivery.file_name, found.result.message))
        else:
            delivery.statement_blob = found.sha
    return refused


def _statement(tx: store.Tx, delivery: Delivery, read: Mapping[int, Reread]) -> Statement:
    found = read.get(delivery.id or 0)
    if found is None or isinstance(found.result, Refusal):
        return statement_of(tx.ctx, delivery)
    return found.result


def _then(ctx: Context, at: datetime | None) -> Context:
    """Return the moment at which something was kept."""
    return ctx if at is None else replace(ctx, now=at)


def _funds_again(tx: store.Tx, read: Mapping[int, Reread]) -> None:
    """Write the reports of files again, one delivery after the other as they were kept."""
    query = (
        select(FundReport)
        .where(
            FundReport.firm_id == tx.ctx.firm_id,
            col(FundReport.delivery_id).is_not(None),
            FundReport.state != "cancelled",
        )
        .order_by(col(FundReport.id))
    )
    kept = [(r.delivery_id or 0, r.instrument_id, r.created_at) for r in tx.session.exec(query)]
    _wipe_funds(tx)
    for delivery_id, rows in groupby(kept, key=lambda row: row[0]):
        mine = list(rows)
        delivery = _delivery(tx, delivery_id)
        supports = {instrument_id for _, instrument_id, _ in mine}
        decided = _decided(tx, delivery_id, supports)
        with store.on_behalf(tx, _then(tx.ctx, mine[0][2])) as then:
            write_funds(then, decided, _statement(tx, delivery, read), delivery_id)


def _delivery(tx: store.Tx, delivery_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.firm_id == tx.ctx.firm_id, Delivery.id == delivery_id)
    return tx.session.exec(query).one()


def _decided(tx: store.Tx, delivery_id: int, supports: set[int]) -> list[DeliveryFund]:
    """Return the supports of a delivery that became reports, with what they were found to be."""
    query = select(DeliveryFund).where(
        DeliveryFund.firm_id == tx.ctx.firm_id,
        DeliveryFund.delivery_id == delivery_id,
        col(DeliveryFund.state).in_(("committed", "unchanged")),
    )
    rows = tx.session.exec(query.order_by(col(DeliveryFund.id)))
    return [row for row in rows if row.instrument_id in supports]


def _wipe_funds(tx: store.Tx) -> None:
    firm = tx.ctx.firm_id
    mine = select(FundReport.id).where(
        FundReport.firm_id == firm,
        col(FundReport.delivery_id).is_not(None),
        FundReport.state != "cancelled",
    )
    run = tx.session.connection().execute
    for model in (FundFact, FundLine):
        run(delete(model).where(col(model.firm_id) == firm, col(model.report_id).in_(mine)))
    run(delete(FundReport).where(col(FundReport.firm_id) == firm, col(FundReport.id).in_(mine)))
    tx.session.expire_all()


def _listed(tx: store.Tx, read: Mapping[int, Reread]) -> Iterator[_Told]:
    """Yield the deliveries that brought prices or rates and stand, oldest first."""
    query = select(Delivery).where(
        Delivery.firm_id == tx.ctx.firm_id,
        col(Delivery.format).in_(PRICED),
        col(Delivery.state).in_(("committed", "partly_committed", "quarantined", "superseded")),
        Delivery.statement_blob != "",
    )
    for row in tx.session.exec(query.order_by(col(Delivery.id))).all():
        statement = _statement(tx, row, read)
        if not (statement.prices.is_empty() and statement.rates.is_empty()):
            yield _Told(row, statement)


def _prices_again(tx: store.Tx, told: list[_Told]) -> None:
    """Keep the prices that files give, the last word of a source on a day, and no other."""
    ctx = tx.ctx
    said = [
        listed_prices(ctx, one.delivery, one.statement).with_columns(
            delivery_id=pl.lit(one.delivery.id), at=pl.lit(one.delivery.received_at)
        )
        for one in told
        if not one.statement.prices.is_empty()
    ]
    if not said:
        return
    rows = normalised(pl.concat(said))
    before = kept_prices(ctx, rows.select(KEY).unique())
    known = rows.join(_created(ctx), on="instrument_id", how="left")
    then = pl.col("created_at").is_null() | (pl.col("created_at") <= pl.col("at"))
    stood = known.join(before.select(KEY), on=KEY, how="semi")
    fresh = known.join(before.select(KEY), on=KEY, how="anti").filter(then)
    sound = judged(ctx, pl.concat([stood, fresh])).filter(pl.col("refusal").is_null())
    settled = sound.join(undecided(ctx), on=[*KEY, "value"], how="anti")
    last = settled.sort("delivery_id", maintain_order=True).unique(KEY, keep="last")
    withdraw_prices(tx, before.join(last, on=KEY, how="anti").select(KEY))
    put_prices(tx, last.select(PRICE_INPUT.names()))


def _created(ctx: Context) -> pl.DataFrame:
    """Return since when the firm has each support: a price of one it had not was left."""
    own: tuple[Any, ...] = (col(Instrument.id).label("instrument_id"), Instrument.created_at)
    query: Any = select(*own).where(Instrument.firm_id == ctx.firm_id)
    return store.frame(ctx, query, CREATED)


def _rates_again(tx: store.Tx, told: list[_Told]) -> None:
    """Keep the rates that files give, the last word on a day; those of other sources stay."""
    said = [unsound_rates(listed_rates(tx, one.delivery, one.statement))[0] for one in told]
    rates = pl.concat(said) if said else None
    if rates is None or rates.is_empty():
        return
    last = rates.unique(["currency", "day"], keep="last", maintain_order=True)
    sources = last["source"].unique().to_list()
    query: Any = select(col(PendingRate.currency), col(PendingRate.day), PendingRate.source).where(
        PendingRate.firm_id == tx.ctx.firm_id
    )
    held = pl.DataFrame(
        tx.session.exec(query).all(),
        {"currency": pl.String, "day": pl.Date, "source": pl.String},
        orient="row",
    )
    others = held.filter(~pl.col("source").is_in(sources))
    mine = held.filter(pl.col("source").is_in(sources))
    for currency, day, source in mine.join(last, on=["currency", "day"], how="anti").iter_rows():
        tx.session.connection().execute(
            delete(PendingRate).where(
                col(PendingRate.firm_id) == tx.ctx.firm_id,
                col(PendingRate.currency) == currency,
                col(PendingRate.day) == day,
                col(PendingRate.source) == source,
            )
        )
    put_rates(tx, last.join(others, on=["currency", "day"], how="anti"))
