"""A copy of everything, encrypted, taken while the firm works (Sauvegardes)."""

import hashlib
import io
import logging
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import orjson
from sqlalchemy import Connection, MetaData

from o2s_core.kernel.context import Place
from o2s_core.kernel.errors import StoreError
from o2s_core.store import archive
from o2s_core.store.engine import engine, is_sqlite, sqlite_file
from o2s_core.store.files import TEMPORARY, write_whole
from o2s_core.store.keys import keys
from o2s_core.store.schema import current_revision

log = logging.getLogger(__name__)

FORMAT: Final = 1
DATABASE: Final = "o2s.sqlite3"  #: the records, when they are on SQLite
MANIFEST: Final = "manifest.json"
KEY: Final = "key"
KEPT: Final = "select path from segment where live and kept order by path"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds."""

    path: Path
    size: int  #: bytes, encrypted
    files: int
    rows: int
    schema: str


def backup(
    place: Place, path: Path, key: str | None = None, *, now: datetime | None = None
) -> BackupReport:
    """Write everything of a place into one encrypted file; the firm may work meanwhile.

    The records are those of one moment; archived files, price history and the
    key file come with them. Under `key`, or under the key file when None (it is
    then needed to restore).
    """
    keys(place)
    path = path.resolve()
    said: dict[str, Any] = {}
    try:
        write_whole(path, lambda aside: said.update(_write(place, aside, key, now)))
    except OSError as error:
        raise StoreError(
            f"La sauvegarde n'a pas pu être écrite dans {path.parent} : "
            f"{error.strerror or error}. Choisissez un autre dossier."
        ) from error
    rows = sum(said["tables"].values())
    log.info("backup.written", extra={"files": len(said["files"]), "rows": rows})
    return BackupReport(path, path.stat().st_size, len(said["files"]), rows, said["schema"])


def _write(place: Place, path: Path, key: str | None, now: datetime | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix=".o2s-backup-", dir=path.parent) as folder:
        aside = Path(folder)
        manifest = _records(place, aside)
        manifest |= {"format": FORMAT, "made_at": now and now.isoformat(), "files": {}}
        with archive.written(place, path, key) as tar:
            for name, found in _files(place, aside, manifest.pop("kept")):
                with suppress(FileNotFoundError), found.open("rb") as file:  # moved meanwhile
                    manifest["files"][name] = _add(tar, name, file)
            _add(tar, MANIFEST, io.BytesIO(orjson.dumps(manifest)))
    return manifest


def _records(place: Place, folder: Path) -> dict[str, Any]:
    """Copy the records of one moment into a folder; return what they are."""
    if is_sqlite(place):
        return _sqlite_records(place, folder / "records" / DATABASE)
    with engine(place).connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        return _postgres_records(connection, folder / "records")


def copy_records(place: Place, copy: Path) -> None:
    """Copy the records of a SQLite place as they are at one moment, others writing or not."""
    with closing(sqlite3.connect(sqlite_file(place))) as live, closing(sqlite3.connect(copy)) as to:
        live.backup(to)


def _sqlite_records(place: Place, copy: Path) -> dict[str, Any]:
    copy.parent.mkdir()
    with closing(sqlite3.connect(sqlite_file(place))) as live, closing(sqlite3.connect(copy)) as to:
        live.backup(to)
        to.execute("pragma journal_mode=delete")
        (schema,) = to.execute("select version_num from alembic_version").fetchone()
        kept = [path for (path,) in to.execute(KEPT)]
        return {"database": "sqlite", "schema": schema, "kept": kept, "tables": row_counts(to)}


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows each table of a SQLite file has."""
    listed = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
    names = [name for (name,) in connection.execute(listed)]
    count = 'select count(*) from "{}"'
    return {name: connection.execute(count.format(name)).fetchone()[0] for name in sorted(names)}


def _postgres_records(connection: Connection, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    schema = current_revision(connection)
    kept = [path for (path,) in connection.exec_driver_sql(KEPT)]
    return {"database": "postgresql", "schema": schema, "kept": kept} | {
        "tables": {name: _copy_out(connection, name, columns, folder / name)
                   for name, columns in tables_of(connection)},
    }  # fmt: skip


def tables_of(connection: Connection) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each table with its columns, those that others point to first."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        yield str(table.name), tuple(str(column.name) for column in table.columns)


def copy_order(name: str, columns: tuple[str, ...], way: str) -> str:
    """Return the COPY statement of a table, `way` being `to stdout` or `from stdin`."""
    listed = ", ".join(f'"{column}"' for column in columns)
    return f'copy "{name}" ({listed}) {way}'


def _copy_out(connection: Connection, name: str, columns: tuple[str, ...], path: Path) -> int:
    driver: Any = connection.connection.driver_connection
    with path.open("wb") as file, driver.cursor() as cursor:
        file.write(orjson.dumps(columns) + b"\n")
        with cursor.copy(copy_order(name, columns, "to stdout")) as rows:
            for block in rows:
                file.write(block)
        return int(cursor.rowcount)


def _files(place: Place, aside: Path, kept: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield every file of the archive under its name in it, in a fixed order."""
    for path in sorted((aside / "records").iterdir()):
        yield f"records/{path.name}", path
    yield KEY, place.key_path
    for path in sorted(place.home.rglob("*")):
        name = path.relative_to(place.home).as_posix()
        if path.is_file() and _belongs(place, path, name):
            yield f"home/{name}", path
    for name in kept:
        yield f"home/segments/{name}", place.home / "segments" / name


def _belongs(place: Place, path: Path, name: str) -> bool:
    """Return whether a file of the home is copied as it is."""
    if is_sqlite(place) and path.name.startswith(sqlite_file(place).name):
        return False
    made_again = name.startswith("segments/") or path.suffix in {TEMPORARY, ".lock", ".o2sbackup"}
    return not made_again and path != place.key_path


class _Hashing:
    """Reads a file and knows the hash of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.hash.update(data)
        return data


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes]) -> dict[str, Any]:
    """Add a file as long as it is now; return what the manifest says of it."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = file.seek(0, io.SEEK_END), 0o600
    file.seek(0)
    source: Any = _Hashing(file)
    tar.addfile(entry, source)
    return {"size": entry.size, "sha256": source.hash.hexdigest()}
