"""Who did what and when [Journal d'audit]: read, exported whole, and its chain checked."""

from collections.abc import Iterator
from typing import Any, Final

import orjson
import polars as pl
from sqlmodel import col, select

from o2s_core import exports, store
from o2s_core.administration.downloads import issue_ticket
from o2s_core.administration.journal_words import ACTIONS, ENTITIES, FIELDS, VALUES
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.store import AuditEvent, AuditFilter, AuditLine

#: Lines of the trail, newest first; `detail` is the change in short, without personal values.
AUDIT_LOG: Final = pl.Schema(
    {
        "seq": pl.Int64(),
        "at": pl.Datetime("us", "UTC"),
        "actor": pl.String(),
        "action": pl.String(),
        "entity": pl.String(),
        "entity_id": pl.String(),
        "subject_id": pl.Int64(),
        "fields": pl.String(),
        "detail": pl.String(),
    }
)
BATCH: Final = 5_000
MEDIA: Final = "text/csv"


def audit_log(
    ctx: Context, wanted: AuditFilter | None = None, *, limit: int = 500
) -> tuple[pl.DataFrame, int]:
    """Return the newest lines that match, and how many match in all."""
    ctx.require(Permission.AUDIT_READ)
    page = store.audit_lines(ctx, wanted, limit=limit)
    return _frame(page.lines), page.total


def audit_choices(ctx: Context) -> dict[str, dict[str, str]]:
    """Return what the filters offer: `actors`, `actions`, `entities`, each by its code."""
    ctx.require(Permission.AUDIT_READ)
    with store.reading(ctx) as session:
        actors, actions, entities = (
            session.exec(select(column).where(AuditEvent.firm_id == ctx.firm_id).distinct()).all()
            for column in (col(AuditEvent.actor), col(AuditEvent.action), col(AuditEvent.entity))
        )
    return {
        "actors": {a: a for a in sorted(actors)},
        "actions": {a: ACTIONS.get(a, a) for a in sorted(actions)},
        "entities": {e: ENTITIES.get(e, e) for e in sorted(entities)},
    }


def export_audit_log(ctx: Context, wanted: AuditFilter | None = None) -> str:
    """Make a file of every line that matches; return the ticket that fetches it once."""
    ctx.require(Permission.AUDIT_EXPORT)
    frames = [_frame(lines) for lines in _all_lines(ctx, wanted)]
    frame = pl.concat(frames) if frames else AUDIT_LOG.to_frame()
    columns = (
        exports.SheetColumn("seq", "Ligne", "integer"),
        exports.SheetColumn("at", "Date et heure", "instant"),
        exports.SheetColumn("actor", "Par"),
        exports.SheetColumn("action", "Action", labels=ACTIONS),
        exports.SheetColumn("entity", "Objet", labels=ENTITIES),
        exports.SheetColumn("entity_id", "Référence"),
        exports.SheetColumn("subject_id", "Contact concerné", "integer"),
        exports.SheetColumn("fields", "Champs"),
        exports.SheetColumn("detail", "Détail"),
    )
    made = exports.csv(exports.Sheet("journal", frame, columns))
    name = f"journal-{ctx.today:%Y-%m-%d}.csv"
    return issue_ticket(ctx, store.save_blob(ctx, made), name, MEDIA)


def _all_lines(ctx: Context, wanted: AuditFilter | None) -> Iterator[tuple[AuditLine, ...]]:
    offset, total = 0, 1
    while offset < total:
        page = store.audit_lines(ctx, wanted, limit=BATCH, offset=offset)
        total = page.total
        offset += BATCH
        if page.lines:
            yield page.lines


def _frame(lines: tuple[AuditLine, ...]) -> pl.DataFrame:
    rows = [
        {
            "seq": line.seq,
            "at": line.at,
            "actor": line.actor,
            "action": line.action,
            "entity": line.entity,
            "entity_id": line.entity_id,
            "subject_id": line.subject_id,
            "fields": ", ".join(line.fields),
            "detail": _detail(line),
        }
        for line in lines
    ]
    return pl.DataFrame(rows, schema=AUDIT_LOG)


def _detail(line: AuditLine) -> str:
    """Return what changed, in short; of a person only the names of the fields are said."""
    if line.erased:
        return "valeurs effacées"
    if line.subject_id is not None or not (line.before or line.after):
        return ""
    before, after = line.before or {}, line.after or {}
    keys = sorted({*before, *after})
    said = (_change(key, before.get(key), after.get(key)) for key in keys)
    return " ; ".join(part for part in said if part)[:300]


def _change(key: str, before: Any, after: Any) -> str:  # noqa: ANN401
    if before == after:
        return ""
    name = FIELDS.get(key, key)
    if before in (None, ""):
        return f"{name} : {_short(key, after)}"
    return f"{name} : {_short(key, before)} → {_short(key, after)}"


def _short(key: str, value: Any) -> str:  # noqa: ANN401
    """Return a stored value as it is read: words for codes, yes and no, nothing."""
    if value is None or value in ("", []):
        return "vide"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(_short(key, each) for each in value)
    if key == "sha256":
        return f"{str(value)[:12]}…"
    if isinstance(value, str):
        return VALUES.get(key, {}).get(value, value)
    return orjson.dumps(value, default=str).decode()
