"""What is to be said of a file before it is filed: refused, doubtful, already here."""

from dataclasses import dataclass

from sqlmodel import select

from o2s_core import store
from o2s_core.documents.file_names import clean_name, title_of
from o2s_core.documents.file_types import media_type_of, refusal
from o2s_core.documents.models import Document
from o2s_core.documents.owners import readable, require_writer
from o2s_core.documents.reading import FLAGS, WARNINGS, read_document
from o2s_core.kernel.context import Context
from o2s_core.store.blobs import digest_of


@dataclass(frozen=True, slots=True)
class Examined:
    """A file as dropped: its clean name, why it is refused, what to know before filing it."""

    file_name: str
    title: str
    refused: str = ""
    warnings: tuple[str, ...] = ()


def examine(ctx: Context, file_name: str, data: bytes) -> Examined:
    """Look at a file in a process apart; nothing is kept of it."""
    require_writer(ctx)
    name = clean_name(file_name)
    if why := refusal(data, name):
        return Examined(name, title_of(name), why)
    found = read_document(data, media_type_of(data, name) or "")
    told = [found.refused] if found.refused else [
        FLAGS[flag] for flag in found.flags if flag in WARNINGS
    ]  # fmt: skip
    if known := _already(ctx, digest_of(data)):
        told.append(f"Ce fichier est déjà classé : « {known} »")
    return Examined(name, title_of(name), warnings=tuple(told))


def _already(ctx: Context, sha: str) -> str:
    query = select(Document.title).where(readable(ctx), Document.sha256 == sha).limit(1)
    with store.reading(ctx) as session:
        return session.exec(query).first() or ""
