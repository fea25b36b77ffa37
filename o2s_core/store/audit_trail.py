"""Reading the audit trail (Journal): who did what, and whether the chain is whole."""

import hmac
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.store.audit import AuditEvent, chain_key, digest
from o2s_core.store.files import append_line
from o2s_core.store.person_keys import MARK, unseal_for
from o2s_core.store.transactions import reading

log = logging.getLogger(__name__)

HEADS: Final = "audit-head.jsonl"
BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class AuditState:
    """Whether the trail is as it was written."""

    ok: bool
    lines: int
    broken_at: int | None  #: number of the first line that is not as it was written
    head: str  #: hash of the last line, "" for an empty trail
    message: str  #: French


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines to read; None is no condition. Days are civil days in Paris, both included."""

    start: date | None = None
    end: date | None = None
    actor: str | None = None
    action: str | None = None
    entity: str | None = None
    subject_id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line as a person reads it."""

    seq: int
    at: datetime
    actor: str
    action: str
    entity: str
    entity_id: str | None
    subject_id: int | None
    fields: tuple[str, ...]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    erased: bool  #: the values were those of a person since erased


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines, newest first, and how many there are in all."""

    lines: tuple[AuditLine, ...]
    total: int


def audit_lines(
    ctx: Context, wanted: AuditFilter | None = None, *, limit: int = 100, offset: int = 0
) -> AuditPage:
    """Return a page of the firm's trail, newest first."""
    ctx.require(Permission.AUDIT_READ)
    inside = [col(AuditEvent.firm_id) == ctx.firm_id, *_conditions(wanted or AuditFilter())]
    with reading(ctx) as session:
        total = session.exec(select(func.count()).select_from(AuditEvent).where(*inside)).one()
        asked = select(AuditEvent).where(*inside).order_by(col(AuditEvent.seq).desc())
        rows = session.exec(asked.limit(limit).offset(offset)).all()
        return AuditPage(tuple(_line(session, ctx, row) for row in rows), total)


def _conditions(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (AuditEvent.actor, wanted.actor),
        (AuditEvent.action, wanted.action),
        (AuditEvent.entity, wanted.entity),
        (AuditEvent.subject_id, wanted.subject_id),
    ):
        if value is not None:
            yield col(column) == value
    if wanted.start is not None:
        yield col(AuditEvent.at) >= datetime.combine(wanted.start, time.min, PARIS)
    if wanted.end is not None:
        after = wanted.end + timedelta(days=1)
        yield col(AuditEvent.at) < datetime.combine(after, time.min, PARIS)


def _line(session: Session, ctx: Context, row: AuditEvent) -> AuditLine:
    text: str | None = row.change
    if row.subject_id is not None and row.change.startswith(MARK):
        text = unseal_for(session, ctx, row.subject_id, row.change)
    said = orjson.loads(text) if text else {}
    return AuditLine(
        row.seq, row.at, row.actor, row.action, row.entity, row.entity_id, row.subject_id,
        tuple(row.fields.split(",")) if row.fields else (),
        said.get("before"), said.get("after"), text is None,
    )  # fmt: skip


def verify_audit(ctx: Context) -> AuditState:
    """Read the whole chain again and say whether any line was changed, moved or removed.

    What was cut from the end is seen against the heads written outside the
    database; a whole chain adds its own head there.
    """
    ctx.require(Permission.AUDIT_READ)
    heads = _heads(ctx)
    lines, broken, head = _walk(ctx, dict(heads))
    if broken is None and heads and max(seq for seq, _ in heads) > lines:
        broken = lines + 1
    if broken is not None:
        log.error("audit.broken", extra={"seq": broken})
        said = f"La chaîne est rompue à la ligne {broken} : le journal a été modifié hors d'O2S."
        return AuditState(ok=False, lines=lines, broken_at=broken, head=head, message=said)
    write_head(ctx, lines, head)
    said = f"Chaîne intacte : {lines} lignes vérifiées."
    return AuditState(ok=True, lines=lines, broken_at=None, head=head, message=said)


def _walk(ctx: Context, heads: dict[int, str]) -> tuple[int, int | None, str]:
    """Return how many lines hold, the first that does not, and the last good hash."""
    key, previous, seq = chain_key(ctx), "", 0
    try:
        with reading(ctx) as session:
            for row in _every_line(session):
                good = row.seq == seq + 1 and row.previous == previous
                good = good and hmac.compare_digest(digest(key, row), row.hash)
                if not good or heads.get(row.seq, row.hash) != row.hash:
                    return seq, seq + 1, previous
                seq, previous = row.seq, row.hash
    except (TypeError, ValueError):  # a cell that no longer reads as what it is
        return seq, seq + 1, previous
    return seq, None, previous


def _every_line(session: Session) -> Iterator[AuditEvent]:
    last = 0
    while True:
        asked = select(AuditEvent).where(AuditEvent.seq > last).order_by(col(AuditEvent.seq))
        rows = session.exec(asked.limit(BATCH)).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].seq
        session.expunge_all()


def write_head(ctx: Context, seq: int, head: str) -> None:
    """Write the last line's number and hash outside the database, once per head."""
    if not seq or (seq, head) in _heads(ctx):
        return
    said = {"seq": seq, "hash": head, "at": ctx.now.isoformat()}
    append_line(_file(ctx), orjson.dumps(said).decode())


def record_head(ctx: Context) -> None:
    """Write the present head outside the database (the worker does it every day)."""
    asked = select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(1)
    with reading(ctx) as session:
        last = session.exec(asked).first()
    if last is not None:
        write_head(ctx, last.seq, last.hash)


def _heads(ctx: Context) -> Sequence[tuple[int, str]]:
    path = _file(ctx)
    if not path.exists():
        return []
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
    return [(line["seq"], line["hash"]) for line in lines]


def _file(ctx: Context) -> Path:
    return ctx.place.home / HEADS
