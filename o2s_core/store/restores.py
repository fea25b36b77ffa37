"""A firm brought back from its backup: into an empty place, all of it, or nothing."""

import hashlib
import logging
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from o2s_core.kernel.context import Place
from o2s_core.kernel.errors import StoreError
from o2s_core.store import archive
from o2s_core.store.backups import (
    DATABASE,
    FORMAT,
    KEY,
    MANIFEST,
    copy_order,
    row_counts,
)
from o2s_core.store.engine import close, engine, is_sqlite, sqlite_file
from o2s_core.store.files import force
from o2s_core.store.schema import alone, known_revisions, migrate, upgrade

log = logging.getLogger(__name__)

#: What the segments left out of the backup become: parts to publish again.
FORGET_DERIVED = (
    """
    insert into dirty_part (firm_id, dataset, part, marks, published)
    select firm_id, dataset, part, 1, 0 from segment where live and not kept
    on conflict (firm_id, dataset, part) do update set marks = dirty_part.marks + 1
    """,
    "delete from segment where not live or not kept",
)


def restore(place: Place, path: Path, key: str | None = None) -> None:
    """Bring a backup back into an empty place, and to the newest schema.

    Everything is opened and checked beside before anything takes its place: a
    wrong key, a damaged file or a home that holds something changes nothing.
    """
    _require_empty(place)
    parent = place.home.parent
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".o2s-restore-", dir=parent) as folder:
        aside = Path(folder)
        manifest = _unpack(place, path, key, aside)
        _require_whole(place, manifest, aside)
        _put_in_place(place, manifest, aside)
    migrate(place)
    log.info("backup.restored", extra={"rows": sum(manifest["tables"].values())})


def _require_empty(place: Place) -> None:
    if place.home.exists() and any(place.home.iterdir()):
        raise StoreError(
            f"Le dossier {place.home} n'est pas vide : une restauration n'écrase rien. "
            "Choisissez un dossier vide (O2S_HOME)."
        )
    if is_sqlite(place):
        if sqlite_file(place).exists():
            raise StoreError("La base existe déjà : une restauration n'écrase rien.")
    elif _tables(place):
        raise StoreError("La base PostgreSQL n'est pas vide : donnez une base neuve.")


def _tables(place: Place) -> list[str]:
    try:
        return inspect(engine(place)).get_table_names()
    except OperationalError as error:
        raise StoreError(
            "La base PostgreSQL est injoignable : vérifiez O2S_DATABASE_URL."
        ) from error


def _unpack(place: Place, path: Path, key: str | None, folder: Path) -> dict[str, Any]:
    """Open every file into a folder, checked against the manifest, which comes last."""
    seen: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] = {}
    with archive.opened(place, path, key) as tar:
        for entry in tar:
            file = tar.extractfile(entry)
            if file is None:
                continue
            if entry.name == MANIFEST:
                manifest = orjson.loads(file.read())
            else:
                seen[entry.name] = _put(file, _inside(folder, entry.name))
    if manifest.get("files") != seen:
        raise StoreError(
            f"{path.name} est incomplète : rien n'a été changé, prenez une autre copie."
        )
    return manifest


def _inside(folder: Path, name: str) -> Path:
    target = folder / name
    if not target.resolve().is_relative_to(folder.resolve()):
        raise ValueError(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _put(file: IO[bytes], target: Path) -> dict[str, Any]:
    """Write a file of the archive; return what its manifest must say of it."""
    found = hashlib.sha256()
    with target.open("wb") as out:
        while block := file.read(1 << 20):
            found.update(block)
            out.write(block)
        return {"size": out.tell(), "sha256": found.hexdigest()}


def _require_whole(place: Place, manifest: dict[str, Any], folder: Path) -> None:
    """Refuse what this program or this place cannot hold, before anything is touched."""
    kind = "sqlite" if is_sqlite(place) else "postgresql"
    if manifest["format"] != FORMAT or manifest["schema"] not in known_revisions():
        raise StoreError("Cette sauvegarde vient d'une version plus récente : mettez O2S à jour.")
    if manifest["database"] != kind:
        raise StoreError(
            f"Cette sauvegarde vient d'une base {manifest['database']} : restaurez-la sur une "
            f"base du même genre (O2S_DATABASE_URL), ici {kind}."
        )
    if place.key_path.exists() and place.key_path.read_bytes() != (folder / KEY).read_bytes():
        raise StoreError(
            f"Le fichier de clés {place.key_path} n'est pas celui de la sauvegarde : "
            "déplacez-le avant de restaurer."
        )
    if is_sqlite(place):
        _require_sound(folder / "records" / DATABASE, manifest["tables"])


def _require_sound(file: Path, tables: dict[str, int]) -> None:
    with closing(sqlite3.connect(file)) as connection:
        sound = connection.execute("pragma integrity_check").fetchone() == ("ok",)
        if not sound or row_counts(connection) != tables:
            raise StoreError("La base de cette sauvegarde est abîmée : prenez une autre copie.")
        with connection:
            for statement in FORGET_DERIVED:
                connection.execute(statement)


def _put_in_place(place: Place, manifest: dict[str, Any], folder: Path) -> None:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    if is_sqlite(place):
        records = sqlite_file(place)
        inside = records.is_relative_to(place.home)
        target = home / records.relative_to(place.home) if inside else records
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / "records" / DATABASE, target)
    else:
        _load(place, manifest, folder / "records")
    _restore_key(place, folder / KEY)
    if place.home.exists():
        place.home.rmdir()
    home.rename(place.home)
    force(place.home.parent)
    close(place)


def _restore_key(place: Place, file: Path) -> None:
    if not place.key_path.exists():
        place.key_path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place.key_path)
        place.key_path.chmod(0o600)


def _load(place: Place, manifest: dict[str, Any], folder: Path) -> None:
    """Fill an empty PostgreSQL database, schema and rows, in one transaction."""
    with alone(place) as connection:
        upgrade(connection, manifest["schema"])
        connection.execute(text("delete from alembic_version"))
        for name, rows in manifest["tables"].items():
            if _copy_in(connection, name, folder / name) != rows:
                raise StoreError("La base de cette sauvegarde est incomplète : rien n'est changé.")
        for statement in FORGET_DERIVED:
            connection.execute(text(statement))
        _continue_numbering(connection, list(manifest["tables"]))


def _copy_in(connection: Connection, name: str, file: Path) -> int:
    driver: Any = connection.connection.driver_connection
    with file.open("rb") as rows, driver.cursor() as cursor:
        columns = tuple(orjson.loads(rows.readline()))
        with cursor.copy(copy_order(name, columns, "from stdin")) as copying:
            while block := rows.read(1 << 20):
                copying.write(block)
        return int(cursor.rowcount)


def _continue_numbering(connection: Connection, tables: list[str]) -> None:
    """Have new rows numbered after the restored ones."""
    for name in tables:
        columns = inspect(connection).get_columns(name)
        if any(column["name"] == "id" for column in columns):
            connection.exec_driver_sql(
                f"select setval(pg_get_serial_sequence('{name}', 'id'), "  # noqa: S608
                f'coalesce(max(id), 0) + 1, false) from "{name}"'
            )
