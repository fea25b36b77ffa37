"""Put a document in a file, and take it out."""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import col, select

from o2s_core import store
from o2s_core.documents.categories import OF_OWNER
from o2s_core.documents.file_types import media_type_of, refusal
from o2s_core.documents.models import Document
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """A document as it is filed; the owner has been checked by who asks."""

    owner_id: int  #: the contact, or the support
    title: str
    file_name: str
    category: str = "other"
    dated_on: date | None = None
    valid_until: date | None = None
    signed_on: date | None = None
    signers: str = ""
    account_id: int | None = None
    source: str = "upload"
    owner_kind: str = "contact"  #: contact, instrument


def keep(tx: store.Tx, form: DocumentForm, data: bytes) -> int:
    """File a document inside the open write, and return its id.

    The same bytes under the same title in the same file are one document. The
    package above that knows the owner has checked that it is in the perimeter.

    Raises
    ------
    InvalidInputError
        The title or the category is wrong, the file is empty, too large or of
        a type that is not kept.
    """
    tx.ctx.require(Permission.DOCUMENT_WRITE)
    return _filed(tx, replace(form, owner_kind="contact"), data)


def keep_of_support(tx: store.Tx, form: DocumentForm, data: bytes) -> int:
    """File a document of a support inside the open write, and return its id (see `keep`)."""
    tx.ctx.require(Permission.INSTRUMENT_WRITE)
    return _filed(tx, replace(form, owner_kind="instrument"), data)


def _filed(tx: store.Tx, form: DocumentForm, data: bytes) -> int:
    _require_valid(form, data)
    sha = store.save_blob(tx.ctx, data)
    if (known := _same(tx, form, sha)) is not None:
        return known
    row = Document(
        firm_id=tx.ctx.firm_id,
        media_type=media_type_of(data, form.file_name) or "",
        size=len(data),
        sha256=sha,
        **{name: getattr(form, name) for name in DocumentForm.__slots__},
    )
    tx.add(row)
    said = {"category": form.category, "sha256": sha}
    person = form.owner_id if form.owner_kind == "contact" else None
    tx.audit("create", "document", row.id, after=said, subject=person)
    tx.touch("documents")
    return row.id or 0


def forget(tx: store.Tx, document_id: int) -> None:
    """Take a document out of its file, inside the open write; its bytes stay archived."""
    tx.ctx.require(Permission.DOCUMENT_WRITE)
    _forgotten(tx, document_id, "contact")


def forget_of_support(tx: store.Tx, document_id: int) -> None:
    """Take a document of a support away, inside the open write; its bytes stay archived."""
    tx.ctx.require(Permission.INSTRUMENT_WRITE)
    _forgotten(tx, document_id, "instrument")


def _forgotten(tx: store.Tx, document_id: int, owner_kind: str) -> None:
    mine = (Document.firm_id == tx.ctx.firm_id, Document.id == document_id,
            Document.owner_kind == owner_kind)  # fmt: skip
    row = tx.session.exec(select(Document).where(*mine)).first()
    if row is None:
        return
    tx.session.delete(row)
    tx.session.flush()
    person = row.owner_id if row.owner_kind == "contact" else None
    tx.audit("delete", "document", document_id, before={"sha256": row.sha256}, subject=person)
    tx.touch("documents")


def _require_valid(form: DocumentForm, data: bytes) -> None:
    problems = []
    if not form.title.strip():
        problems.append(FieldProblem("title", "Titre", ""))
    if form.category not in OF_OWNER[form.owner_kind]:
        problems.append(FieldProblem("category", "Catégorie", "choisissez-la dans la liste."))
    if why := refusal(data, form.file_name):
        problems.append(FieldProblem("file", form.file_name or "Fichier", why))
    if problems:
        raise InvalidInputError(problems)


def _same(tx: store.Tx, form: DocumentForm, sha: str) -> int | None:
    query = select(Document.id).where(
        Document.firm_id == tx.ctx.firm_id,
        Document.owner_id == form.owner_id,
        col(Document.owner_kind) == form.owner_kind,
        Document.sha256 == sha,
        Document.title == form.title,
    )
    return tx.session.exec(query).first()
