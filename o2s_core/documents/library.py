"""Which documents may the user read: by owner, by words, by validity, in the bin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import polars as pl
from sqlalchemy import Select, func
from sqlalchemy import select as columns
from sqlmodel import Session, col

from o2s_core import store
from o2s_core.documents.categories import EVIDENCE, category_labels
from o2s_core.documents.models import Document, DocumentText
from o2s_core.documents.owners import OWNERS, readable, require_reader
from o2s_core.documents.snippets import snippet
from o2s_core.documents.stems import searched
from o2s_core.kernel.context import Context

INDEX: Final = store.FullText("document_text", "stems")
MOST: Final = 500  #: documents of one list
SNIPPETS: Final = 50  #: documents whose passage is shown
SOON: Final = timedelta(days=60)
EXPIRIES: Final = {"expired": "Échu", "soon": "Échoit bientôt", "": ""}
#: One row per document; `passage` is where the words stand, `locked` why it is not deleted.
LIBRARY: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "owner_kind": pl.String(),
        "owner_id": pl.Int64(),
        "owner": pl.String(),
        "account_id": pl.Int64(),
        "title": pl.String(),
        "category": pl.String(),
        "category_label": pl.String(),
        "file_name": pl.String(),
        "media_type": pl.String(),
        "dated_on": pl.Date(),
        "valid_until": pl.Date(),
        "expiry": pl.String(),
        "signed_on": pl.Date(),
        "signers": pl.String(),
        "visibility": pl.String(),
        "tags": pl.String(),
        "size": pl.Int64(),
        "sha256": pl.String(),
        "source": pl.String(),
        "retention_until": pl.Date(),
        "first_id": pl.Int64(),
        "discarded_at": pl.Datetime("us", "UTC"),
        "created_at": pl.Datetime("us", "UTC"),
        "version": pl.Int64(),
        "flags": pl.String(),
        "reading": pl.String(),
        "locked": pl.String(),
        "passage": pl.String(),
    }
)
_READ: Final = [
    "id", "owner_kind", "owner_id", "account_id", "title", "category", "file_name", "media_type",
    "dated_on", "valid_until", "signed_on", "signers", "visibility", "tags", "size", "sha256",
    "source", "retention_until", "first_id", "discarded_at", "created_at", "version",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for among the documents; empty fields look for everything."""

    words: str = ""
    owner_kinds: tuple[str, ...] = ()
    owners: tuple[tuple[str, int], ...] = ()  #: (kind, id)
    category: str = ""  #: its sub-categories too
    expiring: bool = False  #: past, or within 60 days
    binned: bool = False
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """The documents found, the best or the latest first, and how many there are in all."""

    rows: pl.DataFrame  #: schema `LIBRARY`, `MOST` at most
    total: int


def library(ctx: Context, wanted: Wanted | None = None) -> Library:
    """Return the documents of the user's perimeter that answer, current versions only.

    Words are searched in French in the title, the name, the tags and the text,
    whatever the accents and the endings; all must be there.
    """
    require_reader(ctx)
    asked = wanted or Wanted()
    with store.reading(ctx) as session:
        matching = _matching(session, asked)
        if matching is None:
            return Library(pl.DataFrame(schema=LIBRARY), 0)
        query, ranked = matching
        query = query.where(readable(ctx), *_conditions(ctx, asked))
        order = [ranked] if ranked is not None else []
        latest = (col(Document.dated_on).desc().nulls_last(), col(Document.id).desc())
        found = session.execute(query.order_by(*order, *latest).limit(MOST)).mappings().all()
        counted = columns(func.count()).select_from(query.order_by(None).subquery())
        total = len(found) if len(found) < MOST else session.execute(counted).scalar_one()
        rows = [dict(row) for row in found]
        passages = _passages(session, ctx, rows, asked.words)
    return Library(_completed(ctx, rows, passages), total)


