"""Hand documents over: one for the screen or by ticket, several in an archive with its index."""

import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

import polars as pl
from sqlmodel import select

from o2s_core import administration, exports, store
from o2s_core.documents.file_names import clean_name
from o2s_core.documents.library import Wanted, library
from o2s_core.documents.listing import Kept
from o2s_core.documents.models import Document
from o2s_core.documents.owners import readable, require_reader
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError

#: Bytes of one archive.
LARGEST: Final = 300_000_000
COLUMNS: Final = (
    exports.SheetColumn("path", "Fichier"),
    exports.SheetColumn("title", "Titre"),
    exports.SheetColumn("owner", "Dossier"),
    exports.SheetColumn("category_label", "Catégorie"),
    exports.SheetColumn("dated_on", "Daté du", "day"),
    exports.SheetColumn("valid_until", "Valable jusqu'au", "day"),
    exports.SheetColumn("signed_on", "Signé le", "day"),
    exports.SheetColumn("sha256", "Empreinte SHA-256"),
)


def document(ctx: Context, document_id: int) -> Kept:
    """Return where a document of the user's perimeter is; elsewhere and nowhere read the same."""
    require_reader(ctx)
    with store.reading(ctx) as session:
        query = select(Document).where(readable(ctx), Document.id == document_id)
        row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Document", document_id)
    return Kept(row.id or 0, row.owner_id, row.sha256, row.file_name, row.media_type)


def document_bytes(ctx: Context, document_id: int) -> bytes:
    """Return the bytes of a document, to be shown on the screen."""
    require_reader(ctx)
    return store.blob(ctx, document(ctx, document_id).sha256)


def document_ticket(ctx: Context, document_id: int) -> str:
    """Return the ticket that fetches a document once."""
    require_reader(ctx)
    found = document(ctx, document_id)
    return administration.issue_ticket(ctx, found.sha256, found.file_name, found.media_type)


def bundle_ticket(ctx: Context, chosen: Sequence[int]) -> str:
    """Return the ticket that fetches some documents once, in a ZIP with an index.

    Raises
    ------
    InvalidInputError
        None is chosen, or together they pass 300 MB.
    """
    require_reader(ctx)
    found = [library(ctx, Wanted(document_id=i)).rows for i in dict.fromkeys(chosen)]
    rows = pl.concat(found) if found else pl.DataFrame()
    if rows.is_empty():
        raise InvalidInputError("Cochez les documents à emporter.")
    if rows["size"].sum() > LARGEST:
        raise InvalidInputError("Ces documents dépassent 300 Mo : emportez-les en plusieurs fois.")
    sha = store.save_blob(ctx, bundle(ctx, rows))
    name = f"documents-{ctx.today:%Y-%m-%d}.zip"
    return administration.issue_ticket(ctx, sha, name, "application/zip")


def bundle(ctx: Context, rows: pl.DataFrame) -> bytes:
    """Return the ZIP of some documents (schema `LIBRARY`): a folder for each owner, an index."""
    require_reader(ctx)
    paths = _paths(rows)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        index = exports.Sheet("index", rows.with_columns(path=pl.Series(paths)), COLUMNS)
        archive.writestr("index.csv", exports.csv(index), zipfile.ZIP_DEFLATED)
        for path, sha in zip(paths, rows["sha256"], strict=True):
            archive.writestr(path, store.blob(ctx, sha))
    return held.getvalue()


def _paths(rows: pl.DataFrame) -> list[str]:
    """Return where each document lies in the archive: two of one name are told apart."""
    seen: Counter[str] = Counter()
    paths = []
    for owner, name in rows.select("owner", "file_name").iter_rows():
        path = f"{clean_name(owner or 'Documents')}/{clean_name(name)}"
        seen[path] += 1
        at = PurePosixPath(path)
        again = f"{at.parent}/{at.stem} ({seen[path]}){at.suffix}"
        paths.append(path if seen[path] == 1 else again)
    return paths
