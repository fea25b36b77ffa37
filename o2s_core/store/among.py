"""How a query is narrowed to many values at once: one parameter, whatever their number."""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, String, cast, column, false, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from o2s_core.kernel.context import Context
from o2s_core.store.engine import is_sqlite


def among(ctx: Context, field: Any, values: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:  # noqa: ANN401
    """Return the condition that a column of integers or of texts has one of some values.

    For thousands of values, where a list of parameters is slow or refused.
    """
    wanted: list[Any] = sorted(set(values))
    if is_sqlite(ctx):
        rows = func.json_each(orjson.dumps(wanted).decode()).table_valued(column("value"))
        return field.in_(select(rows.c.value))
    if not wanted:
        return false()
    kind: Any = String() if isinstance(wanted[0], str) else BigInteger()
    return field == func.any(cast(wanted, ARRAY(kind)))
