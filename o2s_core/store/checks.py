"""What must always be true of a store, and what is not (o2s check)."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import MetaData, Table, func, select
from sqlalchemy.engine import Connection
from sqlmodel import col
from sqlmodel import select as rows_of

from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import StoreError
from o2s_core.kernel.permissions import Permission
from o2s_core.store.audit_trail import verify_audit
from o2s_core.store.blobs import SHA256, digest_of
from o2s_core.store.engine import engine, is_sqlite, sqlite_file
from o2s_core.store.keys import keys
from o2s_core.store.schema import require_current
from o2s_core.store.segments import Segment, folder
from o2s_core.store.transactions import reading


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be."""

    invariant: str  #: key of the invariant
    message: str  #: French: what is wrong, what to do
    severity: Literal["error", "warning"] = "error"
    where: str = ""  #: table, file or identifier; never a name


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must be true; `check` yields what is not."""

    key: str
    label: str  #: French
    check: Callable[[Context], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Findings:
    """What was checked, and what was found."""

    checked: tuple[str, ...]
    found: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Return whether nothing is wrong; a warning is not."""
        return not any(finding.severity == "error" for finding in self.found)

    def as_document(self) -> dict[str, Any]:
        """Return the findings as one document of plain values."""
        listed = [
            {"invariant": f.invariant, "severity": f.severity, "where": f.where}
            | {"message": f.message}
            for f in self.found
        ]
        return {"ok": self.ok, "checked": list(self.checked), "found": listed}


def check(ctx: Context, more: Iterable[Invariant] = ()) -> Findings:
    """Check every invariant of the store, then those that other packages declare."""
    ctx.require(Permission.HEALTH_READ)
    everything = (*INVARIANTS, *more)
    found = [finding for invariant in everything for finding in _of(ctx, invariant)]
    return Findings(tuple(invariant.key for invariant in everything), tuple(found))


def _of(ctx: Context, invariant: Invariant) -> list[Finding]:
    try:
        return list(invariant.check(ctx))
    except StoreError as error:
        return [Finding(invariant.key, str(error))]


def _schema(ctx: Context) -> Iterator[Finding]:
    require_current(ctx.place)
    yield from ()


def _key(ctx: Context) -> Iterator[Finding]:
    keys(ctx)
    yield from ()


def _database(ctx: Context) -> Iterator[Finding]:
    """Yield what SQLite says of its file; PostgreSQL checks its pages itself."""
    if not is_sqlite(ctx):
        return
    with closing(sqlite3.connect(sqlite_file(ctx.place))) as connection:
        for (said,) in connection.execute("pragma integrity_check"):
            if said != "ok":
                yield Finding(
                    "database",
                    f"La base est abîmée ({said}) : restaurez la dernière sauvegarde.",
                )


def _links(ctx: Context) -> Iterator[Finding]:
    """Yield each link to a row that is not there, or that is another firm's."""
    with engine(ctx.place).connect() as connection:
        known = MetaData()
        known.reflect(connection)
        for table in known.sorted_tables:
            for key in table.foreign_keys:
                yield from _broken(connection, table, key.parent.name, key.column.table)


def _broken(connection: Connection, table: Table, name: str, target: Table) -> Iterator[Finding]:
    there = target.alias()
    missing = select(func.count()).select_from(table.outerjoin(there, table.c[name] == there.c.id))
    alone = table.c[name].is_not(None) & there.c.id.is_(None)
    if "firm_id" in table.c and "firm_id" in there.c:
        alone = alone | (table.c.firm_id != there.c.firm_id)
    count = connection.execute(missing.where(alone)).scalar_one()
    if count:
        said = f"{count} ligne(s) de {table.name} désignent un enregistrement qui n'existe pas."
        yield Finding("links", f"{said} Restaurez la dernière sauvegarde.", where=table.name)


def _blobs(ctx: Context) -> Iterator[Finding]:
    """Yield each archived file whose bytes are no longer those of its name."""
    for path in sorted((ctx.place.home / "blobs").rglob("*")):
        named = path.is_file() and SHA256.fullmatch(path.name)
        if named and digest_of(path.read_bytes()) != path.name:
            said = "Un fichier archivé est abîmé : restaurez-le depuis une sauvegarde."
            yield Finding("blobs", said, where=path.name[:12])


def _segments(ctx: Context) -> Iterator[Finding]:
    """Yield each live segment whose file is missing or altered."""
    asked = rows_of(Segment).where(Segment.firm_id == ctx.firm_id, col(Segment.live).is_(True))
    with reading(ctx) as session:
        rows = session.exec(asked).all()
    for row in rows:
        if not _same(folder(ctx) / row.path, row.sha256):
            remedy = "restaurez la dernière sauvegarde" if row.kept else "il se reconstruit"
            said = f"Le fichier {row.dataset}/{row.part} est absent ou abîmé : {remedy}."
            yield Finding("segments", said, where=f"{row.dataset}/{row.part}")


def _same(path: Path, sha256: str) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _audit(ctx: Context) -> Iterator[Finding]:
    state = verify_audit(ctx)
    if not state.ok:
        yield Finding("audit", state.message, where=str(state.broken_at))


#: What the store itself promises.
INVARIANTS = (
    Invariant("schema", "La base a le schéma de cette version", _schema),
    Invariant("key", "Le fichier de clés est là et protégé", _key),
    Invariant("database", "La base est saine", _database),
    Invariant("links", "Aucun lien ne pend", _links),
    Invariant("blobs", "Les fichiers archivés sont intacts", _blobs),
    Invariant("segments", "Les fichiers publiés sont intacts", _segments),
    Invariant("audit", "Le journal est intact", _audit),
)
