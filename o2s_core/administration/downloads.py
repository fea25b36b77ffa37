"""How a prepared file leaves the house: once, within a minute, to whoever asked for it."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlmodel import col, delete, update

from o2s_core import store
from o2s_core.administration.identity import context_of
from o2s_core.administration.models import DownloadTicket
from o2s_core.administration.sessions import fingerprint
from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.store.housekeeping import backups_folder

LIFE: Final = timedelta(seconds=60)
BACKUP: Final = "backup:"  #: marks a ticket for a file of the backups, which no blob holds


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way out: its bytes, or where a large one lies."""

    data: bytes
    file_name: str
    media_type: str
    path: Path | None = None


def issue_ticket(ctx: Context, blob_sha: str, file_name: str, media_type: str) -> str:
    """Return a ticket that fetches one kept file once, at `/dl/<ticket>`, by this user alone."""
    ctx.require(Permission.FILE_DOWNLOAD)
    return _issue(ctx, blob_sha, file_name, media_type)


def issue_file_ticket(ctx: Context, path: Path) -> str:
    """Return a ticket that fetches one backup once, from where it lies."""
    ctx.require(Permission.BACKUP_DOWNLOAD)
    return _issue(ctx, f"{BACKUP}{path.name}", path.name, "application/octet-stream")


def _issue(ctx: Context, blob: str, file_name: str, media_type: str) -> str:
    ticket = secrets.token_urlsafe(32)
    with store.tx(ctx) as tx:
        expired = col(DownloadTicket.expires_at) < ctx.now - timedelta(days=1)
        tx.session.exec(delete(DownloadTicket).where(expired))
        tx.session.add(
            DownloadTicket(
                ticket_hash=fingerprint(ticket),
                firm_id=ctx.firm_id,
                user_id=ctx.user_id or 0,
                blob=blob,
                file_name=file_name,
                media_type=media_type,
                expires_at=ctx.now + LIFE,
            )
        )
        tx.audit("export", "file", blob[:16], after={"media_type": media_type})
    return ticket


def redeem(place: Place, ticket: str, user_id: int, now: datetime, today: date) -> Download:
    """Exchange a ticket for its file; used, late, foreign and invented ones read the same."""
    ctx = context_of(place, user_id, now, today)
    ctx.require(Permission.FILE_DOWNLOAD)
    with store.tx(ctx) as tx:
        taken = tx.session.exec(
            update(DownloadTicket)
            .where(
                col(DownloadTicket.ticket_hash) == fingerprint(ticket),
                col(DownloadTicket.firm_id) == ctx.firm_id,
                col(DownloadTicket.user_id) == user_id,
                col(DownloadTicket.used_at).is_(None),
                col(DownloadTicket.expires_at) > now,
            )
            .values(used_at=now)
        )
        if taken.rowcount != 1:
            raise NotFoundError("Téléchargement", "lien déjà utilisé ou expiré")
        row = tx.session.get_one(DownloadTicket, fingerprint(ticket))
        tx.audit("download", "file", row.blob[:16])
        found = (row.blob, row.file_name, row.media_type)
    return _fetched(ctx, *found)


def _fetched(ctx: Context, blob: str, file_name: str, media_type: str) -> Download:
    if not blob.startswith(BACKUP):
        return Download(store.blob(ctx, blob), file_name, media_type)
    path = backups_folder(ctx.place) / blob.removeprefix(BACKUP)
    if not path.is_file():
        raise NotFoundError("Sauvegarde", file_name)
    return Download(b"", file_name, media_type, path)
