"""Which adviser, or agency, does a broker code stand for on a day? (code apporteur)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlmodel import Session, col, select

from o2s_core.aggregation.models import BrokerRoute, Delivery, DeliveryAccount
from o2s_core.aggregation.statement import Statement
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact


@dataclass(frozen=True, slots=True)
class Route:
    """Whom the accounts of a code are for: an adviser, or an agency."""

    adviser_id: int | None = None
    agency_id: int | None = None


NOWHERE = Route()


def routed(
    session: Session, ctx: Context, statement: Statement, accounts: pl.DataFrame
) -> pl.DataFrame:
    """Return the accounts of a delivery with their broker code and whom it stands for.

    `accounts` have `external_id`, `provider_id` and `as_of`; added are `broker_code`, empty
    when the file gives none, `adviser_id` and `agency_id`, null when nobody is known by it.
    """
    codes = statement.brokers.unique("external_id", keep="last").rename({"code": "broker_code"})
    told = accounts.join(codes, on="external_id", how="left", maintain_order="left").with_columns(
        pl.col("broker_code").fill_null(""), _on=pl.col("as_of").fill_null(ctx.today)
    )
    key = ["provider_id", "broker_code", "_on"]
    asked = told.filter(pl.col("broker_code") != "").select(key).unique(maintain_order=True)
    routes = _routes(session, ctx, {compact(code) for code in asked["broker_code"]})
    found = [
        (*row, route.adviser_id, route.agency_id)
        for row in asked.iter_rows()
        for route in [_on(routes, row[0], compact(row[1]), row[2])]
    ]
    places = {"adviser_id": pl.Int64(), "agency_id": pl.Int64()}
    table = pl.DataFrame(found, {**asked.schema, **places}, orient="row")
    return told.join(table, on=key, how="left", nulls_equal=True, maintain_order="left").drop("_on")


def _routes(session: Session, ctx: Context, keys: Iterable[str]) -> list[BrokerRoute]:
    query = select(BrokerRoute).where(
        BrokerRoute.firm_id == ctx.firm_id, col(BrokerRoute.code_key).in_(sorted(keys))
    )
    return list(session.exec(query))


def _on(routes: list[BrokerRoute], provider_id: int | None, key: str, on: date) -> Route:
    fits = (
        r
        for r in routes
        if (r.provider_id, r.code_key) == (provider_id, key)
        and (r.starts_on is None or r.starts_on <= on)
        and (r.ends_on is None or on <= r.ends_on)
    )
    return next((Route(r.adviser_id, r.agency_id) for r in fits), NOWHERE)


def route_waiting(session: Session, ctx: Context, provider_id: int, key: str) -> None:
    """Give the accounts that wait under a code to whom it stands for now."""
    routes = _routes(session, ctx, [key])
    rows = session.exec(
        select(DeliveryAccount)
        .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            DeliveryAccount.provider_id == provider_id,
            DeliveryAccount.state == "to_attach",
            DeliveryAccount.broker_code != "",
        )
    ).all()
    for row in rows:
        if compact(row.broker_code) == key:
            route = _on(routes, provider_id, key, row.as_of or ctx.today)
            row.adviser_id, row.agency_id = route.adviser_id, route.agency_id
