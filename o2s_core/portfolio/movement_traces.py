"""Who typed a movement, when and why, and who took it back? [Origine du chiffre]."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.held_accounts import account_rows
from o2s_core.portfolio.models import Movement, MovementReason
from o2s_core.portfolio.movement_forms import GIVEN_UP, PAID, MovementForm


@dataclass(frozen=True, slots=True)
class MovementTrace:
    """What is known of a movement that somebody typed."""

    movement_id: int
    account_id: int
    form: MovementForm  #: as typed: without signs
    author: str
    recorded_at: datetime
    reason: str  #: of a correction, else empty
    standing: bool  #: nobody took it back
    reversed_by: str = ""
    reversed_at: datetime | None = None
    reversed_why: str = ""


def movement_trace(ctx: Context, movement_id: int) -> MovementTrace:
    """Return who typed a movement, why, and what became of it; a counter-entry tells its origin.

    Raises
    ------
    NotFoundError
        Nobody typed it, or it is of no account of the perimeter.
    """
    ctx.require(Permission.MOVEMENT_READ)
    with store.reading(ctx) as session:
        row = visible_movement(session, ctx, movement_id)
        if row.reverses_id is not None:
            row = visible_movement(session, ctx, row.reverses_id)
        if row.source != "manual":
            raise NotFoundError("Mouvement", movement_id)
        counter = session.exec(
            select(Movement).where(Movement.firm_id == ctx.firm_id, Movement.reverses_id == row.id)
        ).first()
        told = _told(session, ctx, [row.id or 0, (counter.id if counter else 0) or 0])
    said = told.get(row.id or 0)
    undone = told.get((counter.id if counter else 0) or 0)
    return MovementTrace(
        movement_id=row.id or 0,
        account_id=row.account_id,
        form=_typed(row),
        author=said.author if said else "",
        recorded_at=row.recorded_at,
        reason=said.reason if said else "",
        standing=row.state == "posted",
        reversed_by=undone.author if undone else "",
        reversed_at=counter.recorded_at if counter else None,
        reversed_why=undone.reason if undone else "",
    )


def visible_movement(
    session: Session, ctx: Context, movement_id: int, *, writing: bool = False
) -> Movement:
    """Return a movement of an account of the perimeter; another's is as if it did not exist.

    `writing` keeps it for who is about to change it: a second one waits.
    """
    query = select(Movement).where(Movement.firm_id == ctx.firm_id, Movement.id == movement_id)
    row = session.exec(query.with_for_update() if writing else query).first()
    if row is None or not account_rows(session, ctx, [row.account_id]):
        raise NotFoundError("Mouvement", movement_id)
    return row


def _told(session: Session, ctx: Context, ids: list[int]) -> dict[int, MovementReason]:
    query = select(MovementReason).where(
        MovementReason.firm_id == ctx.firm_id, col(MovementReason.movement_id).in_(ids)
    )
    return {row.movement_id: row for row in session.exec(query).all()}


def _typed(row: Movement) -> MovementForm:
    """Return a movement as it was typed: the nature says which way it goes."""
    amount = -row.net if row.net is not None and row.kind in PAID else row.net
    out = row.quantity is not None and row.kind in GIVEN_UP
    return MovementForm(
        kind=row.kind,
        trade_on=row.trade_on,
        amount=amount,
        instrument_id=row.instrument_id,
        quantity=-row.quantity if out and row.quantity is not None else row.quantity,
        price=row.price,
        fees=row.fees,
        taxes=row.taxes,
        value_on=row.value_on,
        label=row.label,
    )
