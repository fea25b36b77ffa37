"""How does a delivery go from one state to the next? Each step is written."""

from o2s_core import store
from o2s_core.aggregation.models import Delivery, DeliveryStep


def note(tx: store.Tx, delivery: Delivery, *states: str) -> None:
    """Move a delivery through some states, each written with its author and its instant."""
    for state in states:
        delivery.state = state
        tx.add(
            DeliveryStep(
                firm_id=tx.ctx.firm_id,
                delivery_id=delivery.id or 0,
                state=state,
                at=tx.ctx.now,
                actor=tx.ctx.actor,
            )
        )
    tx.touch("aggregation")
