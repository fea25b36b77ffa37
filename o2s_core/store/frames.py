"""Tables of declared shape: from a query of the records, or checked at a border."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import polars as pl
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    Label,
    Select,
    String,
    cast,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from o2s_core.kernel.context import Context
from o2s_core.store.columns import Scaled, stored_type
from o2s_core.store.transactions import reading

#: Decimals of scale 8 in a frame, as records keep quantities, prices and amounts.
EXACT_FRAME: Final = pl.Decimal(38, 8)


def conform(frame: pl.DataFrame, schema: pl.Schema, *, source: str) -> pl.DataFrame:
    """Return the columns of `schema`, in its order and types; `source` is named when one is amiss.

    A column that is missing, or whose values would change with their type, is a
    defect of `source`, never repaired in silence.
    """
    missing = [name for name in schema.names() if name not in frame.columns]
    if missing:
        raise TypeError(f"{source}: no column {', '.join(missing)}")
    try:
        return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
    except pl.exceptions.PolarsError as error:
        raise TypeError(f"{source}: {error}") from error


def frame(
    ctx: Context,
    statement: Select[Any],
    schema: pl.Schema,
    bound: Mapping[str, Any] | None = None,
) -> pl.DataFrame:
    """Return the answer of a query as a frame, exact decimals included, without a loop in Python.

    The columns of the statement carry the names of `schema`; the caller has put
    the perimeter in the statement. `bound` gives the values of its parameters: the
    statement is then one that its caller built once, and is prepared once too.
    """
    with reading(ctx) as session:
        sqlite = session.get_bind().dialect.name == "sqlite"
        asked = (_prepared if bound is None else _kept)(statement, sqlite=sqlite)
        rows = session.connection().execute(asked.plain, bound or {}).cursor.fetchall()
    if not rows:
        return asked.nothing(schema)
    table = pl.DataFrame(rows, schema=asked.shape, orient="row")
    return conform(table.with_columns(asked.exact), schema, source="query")


@dataclass(slots=True)
class _Asked:
    """A query whose values come from the driver untouched, and how they are read."""

    plain: Any
    shape: pl.Schema
    exact: list[pl.Expr]
    empty: pl.DataFrame | None = None

    def nothing(self, schema: pl.Schema) -> pl.DataFrame:
        """Return the answer without a row; most readings of prices that wait have none."""
        if self.empty is None or self.empty.schema != schema:
            self.empty = schema.to_frame()
        return self.empty.clone()


def _prepared(statement: Select[Any], *, sqlite: bool) -> _Asked:
    columns = [_bare(column) for column in statement.selected_columns]
    raw = [_raw(column, kind, sqlite=sqlite).label(name) for name, column, kind in columns]
    return _Asked(
        # mypy knows no way to say "any number of columns" of a statement
        statement.with_only_columns(*raw, maintain_column_froms=True),
        pl.Schema({name: _read_as(kind, sqlite=sqlite) for name, _, kind in columns}),
        [_exact(name, kind, sqlite=sqlite) for name, _, kind in columns],
    )


_kept: Final = lru_cache(maxsize=256)(_prepared)


def _bare(column: Any) -> tuple[str, ColumnElement[Any], TypeEngine[Any]]:  # noqa: ANN401
    """Return the name, the expression and the type of a selected column."""
    element = column.element if isinstance(column, Label) else column
    return column.key or column.name, element, column.type


def _raw(column: ColumnElement[Any], kind: TypeEngine[Any], *, sqlite: bool) -> ColumnElement[Any]:
    """Return the expression whose value comes from the driver untouched."""
    if isinstance(kind, Scaled):
        return type_coerce(column, BigInteger) if sqlite else cast(_plain(column), BigInteger)
    if sqlite and isinstance(stored_type(kind), Date | DateTime):
        return type_coerce(column, String)
    if sqlite and isinstance(kind, Boolean):
        return type_coerce(column, Integer)
    return column


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, BigInteger)


def _read_as(kind: TypeEngine[Any], *, sqlite: bool) -> pl.DataType:
    """Return the type in which the driver's values arrive."""
    stored = stored_type(kind)
    if isinstance(stored, Date):
        return pl.String() if sqlite else pl.Date()
    if isinstance(stored, DateTime):
        return pl.String() if sqlite else pl.Datetime("us", "UTC")
    if isinstance(stored, Boolean):
        return pl.Int64() if sqlite else pl.Boolean()
    if isinstance(stored, Integer):
        return pl.Int64()
    return pl.Float64() if isinstance(stored, Float) else pl.String()


def _exact(name: str, kind: TypeEngine[Any], *, sqlite: bool) -> pl.Expr:
    """Return the column in the type that the record means."""
    column, stored = pl.col(name), stored_type(kind)
    if isinstance(kind, Scaled):
        return column.cast(pl.Decimal(38, kind.scale)) / 10**kind.scale
    if sqlite and isinstance(stored, Date):
        return column.str.to_date("%Y-%m-%d")
    if sqlite and isinstance(stored, DateTime):
        return column.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC")
    return column.cast(pl.Boolean) if isinstance(stored, Boolean) else column
