"""What the records say that a client sees, as one value to compare before and after."""

from sqlmodel import select

from o2s_core import store
from o2s_core.portfolio.models import Movement, Situation, SituationLine


def facts(ctx) -> tuple:
    """Every active situation with its lines and every posted movement, whoever brought them."""
    with store.reading(ctx) as session:
        situations = session.exec(select(Situation).where(Situation.state == "active")).all()
        lines = session.exec(select(SituationLine)).all()
        moves = session.exec(select(Movement).where(Movement.state == "posted")).all()
    mine = {row.id: [] for row in situations}
    for line in lines:
        if line.situation_id in mine:
            mine[line.situation_id].append(
                (line.instrument_id, line.quantity, line.price, line.value, line.currency)
            )
    held = sorted(
        (s.account_id, s.as_of, s.reported_total, tuple(sorted(mine[s.id], key=repr)))
        for s in situations
    )
    moved = sorted(
        (m.account_id, m.trade_on, m.kind, m.key, m.ordinal, m.net, m.quantity) for m in moves
    )
    return held, moved
