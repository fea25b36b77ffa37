"""How are many statements made at once? In the background, each once, whatever happens."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

import orjson
import polars as pl
from sqlmodel import col, select

from o2s_core import administration, contacts, store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError, O2SError, StoreError
from o2s_core.kernel.permissions import Permission
from o2s_core.reporting.models import StatementIssue
from o2s_core.reporting.statements.making import FORMATS, StatementForm, issue_statement
from o2s_core.reporting.statements.saved_models import statement_model

KIND: Final = "reporting.statements"
MOST: Final = 5_000
#: One row per batch of the user, the latest first; `refused` are the contacts without statement.
BATCHES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "created_at": pl.Datetime("us", "UTC"),
        "model": pl.String(),
        "on": pl.Date(),
        "format": pl.String(),
        "state": pl.String(),
        "done": pl.Int64(),
        "total": pl.Int64(),
        "refused": pl.Int64(),
        "message": pl.String(),
    }
)


def request_statements(
    ctx: Context, contact_ids: Collection[int], form: StatementForm, *, key: str | None = None
) -> int:
    """Ask for the statements of some contacts; return the job. The same `key` asks once.

    Raises
    ------
    InvalidInputError
        Nobody is chosen, or more than 5 000.
    NotFoundError
        One of them is not in the perimeter.
    """
    ctx.require(Permission.DOCUMENT_WRITE)
    ids = sorted(set(contact_ids))
    if not 0 < len(ids) <= MOST:
        raise InvalidInputError(f"Choisissez de 1 à {MOST} dossiers.")
    if form.format not in FORMATS:
        raise InvalidInputError("Un état de compte est un PDF ou un classeur Excel.")
    known = set(contacts.contact_list(ctx, contacts.ContactFilter()).rows["id"].to_list())
    if unknown := set(ids) - known:
        raise NotFoundError("Contact", min(unknown))
    asked = {
        "contacts": ids,
        "model": statement_model(ctx, form.model).code,
        "on": (form.on or ctx.today).isoformat(),
        "format": form.format,
    }
    own = None if key is None else f"{KIND}-{ctx.user_id}-{key}"
    return store.enqueue(ctx, KIND, asked, key=own)


def statement_batches(ctx: Context) -> pl.DataFrame:
    """Return one's own batches (schema `BATCHES`), the latest first."""
    ctx.require(Permission.DOCUMENT_READ)
    mine = [job for job in store.jobs(ctx, kind=KIND) if job.created_by == ctx.user_id]
    return pl.DataFrame([_row(ctx, job) for job in mine], BATCHES)


def stop_statements(ctx: Context, job_id: int) -> None:
    """Stop one's own batch at its next statement; those already made stay."""
    ctx.require(Permission.DOCUMENT_WRITE)
    found = store.job(ctx, job_id)
    if found.kind != KIND or found.created_by != ctx.user_id:
        raise NotFoundError("Tâche", job_id)
    store.cancel_job(ctx, job_id)


def _row(ctx: Context, job: store.Job) -> dict[str, Any]:
    asked = job.arguments
    try:
        model = statement_model(ctx, asked["model"]).form.name
    except NotFoundError:
        model = "Modèle supprimé"
    result = orjson.loads(job.result) or {}
    return {
        "id": job.id,
        "created_at": job.created_at,
        "model": model,
        "on": date.fromisoformat(asked["on"]),
        "format": asked["format"],
        "state": store.JOB_STATES[job.state],
        "done": job.done,
        "total": len(asked["contacts"]),
        "refused": len(result.get("refused", {})),
        "message": job.message,
    }


def _make(work: store.Work) -> dict[str, Any]:
    """Make what is not made yet, each in a write of its own, with the rights of who asked."""
    asked = work.payload
    form = StatementForm(asked["model"], date.fromisoformat(asked["on"]), format=asked["format"])
    made, refused = _made(work), {}
    ids = asked["contacts"]
    for n, contact_id in enumerate(ids):
        work.progress(n, len(ids), f"{n} états sur {len(ids)}")
        if contact_id in made:
            continue
        try:
            _one(work, contact_id, form)
        except StoreError:
            raise
        except O2SError as why:
            refused[str(contact_id)] = type(why).__name__
    work.progress(len(ids), len(ids), f"{len(ids) - len(refused)} états établis")
    return {"made": len(ids) - len(refused), "refused": refused}


def _one(work: store.Work, contact_id: int, form: StatementForm) -> None:
    ctx = _requester(work)
    code = contacts.contact_by_id(ctx, contact_id).file_code
    issue_statement(ctx, contacts.scope(ctx, "contact", code), form, batch=work.id)


def _requester(work: store.Work) -> Context:
    ctx = work.context
    if work.created_by is None:
        return ctx
    return administration.context_of(work.place, work.created_by, ctx.now, ctx.today)


def _made(work: store.Work) -> set[int]:
    query = select(col(StatementIssue.contact_id)).where(
        StatementIssue.firm_id == work.firm_id, StatementIssue.batch == work.id
    )
    with store.reading(work.context) as session:
        return set(session.exec(query))


HANDLERS: Final[Mapping[str, store.Handler]] = {KIND: _make}