def _matching(session: Session, asked: Wanted) -> tuple[Select[Any], Any] | None:
    """Return the query of documents and its rank; None when no document holds the words."""
    names = [col(getattr(Document, name)) for name in _READ]
    texts = col(DocumentText.document_id) == col(Document.id)
    query = columns(*names, col(DocumentText.flags), col(DocumentText.state).label("reading"))
    query = query.select_from(Document).join(DocumentText, texts, isouter=True)
    if not asked.words.strip():
        return query, None
    matches = store.full_text_matches(session, INDEX, searched(asked.words))
    if matches is None:
        return None
    found = matches.subquery()
    return query.join(found, found.c.id == col(DocumentText.id)), found.c.rank


def _conditions(ctx: Context, asked: Wanted) -> list[Any]:
    here: list[Any] = [col(Document.replaced_by).is_(None)]
    gone = col(Document.discarded_at)
    here.append(gone.is_not(None) if asked.binned else gone.is_(None))
    if asked.document_id is not None:
        here = [col(Document.id) == asked.document_id]
    if asked.owner_kinds:
        here.append(col(Document.owner_kind).in_(asked.owner_kinds))
    if asked.owners:
        kinds = {kind for kind, _ in asked.owners}
        alike = [
            (col(Document.owner_kind) == kind)
            & col(Document.owner_id).in_([i for k, i in asked.owners if k == kind])
            for kind in sorted(kinds)
        ]
        here.append(alike[0] if len(alike) == 1 else alike[0] | alike[1])
    if asked.category:
        below = col(Document.category).startswith(f"{asked.category}_", autoescape=True)
        here.append((col(Document.category) == asked.category) | below)
    if asked.expiring:
        here.append(col(Document.valid_until) <= ctx.today + SOON)
    return here


def _passages(
    session: Session, ctx: Context, rows: list[dict[str, Any]], words: str
) -> dict[int, str]:
    if not words.strip() or not rows:
        return {}
    few = [row["id"] for row in rows[:SNIPPETS]]
    query = columns(col(DocumentText.document_id), col(DocumentText.text)).where(
        col(DocumentText.firm_id) == ctx.firm_id, col(DocumentText.document_id).in_(few)
    )
    return {i: snippet(text, words) for i, text in session.execute(query).all()}


def _completed(
    ctx: Context, rows: list[dict[str, Any]], passages: Mapping[int, str]
) -> pl.DataFrame:
    kinds = {row["owner_kind"] for row in rows}
    labels = {kind: category_labels(ctx, kind) for kind in kinds}
    owners = {
        kind: OWNERS[kind].named(ctx, {r["owner_id"] for r in rows if r["owner_kind"] == kind})
        for kind in kinds
    }
    for row in rows:
        kind, until = row["owner_kind"], row["valid_until"]
        row["owner"] = owners[kind].get(row["owner_id"], "")
        row["category_label"] = labels[kind].get(row["category"], row["category"])
        row["expiry"] = "" if until is None or until > ctx.today + SOON else (
            "expired" if until < ctx.today else "soon"
        )  # fmt: skip
        row["locked"] = lock_of(ctx, row)
        row["flags"], row["reading"] = row["flags"] or "", row["reading"] or "waiting"
        row["passage"] = passages.get(row["id"], "")
    return pl.DataFrame(rows, schema=LIBRARY)


def lock_of(ctx: Context, row: Mapping[str, Any]) -> str:
    """Say in French why a document is not deleted, empty when it may be."""
    if row["signed_on"] is not None:
        return "signé : il se conserve"
    if row["owner_kind"] == "contact" and row["category"].split("_")[0] in EVIDENCE:
        return "pièce de vigilance (LCB-FT) : elle se conserve cinq ans après la relation"
    until = row["retention_until"]
    if until is not None and until >= ctx.today:
        return f"à conserver jusqu'au {until:%d/%m/%Y}"
    return ""
