"""Drop many files, let each find its contract, file the rest by hand, publish them all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import col, select

from o2s_core import administration, documents, store
from o2s_core.documents import DocumentForm
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.identifiers import compact
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.filing.numbers import contracts_named, may_be_recognised
from o2s_core.portfolio.models import Account, FilingBatch, FilingItem
from o2s_core.portfolio.visibility import visible

KIND: Final = "portfolio.file_papers"
MOST_FILES: Final = 2_000
FILING_STATES: Final = {
    "waiting": "À lire",
    "found": "Contrat trouvé",
    "unfiled": "À classer",
    "refused": "Refusé",
    "filed": "Rangé",
}
#: One row per batch of the user, the latest first; `files`, `found`… count its files.
FILING_BATCHES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "title": pl.String(),
        "year": pl.Int64(),
        "category": pl.String(),
        "visibility": pl.String(),
        "created_at": pl.Datetime("us", "UTC"),
        "published_at": pl.Datetime("us", "UTC"),
        "files": pl.Int64(),
        **{state: pl.Int64() for state in FILING_STATES},
    }
)
#: One row per file of a batch, those to file by hand first.
FILING_ITEMS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "file_name": pl.String(),
        "state": pl.String(),
        "reason": pl.String(),
        "account_id": pl.Int64(),
        "account": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class FilingForm:
    """What is said of every file of a batch; its contract gives each the rest."""

    title: str
    category: str
    year: int
    visibility: str = "internal"


def drop_papers(
    ctx: Context, form: FilingForm, files: Sequence[tuple[str, bytes]], *, key: str | None = None
) -> int:
    """Keep some files `(name, bytes)`, have each read for its contract, and return the batch.

    Raises
    ------
    InvalidInputError
        There is no file, more than 2,000, or the title, category or year is wrong.
    """
    ctx.require(Permission.DOCUMENT_WRITE)
    title = " ".join(form.title.split())
    _require_sound(ctx, form, title, len(files))
    kept = [_kept(ctx, documents.clean_name(name), data) for name, data in files]
    with store.tx(ctx) as tx:

        def make() -> int:
            batch = FilingBatch(
                firm_id=ctx.firm_id, title=title, category=form.category, year=form.year,
                visibility=form.visibility,
            )  # fmt: skip
            tx.add(batch)
            for item in kept:
                tx.session.add(FilingItem(firm_id=ctx.firm_id, batch_id=batch.id or 0, **item))
            said = {"files": len(files), "category": form.category, "year": form.year}
            tx.audit("create", "filing_batch", batch.id, after=said)
            tx.touch("documents")
            store.enqueue(ctx, KIND, {"batch": batch.id})
            return batch.id or 0

        return store.idempotent(tx, key, make)


def _kept(ctx: Context, name: str, data: bytes) -> dict[str, Any]:
    """Put the bytes of a file in the archive, before anything is written of it."""
    why = documents.refusal(data, name) or ""
    sha = "" if why else store.save_blob(ctx, data)
    state = "refused" if why else "waiting"
    return {"file_name": name, "sha256": sha, "reason": why, "state": state}


def _require_sound(ctx: Context, form: FilingForm, title: str, files: int) -> None:
    problems = []
    if not title:
        problems.append(FieldProblem("title", "Titre", ""))
    if form.category not in documents.category_labels(ctx, "account", closed=False):
        problems.append(FieldProblem("category", "Catégorie", "choisissez-la dans la liste."))
    if not 1990 <= form.year <= ctx.today.year:
        problems.append(FieldProblem("year", "Année", f"de 1990 à {ctx.today.year}."))
    if form.visibility not in documents.VISIBILITIES:
        problems.append(FieldProblem("visibility", "Visibilité", "choisissez-la dans la liste."))
    if not 0 < files <= MOST_FILES:
        problems.append(FieldProblem("files", "Fichiers", f"de 1 à {MOST_FILES}."))
    if problems:
        raise InvalidInputError(problems)


def find_contracts(work: store.Work) -> dict[str, Any]:
    """Read each waiting file of a batch and note its contract, as its author may see them."""
    ctx = work.context
    if work.created_by is not None:
        ctx = administration.context_of(work.place, work.created_by, ctx.now, ctx.today)
    known = _known_numbers(ctx)
    query = select(FilingItem).where(
        FilingItem.firm_id == ctx.firm_id, FilingItem.batch_id == work.payload["batch"],
        FilingItem.state == "waiting",
    )  # fmt: skip
    with store.reading(ctx) as session:
        waiting = list(session.exec(query).all())
    for n, item in enumerate(waiting):
        work.progress(n, len(waiting), f"{n} fichiers lus sur {len(waiting)}")
        _note(ctx, item, known)
    work.progress(len(waiting), len(waiting), f"{len(waiting)} fichiers lus")
    return {"files": len(waiting)}


def _known_numbers(ctx: Context) -> dict[str, tuple[int, ...]]:
    query = columns(col(Account.number_key), col(Account.id)).where(
        col(Account.firm_id) == ctx.firm_id, visible(ctx)
    )
    known: dict[str, tuple[int, ...]] = {}
    with store.reading(ctx) as session:
        for number, account_id in session.execute(query):
            if may_be_recognised(number):
                known[number] = (*known.get(number, ()), account_id)
    return known


def _note(ctx: Context, item: FilingItem, known: Mapping[str, tuple[int, ...]]) -> None:
    found, why = contracts_named(item.file_name, "", known), ""
    if not found:
        data = store.blob(ctx, item.sha256)
        read = documents.read_document(data, documents.media_type_of(data, item.file_name) or "")
        found = contracts_named("", read.text, known)
        told = [documents.FLAGS[f] for f in read.flags if f in documents.FLAGS]
        why = read.refused or "; ".join(told)
    if len(found) != 1:
        why = "plusieurs contrats y sont nommés" if found else (why or "aucun contrat reconnu")
    with store.tx(ctx) as tx:
        row = tx.session.get_one(FilingItem, item.id)
        if row.firm_id == ctx.firm_id and row.state == "waiting":
            row.state = "found" if len(found) == 1 else "unfiled"
            row.account_id = found[0] if len(found) == 1 else None
            row.reason = why if len(found) != 1 else ""
            tx.session.add(row)
            tx.touch("documents")


def file_by_hand(ctx: Context, filing_id: int, typed_number: str) -> None:
    """Say by its number which contract of the perimeter a file is about.

    Raises
    ------
    InvalidInputError
        No contract bears the number, or several do.
    """
    ctx.require(Permission.DOCUMENT_WRITE)
    with store.tx(ctx) as tx:
        item = tx.session.exec(
            select(FilingItem)
            .join(FilingBatch, col(FilingBatch.id) == FilingItem.batch_id)
            .where(FilingItem.firm_id == ctx.firm_id, *_mine(ctx), FilingItem.id == filing_id)
        ).first()
        if item is None or item.state in {"refused", "filed"}:
            raise NotFoundError("Fichier à classer", filing_id)
        by = col(Account.number_key) == compact(typed_number)
        query = columns(col(Account.id)).where(
            col(Account.firm_id) == ctx.firm_id, visible(ctx), by
        )
        found = tx.session.execute(query).scalars().all()
        if len(found) != 1:
            said = "aucun de vos contrats ne porte ce numéro." if not found else (
                "plusieurs contrats portent ce numéro : rangez ce fichier depuis le dossier."
            )  # fmt: skip
            raise InvalidInputError([FieldProblem("typed_number", "Numéro du contrat", said)])
        item.account_id, item.state, item.reason = found[0], "found", ""
        tx.session.add(item)
        tx.audit("update", "filing_item", item.id, after={"account_id": item.account_id})
        tx.touch("documents")


def publish_papers(ctx: Context, batch_id: int) -> int:
    """File every paper whose contract is known with it, in one write; return how many."""
    ctx.require(Permission.DOCUMENT_WRITE)
    with store.tx(ctx) as tx:
        batch = tx.session.exec(
            select(FilingBatch).where(*_mine(ctx), FilingBatch.id == batch_id)
        ).first()
        if batch is None:
            raise NotFoundError("Dépôt", batch_id)
        query = select(FilingItem).where(
            FilingItem.firm_id == ctx.firm_id, FilingItem.batch_id == batch_id,
            FilingItem.state == "found",
        )  # fmt: skip
        items = list(tx.session.exec(query).all())
        if not items:
            raise InvalidInputError("Aucun fichier de ce dépôt n'attend d'être rangé.")
        for item in items:
            form = DocumentForm(
                item.account_id or 0, f"{batch.title} {batch.year}", item.file_name,
                batch.category, dated_on=date(batch.year, 12, 31), source="series",
                owner_kind="account", visibility=batch.visibility,
            )  # fmt: skip
            item.document_id = documents.add_document(ctx, form, store.blob(ctx, item.sha256))
            item.state = "filed"
            tx.session.add(item)
        batch.published_at = ctx.now
        tx.session.add(batch)
        tx.audit("commit", "filing_batch", batch.id, after={"files": len(items)})
        return len(items)


def _mine(ctx: Context) -> tuple[Any, ...]:
    """Return the conditions that a batch is the user's own; the command line sees them all."""
    own = col(FilingBatch.firm_id) == ctx.firm_id
    if ctx.user_id is None:
        return (own,)
    return own, col(FilingBatch.created_by) == ctx.user_id


