"""In which order were deliveries read, committed and taken back? What a replay follows."""

from o2s_core import store
from o2s_core.aggregation.models import Delivery, DeliveryEvent


def happened(tx: store.Tx, delivery: Delivery, kind: str) -> int:
    """Write that a delivery was read, committed (in part) or cancelled; return the event."""
    row = DeliveryEvent(
        firm_id=tx.ctx.firm_id,
        delivery_id=delivery.id or 0,
        kind=kind,
        at=tx.ctx.now,
        user_id=tx.ctx.user_id,
    )
    tx.add(row)
    return row.id or 0
