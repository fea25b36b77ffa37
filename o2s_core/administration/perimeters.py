"""Whose clients a user may see, as a set of advisers and as a condition of a query."""

from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import col

from o2s_core.kernel.context import Context


def inside(ctx: Context, adviser_id: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Return the condition that a stored `adviser_id` lies in the user's perimeter.

    Every query about clients starts with it. A row without adviser is seen by
    those who see everybody.
    """
    if ctx.perimeter.everyone:
        return true()
    if not ctx.perimeter.adviser_ids:
        return false()
    column: InstrumentedAttribute[int] = col(adviser_id)
    return column.in_(sorted(ctx.perimeter.adviser_ids))