def filing_batches(ctx: Context) -> pl.DataFrame:
    """Return the user's batches (schema `FILING_BATCHES`), the latest first."""
    ctx.require(Permission.DOCUMENT_WRITE)
    state = col(FilingItem.state)
    counts = [func.count().filter(state == code).label(code) for code in FILING_STATES]
    said = [col(getattr(FilingBatch, name)) for name in list(FILING_BATCHES)[:7]]
    query = (
        columns(*said, func.count().label("files"), *counts)
        .join(FilingItem, col(FilingItem.batch_id) == col(FilingBatch.id))
        .where(*_mine(ctx))
        .group_by(*said)
        .order_by(col(FilingBatch.id).desc())
    )
    return store.frame(ctx, query, FILING_BATCHES)


def filing_items(ctx: Context, batch_id: int) -> pl.DataFrame:
    """Return the files of a batch of the user (schema `FILING_ITEMS`), those to file first."""
    ctx.require(Permission.DOCUMENT_WRITE)
    name = (col(Account.label) + " " + col(Account.number)).label("account")
    query = (
        columns(*(col(getattr(FilingItem, n)) for n in list(FILING_ITEMS)[:5]), name)
        .join(FilingBatch, col(FilingBatch.id) == col(FilingItem.batch_id))
        .join(Account, col(Account.id) == col(FilingItem.account_id), isouter=True)
        .where(col(FilingItem.firm_id) == ctx.firm_id, *_mine(ctx))
        .where(col(FilingItem.batch_id) == batch_id)
        .order_by((col(FilingItem.state) == "unfiled").desc(), col(FilingItem.file_name))
    )
    return store.frame(ctx, query, FILING_ITEMS)


#: Who reads the files of a batch.
HANDLERS: Final[Mapping[str, store.Handler]] = {KIND: find_contracts}
