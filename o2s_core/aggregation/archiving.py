"""How is a file kept, and has it come before? One delivery for each file that is new."""

import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.exclusion import alone
from o2s_core.aggregation.models import Delivery, DeliveryAccount
from o2s_core.aggregation.report import FINAL, DeliveryReport, report_of
from o2s_core.aggregation.steps import note
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FeedError
from o2s_core.kernel.settings import PARIS

#: Deliveries that do not count as "already received".
FORGOTTEN: Final = ("cancelled", "rejected", "duplicate")


@dataclass(frozen=True, slots=True)
class Sender:
    """How a file came, and what whoever sent it said of it."""

    feed: str | None = None
    contact_id: int | None = None
    channel: str = "cli"


def turn(ctx: Context, sha: str, *, wait: float = 0.0) -> AbstractContextManager[None]:
    """Hold the turn of a file: whoever else receives the same one waits, or is told."""
    return alone(ctx.place, f"delivery-{ctx.firm_id}-{sha[:24]}", wait=wait)


def archived(ctx: Context, data: bytes, name: str, sender: Sender) -> Delivery | DeliveryReport:
    """Keep the bytes of a file and open its delivery; a file already known is told at once.

    The turn of the file is held. A delivery that a crash left half way is given back.
    """
    sha = hashlib.sha256(data).hexdigest()
    with store.reading(ctx) as session:
        seen = seen_before(session, ctx, sha)
    if seen is not None:
        return _again(ctx, seen, data, name, sender) if seen.state in FINAL else seen
    keep_bytes(ctx, data)
    with store.tx(ctx) as tx:
        return open_delivery(tx, data, sha, name, sender)


def keep_bytes(ctx: Context, data: bytes) -> str:
    """Keep bytes in the archive; a disk that cannot take them is a reason, not a defect."""
    try:
        return store.save_blob(ctx, data)
    except OSError as error:
        raise FeedError(
            f"L'archive ne peut pas garder ce fichier ({error.strerror}) : faites de la place sur "
            "le disque, puis recommencez. Rien n'a été enregistré."
        ) from error


def seen_before(session: Session, ctx: Context, sha: str) -> Delivery | None:
    """Return the delivery that the same bytes opened and that still counts."""
    query = select(Delivery).where(
        Delivery.firm_id == ctx.firm_id,
        Delivery.sha256 == sha,
        col(Delivery.state).not_in(FORGOTTEN),
    )
    return session.exec(query.order_by(col(Delivery.id))).first()


def open_delivery(tx: store.Tx, data: bytes, sha: str, name: str, sender: Sender) -> Delivery:
    """Open a delivery inside the write."""
    delivery = Delivery(
        firm_id=tx.ctx.firm_id,
        file_name=name,
        sha256=sha,
        size=len(data),
        received_at=tx.ctx.now,
        channel=sender.channel,
        asked_feed=sender.feed or "",
        for_contact_id=sender.contact_id,
        state="received",
    )
    tx.add(delivery)
    note(tx, delivery, "received")
    tx.audit("receive", "delivery", delivery.id, after={"sha256": sha, "channel": sender.channel})
    return delivery


def already(seen: Delivery) -> str:
    """Return the sentence that says when a file came the first time."""
    at = seen.received_at.astimezone(PARIS)
    return (
        f"Ce fichier a déjà été reçu le {french.day(at.date())} à {at:%H:%M} "
        f"(livraison {seen.id}) : rien n'a changé."
    )


def _again(ctx: Context, seen: Delivery, data: bytes, name: str, sender: Sender) -> DeliveryReport:
    """Say that a file is already known; a contact named now takes what was to attach."""
    if sender.contact_id is not None and _waits(ctx, seen):
        from o2s_core.aggregation.attaching import attach_all

        return attach_all(ctx, seen.id or 0, sender.contact_id)
    with store.tx(ctx) as tx:
        delivery = open_delivery(tx, data, seen.sha256, name, sender)
        delivery.duplicate_of = seen.id
        delivery.feed_id, delivery.format = seen.feed_id, seen.format
        delivery.message = already(seen)
        note(tx, delivery, "duplicate")
        return report_of(tx.session, ctx, delivery)


def _waits(ctx: Context, seen: Delivery) -> bool:
    with store.reading(ctx) as session:
        query = select(DeliveryAccount.id).where(
            DeliveryAccount.firm_id == ctx.firm_id,
            DeliveryAccount.delivery_id == seen.id,
            DeliveryAccount.state == "to_attach",
        )
        return session.exec(query).first() is not None
