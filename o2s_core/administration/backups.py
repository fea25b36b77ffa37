"""What copies of the firm exist [Sauvegardes]: when taken, how large, how to fetch one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from o2s_core import store
from o2s_core.administration.downloads import issue_file_ticket
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.store.housekeeping import SUFFIX, backups_folder

KIND: Final = "store.backup"
#: A backup older than this is said to be late: one is taken every day.
LATE: Final = timedelta(hours=36)
#: Backups of the firm, newest first; `megabytes` encrypted, of 10⁶ bytes.
BACKUPS: Final = pl.Schema(
    {"name": pl.String(), "made_at": pl.Datetime("us", "UTC"), "megabytes": pl.Float64()}
)


@dataclass(frozen=True, slots=True)
class Backups:
    """The backups there are, and whether one is being taken."""

    rows: pl.DataFrame  #: BACKUPS
    folder: Path
    key_file: Path
    running: bool
    failure: str  #: French; why the last one failed, "" when it did not
    is_late: bool

    @property
    def last_at(self) -> datetime | None:
        """Return when the newest was taken."""
        return None if self.rows.is_empty() else self.rows["made_at"][0]

    @property
    def last_label(self) -> str:
        """Return when the newest was taken, as the screen says it."""
        taken = self.last_at
        return "jamais" if taken is None else f"{taken.astimezone(PARIS):%d/%m/%Y %H:%M}"


def backups(ctx: Context) -> Backups:
    """Return the firm's backups, newest first, and how the last one went."""
    ctx.require(Permission.BACKUP_READ)
    folder = backups_folder(ctx.place)
    found = [_row(path) for path in folder.glob(f"*{SUFFIX}")] if folder.is_dir() else []
    rows = pl.DataFrame(found, schema=BACKUPS).sort("made_at", descending=True)
    last = next(iter(store.jobs(ctx, kind=KIND, limit=1)), None)
    newest = None if rows.is_empty() else rows["made_at"][0]
    return Backups(
        rows=rows,
        folder=folder,
        key_file=ctx.place.key_path,
        running=last is not None and not last.finished,
        failure=last.message if last is not None and last.state == "failed" else "",
        is_late=newest is None or ctx.now - newest > LATE,
    )


def run_backup(ctx: Context, key: str | None = None) -> int:
    """Ask the worker for a backup now; return the job. The same `key` asks once."""
    ctx.require(Permission.BACKUP_RUN)
    with store.tx(ctx) as tx:
        job = store.enqueue(ctx, KIND, {}, key=key)
        tx.audit("backup", "backup", job)
    return job


def backup_ticket(ctx: Context, name: str) -> str:
    """Return a ticket that fetches one backup once, encrypted as it is."""
    ctx.require(Permission.BACKUP_DOWNLOAD)
    path = backups_folder(ctx.place) / name
    if Path(name).name != name or path.suffix != SUFFIX or not path.is_file():
        raise NotFoundError("Sauvegarde", name)
    return issue_file_ticket(ctx, path)


def _row(path: Path) -> dict[str, object]:
    said = path.stat()
    made_at = datetime.fromtimestamp(said.st_mtime, UTC)
    return {"name": path.name, "made_at": made_at, "megabytes": said.st_size / 1e6}
