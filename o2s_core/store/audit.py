"""The audit trail: one line per verb, each holding the hash of the line before."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel, col, select

from o2s_core.kernel.context import Context
from o2s_core.store.columns import Instant
from o2s_core.store.keys import keys
from o2s_core.store.person_keys import seal_for
from o2s_core.store.rows import impersonal

#: The one lock that every writer of the trail takes on PostgreSQL.
CHAIN_LOCK: Final = 7_302_001


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
    """One line of the trail; never updated, never deleted (triggers refuse it)."""

    __tablename__ = "audit_event"
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    firm_id: int = Field(index=True)
    at: datetime = Field(sa_type=Instant)
    user_id: int | None = None
    actor: str = Field(sa_column_kwargs=impersonal())
    action: str = Field(sa_column_kwargs=impersonal())
    entity: str = Field(sa_column_kwargs=impersonal())
    entity_id: str | None = Field(default=None, sa_column_kwargs=impersonal())
    subject_id: int | None = Field(default=None, index=True)
    fields: str = Field(default="", sa_column_kwargs=impersonal())  #: names, comma-separated
    change: str = Field(default="", sa_column_kwargs=impersonal())
    #: JSON; sealed under the person's key when there is a subject
    previous: str = Field(sa_column_kwargs=impersonal())
    hash: str = Field(sa_column_kwargs=impersonal())


def append(session: Session, ctx: Context, entries: list[Entry]) -> None:
    """Append lines to the chain, inside the transaction of the change, one writer at a time."""
    if not entries:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    key = chain_key(ctx)
    last = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last else (0, "")
    for seq, entry in enumerate(entries, seq + 1):  # noqa: B020
        event = _line(session, ctx, entry)
        event.seq, event.previous = seq, previous
        event.hash = previous = digest(key, event)
        session.add(event)


def _line(session: Session, ctx: Context, entry: Entry) -> AuditEvent:
    return AuditEvent(
        seq=0,
        firm_id=ctx.firm_id,
        at=ctx.now,
        user_id=ctx.user_id,
        actor=ctx.actor,
        action=entry.action,
        entity=entry.entity,
        entity_id=None if entry.entity_id is None else str(entry.entity_id),
        subject_id=entry.subject,
        fields=",".join(sorted({*(entry.before or {}), *(entry.after or {})})),
        change=_change(session, ctx, entry),
        previous="",
        hash="",
    )


def _change(session: Session, ctx: Context, entry: Entry) -> str:
    if not entry.before and not entry.after:
        return ""
    said = {"before": entry.before, "after": entry.after}
    plain = orjson.dumps(said, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    return plain if entry.subject is None else seal_for(session, ctx, entry.subject, plain)


def chain_key(ctx: Context) -> bytes:
    """Return the key of the chain: who edits the table without it is found out."""
    return keys(ctx).first("audit chain")


def digest(key: bytes, event: AuditEvent) -> str:
    """Return the hash of a line: what it says, after the hash of the line before."""
    said = [
        event.seq,
        event.firm_id,
        event.at.isoformat(),
        event.user_id,
        event.actor,
        event.action,
        event.entity,
        event.entity_id,
        event.subject_id,
        event.fields,
        event.change,
        event.previous,
    ]
    return hmac.new(key, orjson.dumps(said), hashlib.sha256).hexdigest()
