"""What changed in a file, when, and by whom."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.contacts.identity import SENSITIVE, identity_schema
from o2s_core.contacts.models import ContactChange
from o2s_core.contacts.validity import readable_phone
from o2s_core.contacts.visible import one_contact
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

#: One row per changed field, the latest first; texts are ready to be read.
HISTORY: Final = pl.Schema(
    {
        "at": pl.Datetime("us", "UTC"),
        "actor": pl.String(),
        "action": pl.String(),
        "field": pl.String(),  #: French label, empty when the action says it all
        "before": pl.String(),
        "after": pl.String(),
    }
)
ACTIONS: Final = {
    "create": "Création",
    "edit": "Modification",
    "stage": "Changement de type",
    "adviser": "Changement de conseiller",
    "archive": "Archivage",
    "restore": "Restauration",
    "household": "Foyer",
    "coordinates": "Coordonnées",
}

#: What a change says beside the fields of the file.
BESIDE: Final = {"reason": "Motif", "address": "Adresse", "bank": "RIB"}

Changes = Mapping[str, tuple[Any, Any]]


def record_all(tx: Tx, rows: Sequence[tuple[int, str, str, str]]) -> None:
    """Write in the histories of many files one change each: contact, action, field, value after."""
    said = {"at": tx.ctx.now, "actor": tx.ctx.actor, "before": ""}
    told = [
        said | {"contact_id": contact_id, "action": action, "field": field, "after": after}
        for contact_id, action, field, after in rows
    ]
    store.insert_rows(tx, ContactChange, told)


def record(tx: Tx, contact_id: int, action: str, changes: Changes) -> None:
    """Write in the history of a file what an open write changed, field by field."""
    for field, (before, after) in (changes or {"": ("", "")}).items():
        tx.add(
            ContactChange(
                firm_id=tx.ctx.firm_id,
                contact_id=contact_id,
                at=tx.ctx.now,
                actor=tx.ctx.actor,
                action=action,
                field=field,
                before=_text(before),
                after=_text(after),
            )
        )


def history(ctx: Context, contact_id: int, *, limit: int = 200) -> pl.DataFrame:
    """Return what changed in a file, the latest first (schema `HISTORY`).

    Values that need `Permission.CONTACT_SENSITIVE` read "confidentiel" without it.
    """
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        kind = one_contact(ctx, session, contact_id).kind
        query = (
            select(ContactChange)
            .where(ContactChange.firm_id == ctx.firm_id, ContactChange.contact_id == contact_id)
            .order_by(col(ContactChange.id).desc())
            .limit(limit)
        )
        rows = [_readable(ctx, kind, change) for change in session.exec(query).all()]
    return pl.DataFrame(rows, schema=HISTORY, orient="row")


def _text(value: Any) -> str:  # noqa: ANN401
    return "" if value is None else str(value)


def _readable(ctx: Context, kind: str, change: ContactChange) -> tuple[Any, ...]:
    hidden = change.field in SENSITIVE and not ctx.may(Permission.CONTACT_SENSITIVE)
    before, after = (
        "confidentiel" if hidden and value else shown(kind, change.field, value)
        for value in (change.before, change.after)
    )
    action = ACTIONS.get(change.action, change.action)
    at: datetime = change.at.astimezone(UTC)
    return at, change.actor, action, _label(kind, change.field), before, after


def _label(kind: str, key: str) -> str:
    labels = {f.key: f.label for f in identity_schema(kind, {}).fields}
    return labels.get(key, BESIDE.get(key, ""))


def shown(
    kind: str,
    key: str,
    fact: Any,  # noqa: ANN401
    choices: Mapping[str, str] | None = None,
) -> str:
    """Return a fact as it is read on screen: a label for a code, a French day or number."""
    value = _text(fact)
    field = next((f for f in identity_schema(kind, {}).fields if f.key == key), None)
    if field is None or not value:
        return value
    if labels := choices or field.choices:
        return labels.get(value, value)
    if field.kind == "phone":
        return readable_phone(value)
    return french.day(date.fromisoformat(value)) if field.kind == "day" else value
