"""The audit trail: one line per verb, each holding the hash of the line before."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlmodel import Field, Session, SQLModel, col, select

from o2s_core.kernel.context import Context
from o2s_core.store.columns import Instant
from o2s_core.store.rows import impersonal


@dataclass(frozen=True, slots=True)
class Entry:
    """What a verb says of itself."""

    action: str
    entity: str
    entity_id: int | str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    subject: int | None


class AuditEvent(SQLModel, table=True):
    """One line of the trail; never updated, never deleted."""

    __tablename__ = "audit_event"
    seq: int | None = Field(default=None, primary_key=True)
    firm_id: int = Field(index=True)
    at: datetime = Field(sa_type=Instant)
    user_id: int | None = None
    actor: str = Field(sa_column_kwargs=impersonal())
    action: str = Field(sa_column_kwargs=impersonal())
    entity: str = Field(sa_column_kwargs=impersonal())
    entity_id: str | None = Field(default=None, sa_column_kwargs=impersonal())
    subject_id: int | None = Field(default=None, index=True)
    change: str = Field(default="", sa_column_kwargs=impersonal())
    previous: str = Field(sa_column_kwargs=impersonal())
    hash: str = Field(sa_column_kwargs=impersonal())


def append(session: Session, ctx: Context, entries: list[Entry]) -> None:
    """Append lines to the chain, inside the transaction of the change."""
    if not entries:
        return
    last = session.exec(select(AuditEvent.hash).order_by(col(AuditEvent.seq).desc()).limit(1))
    previous = last.first() or ""
    for entry in entries:
        change = orjson.dumps({"before": entry.before, "after": entry.after}, default=str).decode()
        event = AuditEvent(
            firm_id=ctx.firm_id,
            at=ctx.now,
            user_id=ctx.user_id,
            actor=ctx.actor,
            action=entry.action,
            entity=entry.entity,
            entity_id=None if entry.entity_id is None else str(entry.entity_id),
            subject_id=entry.subject,
            change=change,
            previous=previous,
            hash="",
        )
        event.hash = digest(event)
        session.add(event)
        previous = event.hash


def digest(event: AuditEvent) -> str:
    """Return the hash of a line: what it says, after the hash of the line before."""
    said = [
        event.firm_id,
        event.at.isoformat(),
        event.user_id,
        event.actor,
        event.action,
        event.entity,
        event.entity_id,
        event.subject_id,
        event.change,
    ]
    return hmac.new(event.previous.encode(), orjson.dumps(said), hashlib.sha256).hexdigest()
