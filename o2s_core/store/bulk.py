"""Many records at once: identities reserved in one go, rows written by the thousand."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Table, insert, text
from sqlmodel import Session, SQLModel

from o2s_core.store.transactions import Tx

#: Rows sent to the database at once.
BATCH: Final = 5_000


def insert_rows(tx: Tx, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows of one table inside the open write; return their ids, in the same order.

    Rows give every column that has no default but `id`, `firm_id` and the
    stamps. All rows must give the same columns. Nothing is audited: the verb
    that imports says once what it did.
    """
    if not rows:
        return []
    table: Table = model.__table__  # type: ignore[attr-defined]
    ids = _reserve(tx.session, table, len(rows))
    common = _common(tx, table)
    complete = [{**common, **row, "id": id_} for id_, row in zip(ids, rows, strict=True)]
    for start in range(0, len(complete), BATCH):
        tx.session.connection().execute(insert(table), complete[start : start + BATCH])
    return ids


def _common(tx: Tx, table: Table) -> dict[str, Any]:
    """Return the columns that every row shares: its firm, and who made it when."""
    made = {"created_at": tx.ctx.now, "created_by": tx.ctx.user_id}
    touched = {"updated_at": tx.ctx.now, "updated_by": tx.ctx.user_id}
    known = {"firm_id": tx.ctx.firm_id, "version": 1, **made, **touched}
    return {name: value for name, value in known.items() if name in table.c}


def _reserve(session: Session, table: Table, count: int) -> list[int]:
    """Return `count` fresh ids; a writer holds the lock, so nobody else takes them."""
    if session.connection().dialect.name == "postgresql":
        query = text(
            "select nextval(pg_get_serial_sequence(:name, 'id')) from generate_series(1, :n)"
        )
        found = session.connection().execute(query, {"name": table.name, "n": count})
        return [int(row[0]) for row in found]
    query = text(f"select coalesce(max(id), 0) from {table.name}")  # noqa: S608
    first = int(session.connection().execute(query).scalar_one()) + 1
    return list(range(first, first + count))
