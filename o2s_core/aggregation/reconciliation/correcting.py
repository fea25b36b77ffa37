"""What does a correction by hand do to the breaks it opened? It closes them at once."""

from sqlmodel import col, select

from o2s_core import portfolio, store
from o2s_core.aggregation.models import Break
from o2s_core.aggregation.reconciliation.finding import KEY
from o2s_core.aggregation.reconciliation.keeping import STANDING
from o2s_core.aggregation.reconciliation.overridden import override_breaks
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission


def correct_position(
    ctx: Context,
    account_id: int,
    instrument_id: int,
    form: portfolio.OverrideForm,
    *,
    key: str | None = None,
) -> int:
    """Put a figure in the place of the partner's on one line; return the correction.

    As `portfolio.override`. Typed anew, it is confirmed: its break (V08) closes.
    """
    ctx.require(Permission.POSITION_CORRECT)
    with store.tx(ctx) as tx:
        made = portfolio.override(ctx, account_id, instrument_id, form, key=key)
        close_settled(tx, account_id)
    return made


def end_correction(ctx: Context, override_id: int) -> None:
    """End a correction: the partner's figure is read again, its break closes.

    As `portfolio.end_override`.
    """
    ctx.require(Permission.POSITION_CORRECT)
    with store.tx(ctx) as tx:
        close_settled(tx, portfolio.end_override(ctx, override_id))


def close_settled(tx: store.Tx, account_id: int) -> None:
    """Close the breaks of an account that no correction in force is contradicted by any more."""
    tx.session.flush()
    left = set(override_breaks(tx.ctx, [account_id]).select(KEY).iter_rows())
    query = select(Break).where(
        Break.firm_id == tx.ctx.firm_id,
        Break.account_id == account_id,
        Break.code == "V08",
        col(Break.state).in_(STANDING),
    )
    for row in tx.session.exec(query):
        if tuple(getattr(row, name) for name in KEY) not in left:
            row.state, row.closed_on = "closed", tx.ctx.today
            tx.touch("aggregation")
