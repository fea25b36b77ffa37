"""What becomes of the prices that a file carries? Kept, refused with the reason, or in doubt."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import PermissionDeniedError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.doubtful_prices import forget_doubts, keep_doubts, settled
from o2s_core.market.freshness import is_stale
from o2s_core.market.models import Instrument
from o2s_core.market.price_history import PRICE_INPUT, normalised
from o2s_core.market.prices import prices_before, put_prices
from o2s_core.market.typed_prices import BY_AMOUNT
from o2s_core.store import Tx

#: Who may have a file bring prices.
CARRIERS: Final = (
    Permission.PRICE_WRITE,
    Permission.FEED_RECEIVE,
    Permission.FEED_ATTACH,
    Permission.FEED_ACCEPT,
    Permission.FEED_CANCEL,
)
#: Kinds whose price does not move by more than `JUMP` at once without somebody looking (V05).
FUNDS: Final = frozenset(
    {"opcvm", "etf", "scpi", "sci", "opci", "fcpr", "fcpi", "fip", "fpci", "structured"}
)
JUMP: Final = Decimal("0.15")
#: Why a price is refused -> what to say.
REFUSALS: Final = {
    "value": "cours nul, négatif ou absent",
    "day": "date absente ou à venir",
    "unknown": "support inconnu",
    "amount": "ce support n'a pas de cours : son montant vient de la situation",
    "currency": "devise autre que celle du support",
}
REFUSED: Final = pl.Schema({**PRICE_INPUT, "refusal": pl.String()})
DOUBTS: Final = pl.Schema(
    {**PRICE_INPUT, "previous_value": PRICE_INPUT["value"], "previous_on": pl.Date()}
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the prices of a file; `refused` has the schema `REFUSED`."""

    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    doubtful: int = 0
    refused: pl.DataFrame = field(default_factory=lambda: REFUSED.to_frame())
    doubts: pl.DataFrame = field(default_factory=lambda: DOUBTS.to_frame())


def take_prices(tx: Tx, prices: pl.DataFrame, *, delivery_id: int | None = None) -> Taken:
    """Keep the prices of a file that are sound, inside the open write.

    Refused, each with its reason (`REFUSALS`): a price that is not positive, a
    day to come, another currency than the support's, a support without price.
    In doubt: a fund more than 15 % away from its price before, when that one
    still counts (V06); it waits until somebody accepts or refuses it. What was
    decided once is not asked again.

    Parameters
    ----------
    prices
        Schema `PRICE_INPUT`; pence become pounds. A null instrument is unknown.
    """
    if not any(tx.ctx.may(right) for right in CARRIERS):
        raise PermissionDeniedError(Permission.PRICE_WRITE.value)
    table = normalised(store.conform(prices, PRICE_INPUT, source="prices"))
    seen = judged(tx.ctx, table)
    sound = seen.filter(pl.col("refusal").is_null())
    doubts = settled(tx.ctx, jumps(tx.ctx, sound))
    keep_doubts(tx, doubts.filter(pl.col("decision") != "accepted"), delivery_id)
    waiting = doubts.filter(pl.col("decision") != "accepted")
    kept = sound.join(waiting, on=["instrument_id", "day", "source"], how="anti")
    put = put_prices(tx, kept.select(PRICE_INPUT.names()), delivery_id)
    forget_doubts(tx, kept)
    asked = doubts.filter(pl.col("decision") == "waiting")
    return Taken(
        put.new, put.corrected, put.unchanged, asked.height,
        seen.filter(pl.col("refusal").is_not_null()).select(REFUSED.names()),
        asked.select(DOUBTS.names()),
    )  # fmt: skip


def judged(ctx: Context, prices: pl.DataFrame) -> pl.DataFrame:
    """Return the prices with the kind of their support, and why each is refused, or null."""
    query = select(  # type: ignore[var-annotated]
        col(Instrument.id).label("instrument_id"),
        col(Instrument.kind).label("instrument_kind"),
        col(Instrument.currency).label("quoted_in"),
    ).where(col(Instrument.firm_id) == ctx.firm_id)
    shape = pl.Schema(
        {"instrument_id": pl.Int64(), "instrument_kind": pl.String(), "quoted_in": pl.String()}
    )
    known = store.frame(ctx, query, shape)
    joined = prices.join(known, on="instrument_id", how="left", maintain_order="left")
    tomorrow = ctx.today + timedelta(days=1)
    return joined.with_columns(
        refusal=pl.when(pl.col("instrument_kind").is_null()).then(pl.lit("unknown"))
        .when((pl.col("value") <= 0).fill_null(value=True)).then(pl.lit("value"))
        .when((pl.col("day") > tomorrow).fill_null(value=True)).then(pl.lit("day"))
        .when(pl.col("instrument_kind").is_in(sorted(BY_AMOUNT))).then(pl.lit("amount"))
        .when(pl.col("currency").ne_missing(pl.col("quoted_in"))).then(pl.lit("currency"))
    )  # fmt: skip


def jumps(ctx: Context, sound: pl.DataFrame) -> pl.DataFrame:
    """Return the fund prices that jump from the one before (schema `DOUBTS`).

    `sound` has the columns of `PRICE_INPUT` and `instrument_kind`.
    """
    funds = sound.filter(pl.col("instrument_kind").is_in(sorted(FUNDS))).sort(
        "instrument_id", "day", maintain_order=True
    )
    before = prices_before(ctx, funds.group_by("instrument_id").agg(pl.col("day").min()))
    steps = funds.join(
        before.select("instrument_id", before="value", before_on="day"),
        on="instrument_id", how="left", maintain_order="left",
    )  # fmt: skip
    known = pl.coalesce(pl.col("value").shift(1).over("instrument_id"), "before")
    ratio = (pl.col("value").cast(pl.Float64) / known.cast(pl.Float64) - 1).abs()
    moving = steps.filter((ratio > float(JUMP) - 1e-9).fill_null(value=False))["instrument_id"]
    suspects = steps.filter(pl.col("instrument_id").is_in(moving.unique().implode()))
    found: list[dict[str, Any]] = []
    for _, rows in suspects.group_by("instrument_id", maintain_order=True):
        found += _jumps(rows.to_dicts())
    return pl.DataFrame(found, DOUBTS, orient="row")


def _jumps(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the prices of one fund that jump, each against the last one that does not."""
    found = []
    known, known_on = rows[0]["before"], rows[0]["before_on"]
    for row in rows:
        counts = known is not None and not is_stale(row["instrument_kind"], known_on, row["day"])
        if counts and abs(row["value"] / known - 1) > JUMP:
            found.append(row | {"previous_value": known, "previous_on": known_on})
        else:
            known, known_on = row["value"], row["day"]
    return [{name: row[name] for name in DOUBTS} for row in found]
