"""Which tables the store has, and how an older store becomes a newer one."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.operations.ops import AddColumnOp, MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    DefaultClause,
    String,
    false,
    text,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from o2s_core.kernel.context import Place
from o2s_core.kernel.errors import StoreError
from o2s_core.store.columns import Identity, Instant, Scaled
from o2s_core.store.engine import close, engine, is_sqlite
from o2s_core.store.full_text import PREFIX
from o2s_core.store.guards import install_guards

FOLDER: Final = Path(__file__).parent / "migrations"
#: One migration at a time on PostgreSQL.
MIGRATION_LOCK: Final = 7_302_002


def migrate(place: Place, revision: str = "head") -> str:
    """Bring the records of a place to a revision of the schema; return its name.

    All steps happen in one transaction: a store is of the old schema or of the
    new one, never between. Two programs started at once take turns. A store
    that a newer program wrote is refused.
    """
    with alone(place) as connection:
        _refuse_newer(connection)
        reached = upgrade(connection, revision)
    close(place)  # connections opened before know the old tables
    return reached


def upgrade(connection: Connection, revision: str) -> str:
    """Take the steps to a revision, inside the open transaction; return where they lead."""
    command.upgrade(_config(connection), revision)
    if connection.dialect.has_table(connection, "audit_event"):
        install_guards(connection)
    return current_revision(connection) or ""


def head() -> str:
    """Return the newest revision that this program knows."""
    return ScriptDirectory(str(FOLDER)).get_current_head() or ""


def known_revisions() -> set[str]:
    """Return every revision that this program can read or bring forward."""
    return {script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()}


def current_revision(connection: Connection) -> str | None:
    """Return the revision of an open database, None when it has no table yet."""
    return MigrationContext.configure(connection).get_current_revision()


def require_current(place: Place) -> None:
    """Raise `StoreError` unless the store has exactly the schema of this program."""
    with engine(place).connect() as connection:
        _refuse_newer(connection)
        found = current_revision(connection)
    if found is None:
        raise StoreError("Aucune base dans ce dossier : lancez « o2s init » ou « make run ».")
    if found != head():
        raise StoreError(
            "La base date d'une version précédente : lancez « o2s init » pour la mettre à jour "
            "(une sauvegarde avant est prudente)."
        )


def refuse_downgrade() -> None:
    """Refuse to go back: what a newer schema holds would be lost."""
    raise StoreError(
        "Revenir à une version précédente de la base n'est pas possible : "
        "restaurez une sauvegarde faite avec cette version."
    )


def _refuse_newer(connection: Connection) -> None:
    found = current_revision(connection)
    if found is not None and found not in known_revisions():
        raise StoreError(
            f"Cette base (schéma {found}) a été écrite par une version plus récente : "
            "mettez l'application à jour avant de l'ouvrir."
        )


def autogenerate(place: Place, message: str, revision: str) -> Path | None:
    """Write the step from the schema of a migrated place to the models that are imported.

    Returns the new file, None when there is nothing to do.
    """
    if not differences(place):
        return None
    with alone(place) as connection:
        made = command.revision(
            _config(connection), message=message, autogenerate=True, rev_id=revision
        )
    return Path(made.path)  # type: ignore[union-attr]


def differences(place: Place) -> list[Any]:
    """Return what the imported models have that the schema of a place has not, and back."""
    with engine(place).connect() as connection:
        settings = {
            "compare_type": type_differs, "render_as_batch": True, "include_name": compared,
        }  # fmt: skip
        return compare_metadata(
            MigrationContext.configure(connection, opts=settings), SQLModel.metadata
        )


def compared(name: str | None, _kind: str, _parents: object) -> bool:
    """Return whether a table or an index is the models' business: full text makes its own."""
    return not (name or "").startswith(PREFIX)


def render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as the plain ones beneath, so that a step outlives the code."""
    if kind == "type" and isinstance(item, Scaled):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Identity):
        return "sa.Integer()"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def type_differs(
    _context: MigrationContext,
    _found_column: Column[Any],
    _model_column: Column[Any],
    found: TypeEngine[Any],
    wanted: TypeEngine[Any],
) -> bool | None:
    """Return whether a stored type cannot serve our column type; None lets Alembic judge."""
    if isinstance(wanted, Scaled):
        return not isinstance(found, BigInteger)
    return not isinstance(found, DateTime) if isinstance(wanted, Instant) else None


def fill_new_columns(
    _context: MigrationContext, _revision: object, directives: list[MigrationScript]
) -> None:
    """Give a mandatory column that is added a value for the rows already there."""
    for script in directives:
        for table in (op for ops in script.upgrade_ops_list for op in ops.ops):
            for added in getattr(table, "ops", ()):
                if isinstance(added, AddColumnOp) and not added.column.nullable:
                    added.column.server_default = _filler(added.column)


def _filler(column: Column[Any]) -> DefaultClause:
    if isinstance(column.type, Boolean):
        return DefaultClause(false())
    text = isinstance(column.type, String | AutoString)
    return DefaultClause("" if text else "0")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def alone(place: Place) -> Iterator[Connection]:
    """Hold the only connection that changes tables, in one transaction, foreign keys at rest."""
    with _turn(place), engine(place).connect().execution_options(o2s_write=True) as connection:
        if is_sqlite(place):
            connection.connection.driver_connection.execute("pragma foreign_keys=off")  # type: ignore[union-attr]
        with connection.begin():
            if not is_sqlite(place):
                lock = {"lock": MIGRATION_LOCK}
                connection.execute(text("select pg_advisory_xact_lock(:lock)"), lock)
            yield connection
            if is_sqlite(place):
                _require_keys(connection)
        connection.detach()  # never back to the pool with its keys at rest


def _require_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("pragma foreign_key_check").all()
    if broken:
        raise StoreError(
            f"La mise à jour de la base laisserait {len(broken)} lien(s) rompu(s) : rien n'a été "
            "changé. Lancez « o2s check » et signalez son résultat."
        )


@contextmanager
def _turn(place: Place) -> Iterator[None]:
    """Wait until no other program migrates the same SQLite store."""
    if not is_sqlite(place):
        yield
        return
    place.home.mkdir(parents=True, exist_ok=True)
    with (place.home / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
