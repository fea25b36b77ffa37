"""What does a file read again say otherwise, and what becomes of it? Judged once more."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.account_matching import Known
from o2s_core.aggregation.controls import HARMLESS, STOPPING
from o2s_core.aggregation.feed.catalogue import FeedSpec
from o2s_core.aggregation.models import Anomaly, Delivery, DeliveryAccount
from o2s_core.aggregation.packing import FRAMES
from o2s_core.aggregation.staging import keep_anomalies, stage
from o2s_core.aggregation.statement import Statement

#: What of a statement speaks of its accounts.
SPEAKING = tuple(
    name for name, schema in FRAMES.items() if "external_id" in schema and name != "anomalies"
)


def changed_accounts(before: Statement, after: Statement) -> frozenset[str]:
    """Return the accounts of which two readings of a file do not say the same."""
    differ: set[str] = set()
    for name in SPEAKING:
        old, new = (getattr(s, name) for s in (before, after))
        if old.equals(new):
            continue
        at = old.columns.index("external_id")
        counts = Counter(new.iter_rows())
        counts.subtract(Counter(old.iter_rows()))
        differ |= {row[at] for row, count in counts.items() if count}
    return frozenset(differ)


@dataclass(slots=True)
class _Before:
    """What was known of a delivery before it was read again."""

    rows: dict[str, DeliveryAccount]
    anomalies: list[Anomaly]

    def codes(self, external_id: str) -> set[str]:
        """Return the codes of what was said of an account."""
        return {a.code for a in self.anomalies if a.external_id == external_id}

    def settled(self) -> dict[str, Known | None]:
        """Return the accounts that were found or decided; None: still to attach."""
        return {
            e: None
            if row.account_id is None and row.state == "to_attach"
            else Known(row.account_id, "link", "A-CLOTURE" in self.codes(e))
            for e, row in self.rows.items()
        }


def judge_again(
    tx: store.Tx,
    delivery: Delivery,
    statement: Statement,
    feed: FeedSpec,
    changed: frozenset[str],
) -> None:
    """Decide again of the accounts of which a file, read again, says something else.

    An account that was committed stays so unless a control that nobody answered
    stops it now; what people decided (ignored, rejected, whose it is) stands.
    """
    before = _before(tx, delivery)
    staged = stage(tx, delivery, statement, feed, before.settled())
    found = staged.anomalies.filter(pl.col("external_id").is_in([*changed, ""]))
    _replace_anomalies(tx, delivery, before, found, changed)
    fresh = []
    differing = pl.col("external_id").is_in(list(changed))
    for row in staged.accounts.filter(differing).iter_rows(named=True):
        known = before.rows.get(row["external_id"])
        if known is None:
            fresh.append(row)
            continue
        _write(known, row, _state(known, row, found, before))
    store.insert_rows(tx, DeliveryAccount, fresh)
    for gone in changed - set(staged.accounts["external_id"]):
        tx.session.delete(before.rows[gone])
    tx.session.flush()


def _before(tx: store.Tx, delivery: Delivery) -> _Before:
    found: list[Any] = []
    for model in (DeliveryAccount, Anomaly):
        query = select(model).where(
            col(model.firm_id) == tx.ctx.firm_id, col(model.delivery_id) == delivery.id
        )
        found.append(list(tx.session.exec(query.order_by(col(model.id)))))
    return _Before({row.external_id: row for row in found[0]}, found[1])


def _replace_anomalies(
    tx: store.Tx,
    delivery: Delivery,
    before: _Before,
    found: pl.DataFrame,
    changed: frozenset[str],
) -> None:
    """Write what the new reading finds; a decision that somebody took follows its anomaly."""
    old = [a for a in before.anomalies if a.external_id in changed or not a.external_id]
    decided = {(a.external_id, a.code): a for a in old if a.decided_at is not None}
    keep_anomalies(tx, delivery, found)
    gone = {a.id for a in old}
    for row in old:
        tx.session.delete(row)
    tx.session.flush()
    query = select(Anomaly).where(
        Anomaly.firm_id == tx.ctx.firm_id, Anomaly.delivery_id == delivery.id
    )
    for row in tx.session.exec(query):
        past = decided.get((row.external_id, row.code))
        if past is not None and row.id not in gone and row.decided_at is None:
            row.decided_at, row.decided_by = past.decided_at, past.decided_by
            row.decision = past.decision


def _state(
    known: DeliveryAccount, row: Mapping[str, Any], found: pl.DataFrame, before: _Before
) -> str:
    if known.committed_in is None:
        return known.state if known.state == "ignored" else str(row["state"])
    mine = found.filter(pl.col("external_id") == known.external_id)
    stops = {
        code
        for code, severity in mine.select("code", "severity").iter_rows()
        if code in STOPPING or (severity == "error" and code not in HARMLESS)
    }
    if stops - before.codes(known.external_id):
        known.committed_in = None
        return "quarantined"
    return known.state


def _write(known: DeliveryAccount, row: Mapping[str, Any], state: str) -> None:
    for name in ("label", "holder", "envelope", "currency", "as_of", "total", "lines", "movements"):
        setattr(known, name, row[name])
    if known.account_id is None:
        known.account_id = row["account_id"]
    known.state = state
