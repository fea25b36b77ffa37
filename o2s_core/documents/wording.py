"""Read the words of the documents that wait for it, so that they are found: background work."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlmodel import col, select

from o2s_core import store
from o2s_core.documents.editing import empty_bin
from o2s_core.documents.keeping import said_of
from o2s_core.documents.library import INDEX
from o2s_core.documents.models import Document, DocumentText
from o2s_core.documents.reading import Reading, read_document
from o2s_core.documents.stems import stems
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError, StoreError

BATCH: Final = 50  #: documents between two words of progress
PACE: Final[Mapping[str, timedelta]] = {
    "documents.read": timedelta(seconds=10),
    "documents.empty_bin": timedelta(days=1),
}


def read_waiting(work: store.Work) -> dict[str, Any]:
    """Read every document that waits, `BATCH` at a time; each one is read once."""
    done = 0
    while rows := _waiting(work.context):
        for document in rows:
            _read(work.context, document)
            done += 1
        work.progress(done, done, f"{done} document(s) lu(s).")
    return {"documents": done}


def _waiting(ctx: Context) -> list[Document]:
    """Return some documents without words: new ones, or filed before words were read."""
    with store.tx(ctx) as tx:
        store.prepare_full_text(tx, INDEX)
    read = col(DocumentText.document_id) == col(Document.id)
    query = (
        select(Document)
        .join(DocumentText, read, isouter=True)
        .where(Document.firm_id == ctx.firm_id)
        .where(col(DocumentText.id).is_(None) | (col(DocumentText.state) == "waiting"))
        .order_by(col(Document.id).desc())
        .limit(BATCH)
    )
    with store.reading(ctx) as session:
        return list(session.exec(query).all())


def _read(ctx: Context, row: Document) -> None:
    try:
        found = read_document(store.blob(ctx, row.sha256), row.media_type)
    except (NotFoundError, StoreError) as lost:
        found = Reading(flags=("unreadable",), refused=str(lost))
    with store.tx(ctx) as tx:
        mine = (DocumentText.firm_id == ctx.firm_id, DocumentText.document_id == row.id)
        text = tx.session.exec(select(DocumentText).where(*mine)).first()
        text = text or DocumentText(firm_id=ctx.firm_id, document_id=row.id or 0)
        text.state = "read" if not found.refused else "refused"
        text.text, text.flags = found.text, ",".join(found.flags)
        text.stems = stems(f"{said_of(row)} {found.text}")
        tx.session.add(text)
        tx.touch("documents")


#: Who does the work of this package.
HANDLERS: Final[Mapping[str, store.Handler]] = {
    "documents.read": read_waiting,
    "documents.empty_bin": empty_bin,
}
