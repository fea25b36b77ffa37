"""Whose clients a user may see, as a set of advisers and as a condition of a query."""

from typing import Any

from sqlalchemy import ColumnElement, false, true
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
    return col(adviser_id).in_(sorted(ctx.perimeter.adviser_ids))
