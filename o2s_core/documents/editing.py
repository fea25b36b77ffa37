"""Change what is said of a document, replace its file by a newer one, throw it away."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from sqlmodel import col, or_, select

from o2s_core import store
from o2s_core.documents.file_names import clean_name
from o2s_core.documents.file_types import refusal
from o2s_core.documents.keeping import (
    DocumentForm,
    erase,
    field_problems,
    said_of,
    stored,
    subject_of,
)
from o2s_core.documents.library import lock_of
from o2s_core.documents.models import Document, DocumentText
from o2s_core.documents.owners import readable, require_reader, require_writer
from o2s_core.documents.stems import stems
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)

KEPT_IN_BIN: Final = timedelta(days=30)
#: One row per version of a document, the latest first.
VERSIONS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "rank": pl.Int64(),
        "file_name": pl.String(),
        "size": pl.Int64(),
        "created_at": pl.Datetime("us", "UTC"),
        "current": pl.Boolean(),
    }
)


@dataclass(frozen=True, slots=True)
class DocumentSaid:
    """What a person may change of a document without touching its bytes."""

    title: str
    category: str
    dated_on: date | None = None
    valid_until: date | None = None
    visibility: str = "internal"
    tags: str = ""
    retention_until: date | None = None


def edit_document(
    ctx: Context, document_id: int, form: DocumentSaid, expected_version: int | None = None
) -> None:
    """Change the title, category, dates, visibility or tags of a document.

    Raises
    ------
    StaleEditError
        Somebody else changed it since it was read.
    """
    require_writer(ctx)
    form = replace(form, title=" ".join(form.title.split()), tags=_tidy(form.tags))
    with store.tx(ctx) as tx:
        row = _one(tx, document_id)
        if expected_version is not None and row.version != expected_version:
            raise StaleEditError("Ce document", [])
        checked = DocumentForm(
            row.owner_id, file_name=row.file_name, owner_kind=row.owner_kind, **asdict(form)
        )
        if problems := field_problems(ctx, checked):
            raise InvalidInputError(problems)
        before = {name: getattr(row, name) for name in DocumentSaid.__slots__}
        for name, value in asdict(form).items():
            setattr(row, name, value)
        tx.session.add(row)
        _reword(tx, row)
        tx.audit("update", "document", row.id, before=_plain(before), after=_plain(asdict(form)),
                 subject=subject_of(row))  # fmt: skip
        tx.touch("documents")


def _tidy(tags: str) -> str:
    found = dict.fromkeys(" ".join(tag.split()) for tag in tags.split(","))
    return ", ".join(tag for tag in found if tag)[:200]


def _plain(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(value) for key, value in said.items() if value}


def _reword(tx: store.Tx, row: Document) -> None:
    mine = (DocumentText.firm_id == tx.ctx.firm_id, DocumentText.document_id == row.id)
    text = tx.session.exec(select(DocumentText).where(*mine)).first()
    if text is not None:
        text.stems = stems(f"{said_of(row)} {text.text}")
        tx.session.add(text)


def new_version(ctx: Context, document_id: int, file_name: str, data: bytes) -> int:
    """Put a newer file in the place of a document's and return its id; the old one is kept.

    Raises
    ------
    InvalidInputError
        The file is refused, is the same, or the document has a newer version already.
    """
    require_writer(ctx)
    name = clean_name(file_name)
    if why := refusal(data, name):
        raise InvalidInputError([FieldProblem("file", name or "Fichier", why)])
    with store.tx(ctx) as tx:
        row = _one(tx, document_id)
        sha = store.save_blob(ctx, data)
        if row.replaced_by is not None:
            raise InvalidInputError("Ce document a déjà une version plus récente : remplacez-la.")
        if row.sha256 == sha:
            raise InvalidInputError("Ce fichier est déjà la version en place, à l'octet près.")
        held = {name: getattr(row, name) for name in DocumentForm.__slots__}
        form = DocumentForm(**held | {"file_name": name, "source": "upload", "signed_on": None,
                                      "signers": ""})  # fmt: skip
        made = stored(tx, form, data, sha, first_id=row.first_id or row.id)
        row.replaced_by = made.id
        tx.session.add(row)
        return made.id or 0


def versions_of(ctx: Context, document_id: int) -> pl.DataFrame:
    """Return the versions of a document (schema `VERSIONS`), the latest first."""
    require_reader(ctx)
    with store.reading(ctx) as session:
        mine = select(Document).where(readable(ctx), Document.id == document_id)
        row = session.exec(mine).first()
        if row is None:
            raise NotFoundError("Document", document_id)
        first = row.first_id or row.id
        alike = or_(col(Document.id) == first, col(Document.first_id) == first)
        query = select(Document).where(readable(ctx), alike).order_by(col(Document.id))
        rows = session.exec(query).all()
    told = [
        {"id": r.id, "rank": n, "file_name": r.file_name, "size": r.size,
         "created_at": r.created_at, "current": r.replaced_by is None}
        for n, r in enumerate(rows, 1)
    ]  # fmt: skip
    return pl.DataFrame(told[::-1], schema=VERSIONS)


def discard(ctx: Context, document_id: int) -> None:
    """Put a document in the bin, from where it comes back for 30 days.

    Raises
    ------
    InvalidInputError
        It is signed, evidence of vigilance, or must be kept until a day.
    """
    require_writer(ctx)
    with store.tx(ctx) as tx:
        row = _one(tx, document_id)
        if why := lock_of(ctx, row.model_dump()):
            raise InvalidInputError(f"« {row.title} » ne se supprime pas : {why}.")
        row.discarded_at, row.discarded_by = ctx.now, ctx.user_id
        tx.session.add(row)
        tx.audit("discard", "document", row.id, subject=subject_of(row))
        tx.touch("documents")


def take_back(ctx: Context, document_id: int) -> None:
    """Take a document out of the bin and put it where it was."""
    require_writer(ctx)
    with store.tx(ctx) as tx:
        row = _one(tx, document_id, binned=True)
        row.discarded_at = row.discarded_by = None
        tx.session.add(row)
        tx.audit("restore", "document", row.id, subject=subject_of(row))
        tx.touch("documents")


def _one(tx: store.Tx, document_id: int, *, binned: bool = False) -> Document:
    gone = col(Document.discarded_at)
    state = gone.is_not(None) if binned else gone.is_(None)
    mine = (readable(tx.ctx, write=True), Document.id == document_id, state)
    row = tx.session.exec(select(Document).where(*mine)).first()
    if row is None:
        raise NotFoundError("Document", document_id)
    return row


def empty_bin(work: store.Work) -> dict[str, Any]:
    """Erase, with their older versions, the documents that have been in the bin for 30 days."""
    ctx = work.context
    with store.tx(ctx) as tx:
        old = col(Document.discarded_at) < ctx.now - KEPT_IN_BIN
        query = select(Document).where(Document.firm_id == ctx.firm_id, old)
        rows = list(tx.session.exec(query).all())
        for row in rows:
            first = row.first_id or row.id
            alike = or_(col(Document.id) == first, col(Document.first_id) == first)
            series = select(Document).where(Document.firm_id == ctx.firm_id, alike)
            for version in tx.session.exec(series).all():
                if not version.signed_on:
                    erase(tx, version)
    return {"documents": len(rows)}
