"""Which documents does a support have? Files kept here, and addresses where others lie."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col
from sqlmodel import select as select_rows

from o2s_core import administration, documents, store
from o2s_core.documents import SUPPORT_CATEGORIES, DocumentForm
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.models import SupportLink

ADDRESS: Final = re.compile(r"https?://[^\s\"'<>]+")
#: One row per document of a support: a file (`document_id`) or an address (`link_id`).
SUPPORT_PAPERS: Final = pl.Schema(
    {
        "key": pl.String(),  #: file-12, link-3
        "document_id": pl.Int64(),
        "link_id": pl.Int64(),
        "category": pl.String(),
        "title": pl.String(),
        "where": pl.String(),  #: name of the file, or the address
        "dated_on": pl.Date(),
        "valid_until": pl.Date(),
        "expired": pl.Boolean(),
    }
)


@dataclass(frozen=True, slots=True)
class SupportPaper:
    """A document of a support as it is filed: bytes, or else an address."""

    title: str
    category: str
    dated_on: date | None = None
    valid_until: date | None = None
    file_name: str = ""
    address: str = ""


def support_papers(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return the documents of a support (schema `SUPPORT_PAPERS`), by category then day."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        one_instrument(ctx, session, instrument_id)
    files = documents.listed_of_support(ctx, instrument_id).select(
        document_id="id", where="file_name", category="category", title="title",
        dated_on="dated_on", valid_until="valid_until",
    )  # fmt: skip
    names = {"category": pl.String(), "title": pl.String(), "where": pl.String(),
             "dated_on": pl.Date(), "valid_until": pl.Date(), "link_id": pl.Int64()}  # fmt: skip
    asked = select(
        *(col(getattr(SupportLink, n)) for n in names if n not in {"where", "link_id"}),
        col(SupportLink.address).label("where"),
        col(SupportLink.id).label("link_id"),
    ).where(
        col(SupportLink.firm_id) == ctx.firm_id, col(SupportLink.instrument_id) == instrument_id
    )
    rows = pl.concat([files, store.frame(ctx, asked, pl.Schema(names))], how="diagonal")
    ready = rows.with_columns(
        expired=(pl.col("valid_until") < ctx.today).fill_null(value=False),
        key=pl.when(pl.col("link_id").is_null())
        .then(pl.format("file-{}", "document_id"))
        .otherwise(pl.format("link-{}", "link_id")),
    )
    order = {code: rank for rank, code in enumerate(SUPPORT_CATEGORIES)}
    ranked = ready.sort(
        pl.col("category").replace_strict(order, default=99, return_dtype=pl.Int64),
        pl.col("dated_on"), descending=[False, True], nulls_last=True,
    )  # fmt: skip
    return store.conform(ranked.select(SUPPORT_PAPERS.names()), SUPPORT_PAPERS, source="papers")


def add_support_paper(
    ctx: Context, instrument_id: int, paper: SupportPaper, data: bytes = b"", *,
    key: str | None = None,
) -> int:  # fmt: skip
    """File a document of a support: its bytes, or its address; return its id.

    Raises
    ------
    InvalidInputError
        The title or the category is wrong, the file is refused, or there is neither
        a file nor an address.
    """
    ctx.require(Permission.INSTRUMENT_WRITE)
    _require_sound(paper, data)
    with store.tx(ctx) as tx:

        def make() -> int:
            one_instrument(ctx, tx.session, instrument_id)
            return _filed(tx, instrument_id, paper, data) if data else _linked(
                tx, instrument_id, paper
            )  # fmt: skip

        return store.idempotent(tx, key, make)


def _require_sound(paper: SupportPaper, data: bytes) -> None:
    problems = []
    if not paper.title.strip():
        problems.append(FieldProblem("title", "Titre", ""))
    if paper.category not in SUPPORT_CATEGORIES:
        problems.append(FieldProblem("category", "Nature", "choisissez-la dans la liste."))
    if not data and not paper.address.strip():
        said = "déposez un fichier, ou indiquez une adresse."
        problems.append(FieldProblem("address", "Document", said))
    if paper.address.strip() and not ADDRESS.fullmatch(paper.address.strip()):
        said = "indiquez une adresse complète, par exemple https://exemple.fr/dic.pdf."
        problems.append(FieldProblem("address", "Adresse", said))
    if paper.dated_on and paper.valid_until and paper.valid_until < paper.dated_on:
        said = "vient avant la date du document."
        problems.append(FieldProblem("valid_until", "Valable jusqu'au", said))
    if problems:
        raise InvalidInputError(problems)


def _filed(tx: store.Tx, instrument_id: int, paper: SupportPaper, data: bytes) -> int:
    form = DocumentForm(
        instrument_id, paper.title.strip(), paper.file_name, paper.category,
        dated_on=paper.dated_on, valid_until=paper.valid_until,
    )  # fmt: skip
    made = documents.keep_of_support(tx, form, data)
    tx.touch("market")
    return made


def _linked(tx: store.Tx, instrument_id: int, paper: SupportPaper) -> int:
    row = SupportLink(
        firm_id=tx.ctx.firm_id,
        instrument_id=instrument_id,
        category=paper.category,
        title=paper.title.strip(),
        address=paper.address.strip(),
        dated_on=paper.dated_on,
        valid_until=paper.valid_until,
    )
    tx.add(row)
    tx.audit("create", "support_link", row.id, after={"instrument_id": instrument_id})
    tx.touch("market")
    return row.id or 0


def remove_support_paper(ctx: Context, instrument_id: int, paper_key: str) -> None:
    """Take a document of a support away; the bytes of a file stay in the archive."""
    ctx.require(Permission.INSTRUMENT_WRITE)
    with store.tx(ctx) as tx:
        row = _one(ctx, instrument_id, paper_key)
        if row["link_id"] is None:
            documents.forget_of_support(tx, row["document_id"])
        else:
            link = tx.session.exec(
                select_rows(SupportLink).where(
                    SupportLink.firm_id == ctx.firm_id, SupportLink.id == row["link_id"]
                )
            ).one()
            before = {"address": link.address, "title": link.title}
            tx.session.delete(link)
            tx.session.flush()
            tx.audit("delete", "support_link", row["link_id"], before=before)
        tx.touch("market")


def support_paper_ticket(ctx: Context, instrument_id: int, paper_key: str) -> str:
    """Return the ticket that fetches a file of a support once."""
    ctx.require(Permission.MARKET_READ)
    row = _one(ctx, instrument_id, paper_key)
    if row["document_id"] is None:
        raise NotFoundError("Document", paper_key)
    found = documents.kept_of_support(ctx, row["document_id"])
    return administration.issue_ticket(ctx, found.sha256, found.file_name, found.media_type)


def _one(ctx: Context, instrument_id: int, paper_key: str) -> dict[str, Any]:
    rows = support_papers(ctx, instrument_id).filter(key=paper_key)
    if rows.is_empty():
        raise NotFoundError("Document", paper_key)
    return rows.select("document_id", "link_id").row(0, named=True)
