"""The record database of a place: SQLite by default, PostgreSQL by its address."""

from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel, create_engine

from o2s_core.kernel.context import Context, Place

#: KiB of pages that a SQLite connection keeps in memory.
ROOM: Final = 2_000
_engines: dict[str, Engine] = {}
_making = Lock()


def engine(place: Place) -> Engine:
    """Return the one engine of a place in this process."""
    with _making:
        made = _engines.get(place.database_url)
        if made is None:
            made = _engines[place.database_url] = _new(place)
        return made


def close(place: Place) -> None:
    """Give back the connections of a place; the next use opens new ones."""
    with _making:
        made = _engines.pop(place.database_url, None)
    if made is not None:
        made.dispose()


def _new(place: Place) -> Engine:
    room = {"pool_size": 10, "max_overflow": 50, "hide_parameters": True}  # values are not for logs
    if is_sqlite(place):
        place.home.mkdir(parents=True, exist_ok=True)
        made = create_engine(place.database_url, connect_args={"timeout": 30}, **room)
        event.listen(made, "connect", _sqlite_rules)
        event.listen(made, "begin", _begin_by_hand)
        event.listen(made, "checkin", _give_back_room)
        return made
    url = place.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(url, pool_pre_ping=True, **room)


def _sqlite_rules(connection: Any, _record: object) -> None:  # noqa: ANN401
    """Durable, concurrent, with foreign keys; transactions are begun by us."""
    connection.isolation_level = None
    for rule in (
        "busy_timeout=30000",
        "journal_mode=wal",
        "synchronous=full",
        "foreign_keys=on",
    ):
        connection.execute(f"pragma {rule}")


def _begin_by_hand(connection: Any) -> None:  # noqa: ANN401
    """Take a writer's lock at once, so that check-then-write cannot be torn."""
    writing = connection.get_execution_options().get("o2s_write", False)
    connection.exec_driver_sql("begin immediate" if writing else "begin")


def make_room(connection: Connection, kib: int) -> None:
    """Let a SQLite connection keep more pages in memory, until it is given back to the pool."""
    connection.exec_driver_sql(f"pragma cache_size=-{kib}")
    connection.info["roomy"] = True


def _give_back_room(connection: Any, record: Any) -> None:  # noqa: ANN401
    if connection is not None and record.info.pop("roomy", False):
        connection.execute(f"pragma cache_size=-{ROOM}")
        connection.execute("pragma shrink_memory")


def is_sqlite(at: Context | Place) -> bool:
    """Return whether the records of a place are on SQLite."""
    place = at.place if isinstance(at, Context) else at
    return place.database_url.startswith("sqlite")


def sqlite_file(place: Place) -> Path:
    """Return where the records of a SQLite place lie."""
    return Path(str(make_url(place.database_url).database))


def upsert(session: Session, table: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """Return an insert that knows `on conflict`, in the dialect of the session."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
