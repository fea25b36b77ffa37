"""The record database of a place: SQLite by default, PostgreSQL by its address."""

from functools import cache
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import create_engine

from o2s_core.kernel.context import Place


@cache
def engine(place: Place) -> Engine:
    """Return the one engine of a place in this process."""
    if place.database_url.startswith("sqlite"):
        place.home.mkdir(parents=True, exist_ok=True)
        made = create_engine(place.database_url, connect_args={"timeout": 30})
        event.listen(made, "connect", _sqlite_rules)
        event.listen(made, "begin", _begin_by_hand)
        return made
    url = place.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(url, pool_pre_ping=True)


def _sqlite_rules(connection: Any, _record: object) -> None:  # noqa: ANN401
    """Durable, concurrent, with foreign keys; transactions are begun by us."""
    connection.isolation_level = None
    for rule in (
        "journal_mode=wal",
        "synchronous=full",
        "foreign_keys=on",
        "busy_timeout=30000",
    ):
        connection.execute(f"pragma {rule}")


def _begin_by_hand(connection: Any) -> None:  # noqa: ANN401
    """Take a writer's lock at once, so that check-then-write cannot be torn."""
    writing = connection.get_execution_options().get("o2s_write", False)
    connection.exec_driver_sql("begin immediate" if writing else "begin")


def is_sqlite(place: Place) -> bool:
    """Return whether the records of a place are on SQLite."""
    return place.database_url.startswith("sqlite")
