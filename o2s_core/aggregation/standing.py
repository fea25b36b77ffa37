"""How is aggregation doing? Partners and their last news, deliveries by state (page générale)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import polars as pl

from o2s_core.aggregation.feed.calendar import FREQUENCIES
from o2s_core.aggregation.feed.catalogue import feeds
from o2s_core.aggregation.novelties import ToImport, to_import
from o2s_core.aggregation.received import DeliveryFilter, deliveries
from o2s_core.aggregation.report import DELIVERY_STATES
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission

#: One row per feed that was received, or is expected.
PARTNERS: Final = pl.Schema(
    {
        "code": pl.String(),
        "label": pl.String(),
        "partner": pl.String(),
        "format": pl.String(),
        "frequency": pl.String(),
        "last_received_at": pl.Datetime("us", "UTC"),
        "last_as_of": pl.Date(),
        "expected_on": pl.Date(),
        "state": pl.String(),  # key of `FEED_STATES`
        "deliveries": pl.Int64(),
    }
)
#: One row per state of the last deliveries.
STATES: Final = pl.Schema({"state": pl.String(), "label": pl.String(), "deliveries": pl.Int64()})
PERIOD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the general page of aggregation shows."""

    partners: pl.DataFrame
    states: pl.DataFrame
    waiting: ToImport
    received: int  #: deliveries of the last thirty days
    late: int  #: feeds that should have come


def overview(ctx: Context) -> Overview:
    """Return the partners with their last file and the next expected, and what waits."""
    ctx.require(Permission.FEED_READ)
    known = feeds(ctx).filter(pl.col("id").is_not_null() & pl.col("active"))
    rows = [_row(row) for row in known.iter_rows(named=True)]
    partners = pl.DataFrame(rows, PARTNERS)
    recent = deliveries(ctx, DeliveryFilter(since=ctx.today - PERIOD))
    return Overview(
        partners,
        _states(recent),
        to_import(ctx),
        recent.height,
        partners.filter(pl.col("state") == "late").height,
    )


def _row(feed: dict[str, Any]) -> dict[str, Any]:
    own = [name for name in PARTNERS if name != "frequency"]
    frequency = FREQUENCIES.get(feed["frequency"], feed["frequency"])
    return {name: feed[name] for name in own} | {"frequency": frequency}


def _states(recent: pl.DataFrame) -> pl.DataFrame:
    counted = recent.group_by("state").agg(deliveries=pl.len().cast(pl.Int64))
    order = {state: rank for rank, state in enumerate(DELIVERY_STATES)}
    return (
        counted.with_columns(
            label=pl.col("state").replace(DELIVERY_STATES),
            rank=pl.col("state").replace_strict(order, return_dtype=pl.Int64),
        )
        .sort("rank")
        .select(STATES.names())
    )
