"""What became of each cause? Told once, closed by itself when the cause is gone."""

from typing import Any

from sqlmodel import col, select

from o2s_core import store
from o2s_core.aggregation.incidents.causes import Cause, causes
from o2s_core.aggregation.models import TechnicalAlert
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission


def follow_alerts(ctx: Context) -> dict[str, int]:
    """Open an alert for each new cause, close those whose cause is gone; return how many.

    One that was taken or dismissed stays so while its cause lasts; when the cause
    comes back after a closing, it is told again.
    """
    ctx.require(Permission.FEED_WRITE)
    with store.tx(ctx) as tx:
        live = {
            row.live_key: row
            for row in tx.session.exec(
                select(TechnicalAlert).where(
                    TechnicalAlert.firm_id == ctx.firm_id,
                    col(TechnicalAlert.live_key).is_not(None),
                )
            )
        }
        now = {cause.key: cause for cause in causes(tx.session, ctx)}
        gone = [row for key, row in live.items() if key not in now]
        for row in gone:
            row.state, row.live_key, row.closed_at = "closed", None, ctx.now
            tx.add(row)
        tx.session.flush()
        for key, cause in now.items():
            _told(tx, live.get(key), cause)
        fresh = [key for key in now if key not in live]
        if fresh or gone:
            said = {"opened": len(fresh), "closed": len(gone)}
            tx.audit("follow", "technical_alert", None, after=said)
            tx.touch("aggregation")
        return {"opened": len(fresh), "closed": len(gone)}


def _told(tx: store.Tx, row: TechnicalAlert | None, cause: Cause) -> None:
    """Open an alert, or bring what it says up to date."""
    said: dict[str, Any] = {
        "message": cause.message,
        "feed_id": cause.feed_id,
        "delivery_id": cause.delivery_id,
        "account_id": cause.account_id,
        "owner_id": cause.owner_id,
    }
    if row is None:
        row = TechnicalAlert(
            firm_id=tx.ctx.firm_id, code=cause.code, subject=cause.subject, live_key=cause.key,
            since=tx.ctx.now, **said,
        )  # fmt: skip
        tx.add(row)
        return
    for name, value in said.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
