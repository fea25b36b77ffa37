"""Put a document in a file, and take it out."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import literal
from sqlmodel import col, delete, select

from o2s_core import store
from o2s_core.documents.categories import OF_OWNER, document_categories
from o2s_core.documents.file_names import clean_name
from o2s_core.documents.file_types import media_type_of, refusal
from o2s_core.documents.models import Document, DocumentText
from o2s_core.documents.owners import OWNERS, require_writer
from o2s_core.documents.stems import stems
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission

VISIBILITIES = {"internal": "Interne", "portal": "Espace client"}


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """A document as it is filed; the owner has been checked by who asks."""

    owner_id: int  #: the contact, the account, the support…
    title: str
    file_name: str
    category: str = "other"
    dated_on: date | None = None
    valid_until: date | None = None
    signed_on: date | None = None
    signers: str = ""
    account_id: int | None = None
    source: str = "upload"
    owner_kind: str = "contact"  #: a key of `OWNERS`
    visibility: str = "internal"  #: a key of `VISIBILITIES`
    tags: str = ""
    retention_until: date | None = None


def add_document(ctx: Context, form: DocumentForm, data: bytes) -> int:
    """File a document with any owner of the user's perimeter, and return its id (see `keep`)."""
    require_writer(ctx)
    with store.tx(ctx) as tx:
        require_owner(tx, form.owner_kind, form.owner_id)
        return _filed(tx, form, data)


def require_owner(tx: store.Tx, owner_kind: str, owner_id: int) -> None:
    """Raise unless the user may file with this owner; elsewhere and nowhere read the same."""
    kind = OWNERS.get(owner_kind)
    if kind is None or not (tx.ctx.may(kind.read) and tx.ctx.may(kind.write)):
        raise NotFoundError("Dossier", owner_id)
    ids = kind.inside(tx.ctx)
    known = owner_id == tx.ctx.firm_id
    if ids is not None:
        known = tx.session.execute(select(1).where(literal(owner_id).in_(ids))).first() is not None
    if not known:
        raise NotFoundError(kind.label, owner_id)


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
    form = replace(form, file_name=clean_name(form.file_name), title=" ".join(form.title.split()))
    _require_valid(tx.ctx, form, data)
    sha = store.save_blob(tx.ctx, data)
    if (known := _same(tx, form, sha)) is not None:
        return known
    return stored(tx, form, data, sha).id or 0


def stored(
    tx: store.Tx, form: DocumentForm, data: bytes, sha: str, first_id: int | None = None
) -> Document:
    """Write the record of a document that has been checked, and ask for its words to be read."""
    row = Document(
        firm_id=tx.ctx.firm_id,
        media_type=media_type_of(data, form.file_name) or "",
        size=len(data),
        sha256=sha,
        first_id=first_id,
        **{name: getattr(form, name) for name in DocumentForm.__slots__},
    )
    tx.add(row)
    tx.session.add(
        DocumentText(firm_id=tx.ctx.firm_id, document_id=row.id or 0, stems=stems(said_of(row)))
    )
    said = {"category": form.category, "sha256": sha}
    tx.audit("create", "document", row.id, after=said, subject=subject_of(row))
    tx.touch("documents")
    return row


def said_of(row: Document) -> str:
    """Return what a document is found by besides its own words."""
    return f"{row.title} {row.file_name} {row.tags.replace(',', ' ')}"


def subject_of(row: Document) -> int | None:
    """Return the contact whose data a document holds."""
    return row.owner_id if row.owner_kind == "contact" else None


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
    if row is not None:
        erase(tx, row)


def erase(tx: store.Tx, row: Document) -> None:
    """Take the record of a document and its words away for good."""
    mine = (
        col(DocumentText.firm_id) == tx.ctx.firm_id,
        col(DocumentText.document_id) == row.id,
    )
    tx.session.exec(delete(DocumentText).where(*mine))
    tx.session.delete(row)
    tx.session.flush()
    tx.audit("delete", "document", row.id, before={"sha256": row.sha256}, subject=subject_of(row))
    tx.touch("documents")


def _require_valid(ctx: Context, form: DocumentForm, data: bytes) -> None:
    problems = field_problems(ctx, form)
    if why := refusal(data, form.file_name):
        problems.append(FieldProblem("file", form.file_name or "Fichier", why))
    if problems:
        raise InvalidInputError(problems)


def field_problems(ctx: Context, form: DocumentForm) -> list[FieldProblem]:
    """Return what is missing or wrong in what is said of a document."""
    problems = []
    if not form.title.strip():
        problems.append(FieldProblem("title", "Titre", ""))
    if form.category not in OF_OWNER.get(form.owner_kind, {}) and not _added(ctx, form):
        problems.append(FieldProblem("category", "Catégorie", "choisissez-la dans la liste."))
    if form.visibility not in VISIBILITIES:
        problems.append(FieldProblem("visibility", "Visibilité", "choisissez-la dans la liste."))
    upside_down = form.dated_on and form.valid_until and form.valid_until < form.dated_on
    if upside_down and form.source == "upload":
        said = "vient avant la date du document."
        problems.append(FieldProblem("valid_until", "Valable jusqu'au", said))
    return problems


def _added(ctx: Context, form: DocumentForm) -> bool:
    known = document_categories(ctx, form.owner_kind)
    return not known.filter(code=form.category, closed=False).is_empty()


def _same(tx: store.Tx, form: DocumentForm, sha: str) -> int | None:
    query = select(Document.id).where(
        Document.firm_id == tx.ctx.firm_id,
        Document.owner_id == form.owner_id,
        col(Document.owner_kind) == form.owner_kind,
        Document.sha256 == sha,
        Document.title == form.title,
        col(Document.discarded_at).is_(None),
        col(Document.replaced_by).is_(None),
    )
    return tx.session.exec(query).first()
