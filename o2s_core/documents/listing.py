"""Which documents are in a file."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlmodel import col, func, select

from o2s_core import store
from o2s_core.documents.models import Document
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission

#: One row per document, the latest first; `account_id` is the contract it is about.
DOCUMENTS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "owner_id": pl.Int64(),
        "account_id": pl.Int64(),
        "title": pl.String(),
        "category": pl.String(),
        "file_name": pl.String(),
        "dated_on": pl.Date(),
        "signed_on": pl.Date(),
        "signers": pl.String(),
        "valid_until": pl.Date(),
        "size": pl.Int64(),
        "sha256": pl.String(),
        "source": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as it may be fetched: whose it is, and where its bytes are."""

    id: int
    owner_id: int
    sha256: str
    file_name: str
    media_type: str


def listed(ctx: Context, owner_ids: Collection[int]) -> pl.DataFrame:
    """Return the documents of some contacts (schema `DOCUMENTS`), the latest first.

    The package above that knows contacts gives only those of the perimeter.
    """
    ctx.require(Permission.DOCUMENT_READ)
    return _listed(ctx, "contact", owner_ids)


def _listed(ctx: Context, owner_kind: str, owner_ids: Collection[int]) -> pl.DataFrame:
    query = (
        select(*(col(getattr(Document, name)) for name in DOCUMENTS))
        .where(
            col(Document.firm_id) == ctx.firm_id,
            col(Document.owner_kind) == owner_kind,
            col(Document.owner_id).in_(sorted(owner_ids)),
            col(Document.discarded_at).is_(None),
            col(Document.replaced_by).is_(None),
        )
        .order_by(col(Document.dated_on).desc(), col(Document.id).desc())
    )
    return store.frame(ctx, query, DOCUMENTS)


def count_of(ctx: Context, owner_id: int) -> int:
    """Return how many documents a contact of the firm has; it says nothing else of them."""
    ctx.require(Permission.CONTACT_DELETE)
    query = select(func.count()).where(
        Document.firm_id == ctx.firm_id,
        Document.owner_kind == "contact",
        Document.owner_id == owner_id,
    )
    with store.reading(ctx) as session:
        return session.exec(query).one()


def kept(ctx: Context, document_id: int) -> Kept:
    """Return where a document of the firm is; the package above checks its owner."""
    ctx.require(Permission.DOCUMENT_READ)
    return _kept(ctx, document_id, "contact")


def kept_of_support(ctx: Context, document_id: int) -> Kept:
    """Return where a document of a support is; the package above checks the support."""
    ctx.require(Permission.MARKET_READ)
    return _kept(ctx, document_id, "instrument")


def listed_of_support(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return the documents of a support (schema `DOCUMENTS`), the latest first."""
    ctx.require(Permission.MARKET_READ)
    return _listed(ctx, "instrument", [instrument_id])


def _kept(ctx: Context, document_id: int, owner_kind: str) -> Kept:
    mine = (Document.firm_id == ctx.firm_id, Document.id == document_id,
            Document.owner_kind == owner_kind)  # fmt: skip
    with store.reading(ctx) as session:
        row = session.exec(select(Document).where(*mine)).first()
    if row is None:
        raise NotFoundError("Document", document_id)
    return Kept(row.id or 0, row.owner_id, row.sha256, row.file_name, row.media_type)
