"""Which figures of a line are corrected by hand on a day? Read over what its source said."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from o2s_core.kernel.context import Context
from o2s_core.portfolio.models import PositionOverride
from o2s_core.portfolio.positions import BY_VALUE, Position

Corrections = Mapping[tuple[int, int], tuple[PositionOverride, ...]]


def corrections_of(session: Session, ctx: Context, account_ids: Collection[int]) -> Corrections:
    """Return the corrections that nobody ended, by account and support, whatever their days."""
    found: dict[tuple[int, int], tuple[PositionOverride, ...]] = {}
    wanted = set(account_ids)
    for row in session.scalars(_STANDING, {"firm_id": ctx.firm_id}):
        if row.account_id in wanted:
            key = (row.account_id, row.instrument_id)
            found[key] = (*found.get(key, ()), row)
    return found


_STANDING: Final = (
    select(PositionOverride)
    .where(
        col(PositionOverride.firm_id) == bindparam("firm_id"),
        col(PositionOverride.ended_at).is_(None),
    )
    .order_by(col(PositionOverride.id))
)


def corrections_on(
    session: Session, ctx: Context, account_ids: Collection[int], on: date
) -> Corrections:
    """Return the corrections in force on a day, by account and support."""
    made = corrections_of(session, ctx, account_ids)
    return {key: tuple(r for r in rows if _holds(r, on)) for key, rows in made.items()}


def _holds(row: PositionOverride, on: date) -> bool:
    return row.since <= on and (row.until is None or row.until >= on)


def corrected_over(
    position: Position, start: date, end: date, made: Corrections
) -> Iterator[tuple[date, date, Position]]:
    """Yield a line over its days, from one correction to the next; `end` is not included."""
    mine = made.get((position.account_id, position.instrument_id or 0), ())
    if not mine:
        yield start, end, position
        return
    days = {row.since for row in mine}
    days |= {row.until + timedelta(days=1) for row in mine if row.until}
    cuts = [start, *sorted(day for day in days if start < day < end)]
    for day, until in zip(cuts, [*cuts[1:], end], strict=True):
        now = {(position.account_id, position.instrument_id or 0):
               tuple(row for row in mine if _holds(row, day))}  # fmt: skip
        yield day, until, corrected(position, now)


def corrected(position: Position, corrections: Corrections) -> Position:
    """Return a line with the figures that somebody corrected; `told` keeps what its source said.

    A corrected quantity or price makes the worth: quantity × price. A corrected
    price stands whatever the market's, until the correction ends.
    """
    mine = corrections.get((position.account_id, position.instrument_id or 0), ())
    if not mine:
        return position
    changes: dict[str, Any] = {
        row.field: row.text if row.field == "label" else row.value for row in mine
    }
    if {"price", "quantity"} & set(changes):
        changes["value"] = position.value if position.instrument_kind in BY_VALUE else None
    if "price" in changes:
        changes["price_on"] = next(row.since for row in mine if row.field == "price")
    fields = tuple(sorted({row.field for row in mine}))
    return replace(position, **changes, corrected=fields, told=position)
