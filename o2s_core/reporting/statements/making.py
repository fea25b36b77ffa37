"""How is a statement made and kept, and which were? (États établis)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from sqlmodel import col, select

from o2s_core import contacts, store
from o2s_core.contacts import Scope
from o2s_core.documents import DocumentForm
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.reporting.models import StatementIssue
from o2s_core.reporting.statements.figures import statement
from o2s_core.reporting.statements.layout import pdf_of, xlsx_of
from o2s_core.reporting.statements.saved_models import (
    StatementModelCard,
    period_start,
    statement_model,
)
from o2s_core.store.blobs import digest_of

FORMATS: Final = {"pdf": "PDF", "xlsx": "Excel"}
#: One row per statement made for a contact, the latest first; `document_id` is its paper.
ISSUES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "document_id": pl.Int64(),
        "end_on": pl.Date(),
        "start_on": pl.Date(),
        "model": pl.String(),
        "format": pl.String(),
        "created_at": pl.Datetime("us", "UTC"),
        "batch": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class StatementForm:
    """What is asked of a statement; without `start` its period is that of the model."""

    model: str = "annual"
    on: date | None = None
    start: date | None = None
    format: str = "pdf"


@dataclass(frozen=True, slots=True)
class Made:
    """A statement as a file, not kept yet."""

    start: date
    on: date
    model: StatementModelCard
    data: bytes
    file_name: str
    data_on: date | None  #: the oldest day that one of its values is of


def make_statement(ctx: Context, scope: Scope, form: StatementForm) -> Made:
    """Return the statement of a contact, a household or a group as a file, to be looked at."""
    ctx.require(Permission.PORTFOLIO_READ)
    if form.format not in FORMATS:
        raise InvalidInputError("Un état de compte est un PDF ou un classeur Excel.")
    model, on = statement_model(ctx, form.model), form.on or ctx.today
    start = form.start or period_start(ctx, scope.id, model.form.period, on)
    said = statement(ctx, scope, start, on)
    written = pdf_of if form.format == "pdf" else xlsx_of
    code = scope.file_code or f"groupe-{scope.id}"
    name = f"etat-de-compte-{code}-{on.isoformat()}.{form.format}"
    data = written(said, model.form.layout)
    return Made(said.start, said.on, model, data, name, said.held.oldest_data_on)


def issue_statement(
    ctx: Context, scope: Scope, form: StatementForm, *, batch: int | None = None
) -> int:
    """Make a statement, file it among the contact's documents, and return the document.

    It is what the next one begins after. A group has no file of its own: its
    statement is made, not filed.
    """
    ctx.require(Permission.DOCUMENT_WRITE)
    if scope.kind == "group":
        raise InvalidInputError(
            "Un regroupement n'a pas de dossier : téléchargez son état, ou établissez celui de "
            "chacun de ses membres."
        )
    made = make_statement(ctx, scope, form)
    with store.tx(ctx) as tx:
        document = contacts.add_paper(ctx, scope.id, _paper(scope, made), made.data)
        row = StatementIssue(
            firm_id=ctx.firm_id,
            contact_id=scope.id,
            scope_kind=scope.kind,
            scope_id=scope.id,
            model=made.model.form.name,
            format=form.format,
            start_on=made.start,
            end_on=made.on,
            document_id=document,
            sha256=digest_of(made.data),
            batch=batch,
            data_on=made.data_on,
        )
        tx.add(row)
        tx.audit("create", "statement", row.id, after={"sha256": row.sha256}, subject=scope.id)
        tx.touch("reporting")
    return document


def issued_statements(ctx: Context, contact_id: int) -> pl.DataFrame:
    """Return the statements made for a contact (schema `ISSUES`), the latest first."""
    ctx.require(Permission.DOCUMENT_READ)
    contacts.contact_by_id(ctx, contact_id)
    query = (
        select(*(col(getattr(StatementIssue, name)) for name in ISSUES))
        .where(StatementIssue.firm_id == ctx.firm_id, StatementIssue.contact_id == contact_id)
        .order_by(col(StatementIssue.end_on).desc(), col(StatementIssue.id).desc())
    )
    return store.frame(ctx, query, ISSUES)


def _paper(scope: Scope, made: Made) -> DocumentForm:
    title = f"État de compte au {french.day(made.on)}, {made.model.form.name}"
    return DocumentForm(
        scope.id, title, made.file_name, "client_statement", made.on, source="statement"
    )
