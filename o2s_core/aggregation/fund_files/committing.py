"""How prepared supports become facts of the market, by batches, each support once."""

from collections.abc import Sequence
from typing import Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.exclusion import take_import_turn
from o2s_core.aggregation.models import Delivery, DeliveryFund, Feed
from o2s_core.aggregation.statement import Statement
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.market import matching
from o2s_core.market.currencies import is_currency
from o2s_core.market.funds.recording import REPORT_INPUT, Kept, record_funds

#: Supports that are committed at once.
BATCH: Final = 200


def commit_funds(ctx: Context, delivery_id: int, statement: Statement) -> None:
    """Commit every prepared support of a delivery; run again after a crash, it goes on."""
    if statement.funds.is_empty():
        return
    left = _left(ctx, delivery_id)
    for start in range(0, len(left), BATCH):
        with store.tx(ctx) as tx:
            _commit(tx, delivery_id, left[start : start + BATCH], statement)


def _left(ctx: Context, delivery_id: int) -> list[int]:
    with store.reading(ctx) as session:
        query = select(DeliveryFund.id).where(
            DeliveryFund.firm_id == ctx.firm_id,
            DeliveryFund.delivery_id == delivery_id,
            DeliveryFund.state == "staged",
        )
        return [id_ or 0 for id_ in session.exec(query.order_by(col(DeliveryFund.id)))]


def _commit(tx: store.Tx, delivery_id: int, row_ids: Sequence[int], whole: Statement) -> None:
    take_import_turn(tx)
    delivery = _delivery(tx.session, tx.ctx, delivery_id)
    query = select(DeliveryFund).where(
        DeliveryFund.firm_id == tx.ctx.firm_id, col(DeliveryFund.id).in_(row_ids)
    )
    rows = [row for row in tx.session.exec(query) if row.state == "staged"]
    _create(tx, delivery, rows, whole.funds.filter(pl.col("fund").is_in([r.fund for r in rows])))
    kept = write_funds(tx, rows, whole, delivery_id)
    for row in rows:
        _tell(row, kept.outcome[row.fund])
    told = [row.instrument_id for row in rows]
    tx.audit("commit", "delivery", delivery_id, after={"supports": told})
    tx.touch("aggregation")


def write_funds(
    tx: store.Tx, rows: Sequence[DeliveryFund], whole: Statement, delivery_id: int
) -> Kept:
    """Write the reports of some supports of a delivery, whose supports are known."""
    wanted = pl.col("fund").is_in([row.fund for row in rows])
    heads = whole.funds.filter(wanted)
    ids = pl.DataFrame(
        {"fund": [r.fund for r in rows], "instrument_id": [r.instrument_id for r in rows]},
        {"fund": pl.String, "instrument_id": pl.Int64},
    )
    return record_funds(
        tx,
        heads.join(ids, on="fund", maintain_order="left").select(REPORT_INPUT.names()),
        _facts(heads, whole.fund_facts.filter(wanted)),
        whole.fund_lines.filter(wanted),
        delivery_id=delivery_id,
    )


def _delivery(session: Session, ctx: Context, delivery_id: int) -> Delivery:
    query = select(Delivery).where(Delivery.firm_id == ctx.firm_id, Delivery.id == delivery_id)
    return session.exec(query).one()


def _create(
    tx: store.Tx, delivery: Delivery, rows: Sequence[DeliveryFund], heads: pl.DataFrame
) -> None:
    """Make a provisional support of each ISIN that no support bears yet."""
    told = {row["fund"]: row for row in heads.iter_rows(named=True)}
    missing = [row for row in rows if row.instrument_id is None]
    known = matching.instruments_by_isin(tx.ctx, [row.fund for row in missing])
    fresh = [row for row in missing if row.fund not in known]
    named = [
        matching.Named(
            told[row.fund]["code_type"], row.fund, told[row.fund]["label"], told[row.fund]["kind"],
            told[row.fund]["currency"] if is_currency(told[row.fund]["currency"]) else "EUR",
        )
        for row in fresh
    ]  # fmt: skip
    feed = tx.session.get(Feed, delivery.feed_id)
    made = matching.create_provisional_bulk(tx, feed.provider_id if feed else 0, named)
    known |= dict(zip((row.fund for row in fresh), made, strict=True))
    for row in missing:
        row.instrument_id = known[row.fund]
    delivery.instruments_created += len(fresh)


def _facts(heads: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Return the facts; the value of a share counts when its currency is one."""
    priceless = [
        fund for fund, code in heads.select("fund", "currency").rows() if not is_currency(code)
    ]
    return facts.filter(~((pl.col("name") == "fund.price") & pl.col("fund").is_in(priceless)))


def _tell(row: DeliveryFund, outcome: str) -> None:
    """Write what became of a support, and why when it is not plain."""
    row.state = "unchanged" if outcome == "unchanged" else "committed"
    day = french.day(row.as_of)
    row.reason = {
        "late": "Plus ancien que ce qui est connu : gardé dans l'historique, rien n'est remplacé.",
        "corrected": f"Remplace ce qui était connu au {day}, qui reste dans l'historique.",
    }.get(outcome, "")
