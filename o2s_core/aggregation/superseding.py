"""Which deliveries no longer hold any figure? Replaced by newer files, and back if these go."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.steps import note
from o2s_core.kernel.context import Context
from o2s_core.market.funds.recording import deliveries_alike
from o2s_core.market.models import FundReport
from o2s_core.portfolio.models import Movement, Situation


def mark_superseded(tx: store.Tx, delivery_id: int) -> None:
    """Say of the deliveries that a new one corrected whether they still hold a figure."""
    for other in _touched(tx.session, tx.ctx, delivery_id):
        holds = _holds(tx.session, tx.ctx, other.id or 0)
        if other.state == "committed" and not holds:
            note(tx, other, "superseded")
        elif other.state == "superseded" and holds:
            note(tx, other, "committed")


def is_superseded(session: Session, ctx: Context, delivery: Delivery, state: str) -> bool:
    """Return whether a delivery that is settled holds nothing any more, others having spoken."""
    if state != "committed" or _holds(session, ctx, delivery.id or 0):
        return False
    return bool(_touched(session, ctx, delivery.id or 0))


def _touched(session: Session, ctx: Context, delivery_id: int) -> Sequence[Delivery]:
    """Return the other deliveries about the same accounts, or supports, on the same days."""
    mine = (
        select(col(Situation.account_id), col(Situation.as_of))
        .where(Situation.firm_id == ctx.firm_id, Situation.delivery_id == delivery_id)
        .subquery()
    )
    others = (
        select(col(Situation.delivery_id))
        .join(
            mine,
            (col(Situation.account_id) == mine.c.account_id)
            & (col(Situation.as_of) == mine.c.as_of),
        )
        .where(Situation.firm_id == ctx.firm_id, Situation.delivery_id != delivery_id)
    )
    query = select(Delivery).where(
        Delivery.firm_id == ctx.firm_id,
        col(Delivery.id).in_(others) | col(Delivery.id).in_(deliveries_alike(ctx, delivery_id)),
        col(Delivery.state).in_(("committed", "partly_committed", "superseded")),
    )
    return session.exec(query).all()


def _holds(session: Session, ctx: Context, delivery_id: int) -> bool:
    situation = select(Situation.id).where(
        Situation.firm_id == ctx.firm_id,
        Situation.delivery_id == delivery_id,
        Situation.state == "active",
    )
    movement = select(Movement.id).where(
        Movement.firm_id == ctx.firm_id,
        Movement.delivery_id == delivery_id,
        Movement.state == "posted",
    )
    report = select(FundReport.id).where(
        FundReport.firm_id == ctx.firm_id,
        FundReport.delivery_id == delivery_id,
        FundReport.state == "active",
    )
    return any(session.exec(query.limit(1)).first() for query in (situation, movement, report))
