"""What happened to the deliveries, in order: what a replay goes through again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from o2s_core.aggregation.models import Delivery, DeliveryAccount, DeliveryEvent
from o2s_core.kernel.context import Context
from o2s_core.portfolio.models import Situation

#: States of a delivery on which nothing was ever built.
IDLE: Final = ("duplicate", "rejected")
DONE: Final = ("committed", "unchanged")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: a delivery read, committed or cancelled, a situation typed."""

    kind: str  #: read, committed, cancelled, typed
    at: datetime
    user_id: int | None
    delivery_id: int = 0
    row_ids: tuple[int, ...] = ()  #: the accounts that were committed
    situation_id: int = 0


def course(session: Session, ctx: Context) -> list[Happening]:
    """Return what happened to the deliveries of the firm, oldest first.

    Deliveries older than the chronicle come first: each was committed as it was read.
    """
    known = _deliveries(session, ctx)
    rows = _rows(session, ctx)
    events = session.exec(
        select(DeliveryEvent)
        .where(DeliveryEvent.firm_id == ctx.firm_id)
        .order_by(col(DeliveryEvent.at), col(DeliveryEvent.id))
    ).all()
    told = {event.delivery_id for event in events}
    found = _before_the_chronicle([d for d in known.values() if d.id not in told], rows)
    found += _told([event for event in events if event.delivery_id in known], rows)
    return _with_typed(found, _typed(session, ctx))


def about_accounts(ctx: Context) -> ColumnElement[bool]:
    """Return the condition that a delivery brought something to accounts.

    Those about supports, prices and rates alone are made again apart (`supports`): the
    market keeps what they said under its own precedence.
    """
    spoken = select(DeliveryAccount.delivery_id).where(DeliveryAccount.firm_id == ctx.firm_id)
    return col(Delivery.id).in_(spoken) & col(Delivery.state).not_in(IDLE)


def _deliveries(session: Session, ctx: Context) -> dict[int, Delivery]:
    query = select(Delivery).where(Delivery.firm_id == ctx.firm_id, about_accounts(ctx))
    return {row.id or 0: row for row in session.exec(query.order_by(col(Delivery.id)))}


def _rows(session: Session, ctx: Context) -> dict[int, list[DeliveryAccount]]:
    found: dict[int, list[DeliveryAccount]] = defaultdict(list)
    query = select(DeliveryAccount).where(DeliveryAccount.firm_id == ctx.firm_id)
    for row in session.exec(query.order_by(col(DeliveryAccount.id))):
        found[row.delivery_id].append(row)
    return found


def _before_the_chronicle(
    older: Sequence[Delivery], rows: dict[int, list[DeliveryAccount]]
) -> list[Happening]:
    found, ends = [], []
    for row in older:
        id_, by = row.id or 0, row.created_by
        found.append(Happening("read", row.received_at, by, id_))
        done = tuple(r.id or 0 for r in rows[id_] if r.state in DONE)
        if done:
            found.append(Happening("committed", row.received_at, by, id_, done))
        if row.state == "cancelled":
            ends.append(Happening("cancelled", row.cancelled_at or row.received_at, None, id_))
    return found + ends


def _told(
    events: Sequence[DeliveryEvent], rows: dict[int, list[DeliveryAccount]]
) -> list[Happening]:
    last_read = {event.delivery_id: event.id for event in events if event.kind == "read"}
    found = []
    for event in events:
        if event.kind == "read" and event.id != last_read[event.delivery_id]:
            continue  # read again since: only the last reading counts
        mine = tuple(r.id or 0 for r in rows[event.delivery_id] if r.committed_in == event.id)
        if event.kind == "committed" and not mine:
            continue
        found.append(Happening(event.kind, event.at, event.user_id, event.delivery_id, mine))
    return found


def _typed(session: Session, ctx: Context) -> list[Happening]:
    rows = session.exec(
        select(Situation)
        .where(
            Situation.firm_id == ctx.firm_id,
            col(Situation.delivery_id).is_(None),
            Situation.state != "cancelled",
        )
        .order_by(col(Situation.received_at), col(Situation.id))
    )
    return [
        Happening("typed", row.received_at, row.created_by, situation_id=row.id or 0)
        for row in rows
    ]


def _with_typed(found: list[Happening], typed: list[Happening]) -> list[Happening]:
    """Return both, each typed situation after all that had come when it was typed."""
    merged: list[Happening] = []
    left = list(typed)
    for happening in found:
        while left and left[0].at < happening.at:
            merged.append(left.pop(0))
        merged.append(happening)
    return merged + left
