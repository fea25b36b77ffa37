"""What is done with a break? Given to somebody, explained, or accepted with a reason."""

from o2s_core import administration, store
from o2s_core.aggregation.models import Break
from o2s_core.aggregation.reconciliation.listing import one_break
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission


def assign(ctx: Context, break_id: int, adviser_id: int) -> None:
    """Give a break to an adviser of the perimeter."""
    ctx.require(Permission.BREAK_DECIDE)
    if adviser_id not in {adviser.id for adviser in administration.advisers(ctx)}:
        raise InvalidInputError("Choisissez un conseiller de votre périmètre.")
    with store.tx(ctx) as tx:
        row = _standing(tx, break_id)
        before, row.owner_id = row.owner_id, adviser_id
        tx.audit("assign", "break", break_id, before={"owner": before}, after={"owner": adviser_id})
        tx.touch("aggregation")


def explain(ctx: Context, break_id: int, reason: str) -> None:
    """Say where a break comes from; it stays listed until the figures agree."""
    ctx.require(Permission.BREAK_DECIDE)
    _decide(ctx, break_id, "explained", reason)


def accept_break(ctx: Context, break_id: int, reason: str) -> None:
    """Live with a break, for a reason; it opens again if its figures change."""
    ctx.require(Permission.BREAK_DECIDE)
    _decide(ctx, break_id, "accepted", reason)


def _decide(ctx: Context, break_id: int, state: str, reason: str) -> None:
    if not reason.strip():
        raise InvalidInputError("Veuillez renseigner : Motif.")
    with store.tx(ctx) as tx:
        row = _standing(tx, break_id)
        before = row.state
        row.state, row.reason = state, reason.strip()
        row.decided_at, row.decided_by = ctx.now, ctx.user_id
        tx.audit(state, "break", break_id, before={"state": before}, after={"state": state})
        tx.touch("aggregation")


def _standing(tx: store.Tx, break_id: int) -> Break:
    row = one_break(tx.session, tx.ctx, break_id)
    if row.state == "closed":
        raise InvalidInputError("Cet écart a disparu de lui-même : il n'y a plus rien à décider.")
    return row
