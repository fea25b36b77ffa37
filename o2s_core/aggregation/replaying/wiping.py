"""What is taken away before a replay: all that files brought; what people decided stays."""

from datetime import date
from typing import Final

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.models import Delivery, DeliveryAccount, DeliveryEvent
from o2s_core.aggregation.replaying.course import DONE
from o2s_core.portfolio.models import Movement, Situation, SituationLine
from o2s_core.portfolio.projections import mark

#: Deliveries that somebody is still working at: they go on where they are.
UNDER_WAY: Final = ("received", "read", "checked", "matched", "staged")
#: The day on which typed situations wait for their turn: no real one has it.
ASIDE: Final = date(1, 1, 1)


def wipe(tx: store.Tx, delivery_ids: list[int]) -> dict[int, date]:
    """Take away situations and movements of files, and put the deliveries back to unread.

    Returns the day of each typed situation that was set aside until its turn.
    """
    _mark(tx)
    firm = tx.ctx.firm_id
    brought = select(Situation.id).where(
        Situation.firm_id == firm, col(Situation.delivery_id).is_not(None)
    )
    run = tx.session.connection().execute
    run(
        delete(SituationLine).where(
            col(SituationLine.firm_id) == firm, col(SituationLine.situation_id).in_(brought)
        )
    )
    for model in (Situation, Movement):
        run(
            delete(model).where(
                col(model.firm_id) == firm,
                col(model.delivery_id).is_not(None),
            )
        )
    days = _set_aside(tx)
    _unread(tx, delivery_ids)
    tx.session.expire_all()
    tx.touch("portfolio")
    tx.touch("aggregation")
    return days


def _mark(tx: store.Tx) -> None:
    """Have the published copies of every account made again."""
    ids: set[int] = set()
    for model in (Situation, Movement):
        ids |= set(
            tx.session.exec(
                select(model.account_id).where(model.firm_id == tx.ctx.firm_id).distinct()
            )
        )
    mark(tx, ids)


def _set_aside(tx: store.Tx) -> dict[int, date]:
    """Hide the typed situations until their turn comes; their numbers stay theirs."""
    typed = (
        col(Situation.firm_id) == tx.ctx.firm_id,
        col(Situation.delivery_id).is_(None),
        col(Situation.state) != "cancelled",
    )
    days = tx.session.exec(select(col(Situation.id), col(Situation.as_of)).where(*typed)).all()
    tx.session.connection().execute(
        update(Situation)
        .where(*typed)
        .values(state="aside", as_of=ASIDE, revision=col(Situation.id))
    )
    return {id_ or 0: day for id_, day in days}


def _unread(tx: store.Tx, delivery_ids: list[int]) -> None:
    firm = tx.ctx.firm_id
    run = tx.session.connection().execute
    mine = col(DeliveryEvent.delivery_id).in_(delivery_ids)
    run(delete(DeliveryEvent).where(col(DeliveryEvent.firm_id) == firm, mine))
    run(
        update(DeliveryAccount)
        .where(col(DeliveryAccount.firm_id) == firm, col(DeliveryAccount.state).in_(DONE))
        .values(
            state="quarantined", committed_in=func.coalesce(col(DeliveryAccount.committed_in), 0)
        )
    )
    counts = ("situations_new", "situations_unchanged", "movements_new", "movements_duplicate")
    run(
        update(Delivery)
        .where(
            col(Delivery.firm_id) == firm,
            col(Delivery.id).in_(delivery_ids),
            col(Delivery.state).not_in(UNDER_WAY),
        )
        .values(state="received", **dict.fromkeys(counts, 0))
    )
