"""How the figures of some accounts of a delivery become situations and movements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.instrument_matching import match_instruments
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.statement import Statement
from o2s_core.portfolio.models import Account, Movement
from o2s_core.portfolio.posting import MOVEMENT_INPUT, record_movements
from o2s_core.portfolio.recording import (
    LINE_INPUT,
    SITUATION_INPUT,
    SituationsRecorded,
    record_situations,
)


class Settled(Protocol):
    """An account of a delivery whose account in the firm is known."""

    @property
    def external_id(self) -> str:
        """Return its number in the file."""

    @property
    def account_id(self) -> int | None:
        """Return the account that it is."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What some accounts became: those that changed, the lines that were stored (`LINE_INPUT`)."""

    changed: set[int]
    lines: pl.DataFrame


def record(
    tx: store.Tx,
    delivery: Delivery,
    rows: Sequence[Settled],
    provider_id: int,
    part: Statement,
    *,
    fill_only: bool = False,
) -> Recorded:
    """Write the situations and movements of some accounts; return what changed.

    What they became is counted on the delivery, unless `fill_only`.
    """
    ids = pl.DataFrame(
        {"external_id": [r.external_id for r in rows], "account_id": [r.account_id for r in rows]},
        {"external_id": pl.String, "account_id": pl.Int64},
    )
    lines = part.lines.join(ids, on="external_id", maintain_order="left")
    moves = part.movements.join(ids, on="external_id", maintain_order="left")
    matched = match_instruments(tx, provider_id, lines, moves)
    situations = part.situations.join(ids, on="external_id", maintain_order="left")
    situations = _with_currency(tx, situations)
    told = matched.lines.select(LINE_INPUT.names())
    kept = record_situations(
        tx,
        situations.select(SITUATION_INPUT.names()),
        told,
        delivery_id=delivery.id,
        fill_only=fill_only,
    )
    posted = record_movements(
        tx,
        _inputs(matched.movements, stable=part.stable_refs),
        delivery_id=delivery.id,
        window=part.window if part.completeness == "full_window" else None,
        fill_only=fill_only,
    )
    if not fill_only:
        delivery.situations_new += kept.new
        delivery.situations_unchanged += kept.unchanged
        delivery.movements_new += posted.new + posted.corrected
        delivery.movements_duplicate += posted.duplicate
        delivery.instruments_created += matched.created
    changed = {account_id for (account_id, _), what in kept.outcome.items() if what != "unchanged"}
    moved = _moved(tx, delivery, posted.withdrawn)
    return Recorded(changed | moved, _stored(told, kept))


def _stored(lines: pl.DataFrame, kept: SituationsRecorded) -> pl.DataFrame:
    """Return the lines of the situations that were stored."""
    if not kept.unchanged:
        return lines
    same = [key for key, what in kept.outcome.items() if what == "unchanged"]
    days = pl.DataFrame(same, {"account_id": pl.Int64, "as_of": pl.Date}, orient="row")
    return lines.join(days, on=["account_id", "as_of"], how="anti")


def _with_currency(tx: store.Tx, situations: pl.DataFrame) -> pl.DataFrame:
    """Say in which currency a situation of mixed lines is: that of its account."""
    if not situations["currency"].null_count():
        return situations
    named: Any = col(Account.id).label("account_id"), col(Account.currency).label("own")
    query: Any = select(*named).where(
        Account.firm_id == tx.ctx.firm_id,
        store.among(tx.ctx, col(Account.id), situations["account_id"]),
    )
    own = store.frame(tx.ctx, query, pl.Schema({"account_id": pl.Int64(), "own": pl.String()}))
    both = situations.join(own, on="account_id", how="left", maintain_order="left")
    return both.with_columns(currency=pl.coalesce("currency", "own")).drop("own")


def _inputs(movements: pl.DataFrame, *, stable: bool) -> pl.DataFrame:
    reference = pl.col("partner_ref") if stable else pl.lit(None, pl.String)
    return movements.with_columns(partner_ref=reference).select(MOVEMENT_INPUT.names())


def _moved(tx: store.Tx, delivery: Delivery, withdrawn: int) -> set[int]:
    """Return the accounts on which this delivery posted or withdrew a movement.

    Asked by the delivery alone, which has an index: accounts have years of movements.
    """
    mine = col(Movement.delivery_id) == delivery.id
    told = mine | (col(Movement.withdrawn_by) == delivery.id) if withdrawn else mine
    query = select(Movement.account_id).where(Movement.firm_id == tx.ctx.firm_id, told)
    return set(tx.session.exec(query.distinct()))
