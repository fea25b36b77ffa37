"""Many records at once: identities reserved in one go, rows written by the thousand."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
from sqlalchemy import Boolean, Connection, Date, DateTime, Table, insert, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

from o2s_core.kernel.errors import InvalidInputError
from o2s_core.store.columns import LIMIT, Scaled, stored_type
from o2s_core.store.engine import make_room
from o2s_core.store.transactions import Tx

#: Rows sent to the database at once.
BATCH: Final = 5_000
#: Rows from which SQLite is given room for the indexes that they touch, so that no page is read
#: and written again; and that room, in KiB, given back with the connection.
MANY: Final = 20_000
ROOM: Final = 131_072


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
    return list(ids)


def insert_frame(tx: Tx, model: type[SQLModel], frame: pl.DataFrame) -> pl.Series:
    """Insert the rows of a frame inside the open write; return their ids, in the same order.

    As `insert_rows`, for hundreds of thousands of rows: exact decimals go to
    the database as scaled integers, without a Python decimal in between.

    Raises
    ------
    InvalidInputError
        An amount is too large for its column, or would lose a digit in it.
    """
    table: Table = model.__table__  # type: ignore[attr-defined]
    if frame.is_empty():
        return pl.Series("id", [], pl.Int64)
    ids = pl.Series("id", _reserve(tx.session, table, frame.height), dtype=pl.Int64)
    common = _given(frame, _defaults(table) | _common(tx, table))
    whole = frame.with_columns(ids, **{name: pl.lit(value) for name, value in common.items()})
    tx.session.flush()
    connection = tx.session.connection()
    sqlite = connection.dialect.name == "sqlite"
    driver = _driver_frame(whole, table, sqlite=sqlite)
    if sqlite and driver.height >= MANY:
        make_room(connection, ROOM)
    (_executemany if sqlite else _copy)(connection, table, driver)
    return ids


def upsert_frame(tx: Tx, model: type[SQLModel], frame: pl.DataFrame, key: Sequence[str]) -> None:
    """Insert the rows of a frame inside the open write, each in place of the one of its key.

    As `insert_frame`; `key` are the columns of a unique constraint, the rows of the frame
    have each key once, and what stands already takes every other column of the frame.
    """
    table: Table = model.__table__  # type: ignore[attr-defined]
    if frame.is_empty():
        return
    tx.session.flush()
    connection = tx.session.connection()
    sqlite = connection.dialect.name == "sqlite"
    common = _given(frame, _defaults(table) | _common(tx, table))
    whole = frame.with_columns(**{name: pl.lit(value) for name, value in common.items()})
    driver = _driver_frame(whole, table, sqlite=sqlite)
    if sqlite and driver.height >= MANY:
        make_room(connection, ROOM)
    order = _order(connection, table, driver.columns, "?" if sqlite else "%s")
    put = ", ".join(f"{name} = excluded.{name}" for name in frame.columns if name not in key)
    order += f" on conflict ({', '.join(key)}) do update set {put}"
    _send(connection, order, driver)


def _given(frame: pl.DataFrame, common: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every row shares and the frame does not say."""
    return {n: value for n, value in common.items() if n not in frame.columns and n != "id"}


def _driver_frame(frame: pl.DataFrame, table: Table, *, sqlite: bool) -> pl.DataFrame:
    """Return the rows as the database's driver takes them."""
    kinds = {name: table.c[name].type for name in frame.columns}
    for name, kind in kinds.items():
        if isinstance(kind, Scaled):
            _require_exact(frame[name], kind.scale)
    return frame.select(_for_driver(name, kind, sqlite=sqlite) for name, kind in kinds.items())


def _require_exact(values: pl.Series, scale: int) -> None:
    """Refuse what a column of this scale cannot hold."""
    if not isinstance(values.dtype, pl.Decimal):
        return
    largest: Any = values.abs().max()
    if largest is not None and largest > LIMIT:
        raise InvalidInputError(f"Montant trop grand : {largest}.")
    if values.dtype.scale > scale and not (values % pl.lit(10**scale)).eq_missing(values).all():
        raise InvalidInputError(f"Un montant a plus de {scale} décimales.")


def _for_driver(name: str, kind: TypeEngine[Any], *, sqlite: bool) -> pl.Expr:
    column, stored = pl.col(name), stored_type(kind)
    if isinstance(kind, Scaled):
        return column.cast(pl.Decimal(38, kind.scale)).to_physical().cast(pl.Int64)
    if not sqlite:
        return column
    if isinstance(stored, DateTime):
        return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S.%6f")
    if isinstance(stored, Date):
        return column.cast(pl.String)
    return column.cast(pl.Int64) if isinstance(stored, Boolean) else column


def _executemany(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    _send(connection, _order(connection, table, frame.columns, "?"), frame)


def _order(connection: Connection, table: Table, columns: Sequence[str], hole: str) -> str:
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    holes = ", ".join(hole for _ in columns)
    return f"insert into {quote(table.name)} ({names}) values ({holes})"  # noqa: S608


def _send(connection: Connection, order: str, frame: pl.DataFrame) -> None:
    for part in frame.iter_slices(BATCH * 10):
        connection.exec_driver_sql(order, part.rows())


def _copy(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Send the rows by PostgreSQL's own way for many."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in frame.columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(
        f"copy {quote(table.name)} ({names}) from stdin"
    ) as copy:  # fmt: skip
        for row in frame.iter_rows():
            copy.write_row(row)


def _common(tx: Tx, table: Table) -> dict[str, Any]:
    """Return the columns that every row shares: its firm, and who made it when."""
    made = {"created_at": tx.ctx.now, "created_by": tx.ctx.user_id}
    touched = {"updated_at": tx.ctx.now, "updated_by": tx.ctx.user_id}
    known = {"firm_id": tx.ctx.firm_id, "version": 1, **made, **touched}
    return {name: value for name, value in known.items() if name in table.c}


def _defaults(table: Table) -> dict[str, Any]:
    """Return what the columns hold when nobody says."""
    plain = ((c.name, c.default) for c in table.c)
    return {name: default.arg for name, default in plain if default and default.is_scalar}  # type: ignore[attr-defined]


def _reserve(session: Session, table: Table, count: int) -> Sequence[int]:
    """Return `count` fresh ids; a writer holds the lock, so nobody else takes them."""
    if session.connection().dialect.name == "postgresql":
        query = text(
            "select nextval(pg_get_serial_sequence(:name, 'id')) from generate_series(1, :n)"
        )
        found = session.connection().execute(query, {"name": table.name, "n": count})
        return [int(row[0]) for row in found]
    query = text(f"select coalesce(max(id), 0) from {table.name}")  # noqa: S608
    first = int(session.connection().execute(query).scalar_one()) + 1
    return range(first, first + count)
