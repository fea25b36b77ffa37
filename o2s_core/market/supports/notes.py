"""What does the firm note on a support? Each note is dated and signed; none is erased."""

from typing import Final

import polars as pl
from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.models import SupportNote

LONGEST: Final = 2_000
#: One row per version of a note, the newest first; `standing` is the one that is read.
NOTES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "thread": pl.Int64(),
        "revision": pl.Int64(),
        "state": pl.String(),  #: standing, replaced, deleted
        "text": pl.String(),
        "author": pl.String(),
        "written_at": pl.Datetime("us", "UTC"),
    }
)
NOTE_STATES: Final = {"standing": "", "replaced": "Version précédente", "deleted": "Supprimée"}


def support_notes(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return the notes on a support with their history (schema `NOTES`), the newest first."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        one_instrument(ctx, session, instrument_id)
    query = (
        select(*(col(getattr(SupportNote, name)) for name in NOTES))
        .where(
            col(SupportNote.firm_id) == ctx.firm_id,
            col(SupportNote.instrument_id) == instrument_id,
        )
        .order_by(col(SupportNote.id).desc())
    )
    return store.frame(ctx, query, NOTES)


def write_note(ctx: Context, instrument_id: int, text: str, *, key: str | None = None) -> int:
    """Write a note on a support, and return it; `key` makes it once."""
    ctx.require(Permission.INSTRUMENT_WRITE)
    _require_text(text)
    with store.tx(ctx) as tx:

        def make() -> int:
            one_instrument(ctx, tx.session, instrument_id)
            last = select_rows(func.max(SupportNote.thread)).where(
                SupportNote.firm_id == ctx.firm_id, SupportNote.instrument_id == instrument_id
            )
            thread = (tx.session.exec(last).one() or 0) + 1
            return _write(tx, instrument_id, thread, 1, text, "standing")

        return store.idempotent(tx, key, make)


def edit_note(ctx: Context, note_id: int, text: str) -> int:
    """Write a note anew, and return its new version; the one before stays readable.

    Raises
    ------
    InvalidInputError
        The text is empty or too long, or somebody changed the note meanwhile.
    """
    ctx.require(Permission.INSTRUMENT_WRITE)
    _require_text(text)
    with store.tx(ctx) as tx:
        row = _standing(tx, note_id)
        row.state = "replaced"
        return _write(tx, row.instrument_id, row.thread, row.revision + 1, text, "standing")


def delete_note(ctx: Context, note_id: int) -> None:
    """Take a note away: it is no longer read, its history says who deleted it and when."""
    ctx.require(Permission.INSTRUMENT_WRITE)
    with store.tx(ctx) as tx:
        row = _standing(tx, note_id)
        row.state = "replaced"
        _write(tx, row.instrument_id, row.thread, row.revision + 1, row.text, "deleted")


def _require_text(text: str) -> None:
    if not text.strip():
        raise InvalidInputError([FieldProblem("text", "Note", "")])
    if len(text) > LONGEST:
        said = f"{LONGEST} caractères au plus."
        raise InvalidInputError([FieldProblem("text", "Note", said)])


def _standing(tx: store.Tx, note_id: int) -> SupportNote:
    query = select_rows(SupportNote).where(
        SupportNote.firm_id == tx.ctx.firm_id, SupportNote.id == note_id
    )
    row = tx.session.exec(query.with_for_update()).first()
    if row is None:
        raise NotFoundError("Note", note_id)
    if row.state != "standing":
        raise InvalidInputError("Cette note a été modifiée entre-temps : rechargez la page.")
    return row


def _write(
    tx: store.Tx, instrument_id: int, thread: int, revision: int, text: str, state: str
) -> int:
    tx.session.flush()
    told = {"instrument_id": instrument_id, "thread": thread, "revision": revision,
            "state": state, "text": text.strip(), "author": tx.ctx.actor,
            "written_at": tx.ctx.now}  # fmt: skip
    made = store.insert_rows(tx, SupportNote, [told])[0]
    action = "delete" if state == "deleted" else "create" if revision == 1 else "update"
    tx.audit(action, "support_note", made, after={"instrument_id": instrument_id})
    tx.touch("market")
    return made
