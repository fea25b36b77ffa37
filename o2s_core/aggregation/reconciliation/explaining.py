"""How is a break explained by a corporate action? Shown before, written, and taken back."""

from decimal import Decimal

import polars as pl
from sqlmodel import Session, select

from o2s_core import store
from o2s_core.aggregation.models import Break
from o2s_core.aggregation.reconciliation.keeping import reconcile
from o2s_core.aggregation.reconciliation.listing import account_of, one_break
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.corporate_actions import (
    CorporateAction,
    corporate_action_legs,
    record_corporate_action,
    undo_corporate_action,
)


def proposed_action(ctx: Context, break_id: int) -> CorporateAction | None:
    """Return the corporate action that would explain a break of units, None when none would."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        row = one_break(session, ctx, break_id)
        other = _other_side(session, row)
    if row.code != "V03" or row.proposal in {"", "movement", "transfer"}:
        return None
    old, new = (row, other) if (row.expected or 0) > 0 else (other, row)
    if row.proposal in {"split", "free_shares"}:
        old = new = row
    if old is None or new is None or old.instrument_id is None:
        return None
    return CorporateAction(
        row.proposal,
        row.as_of,
        old.instrument_id,
        old.expected or Decimal(0),
        new.reported or Decimal(0),
        None if new is old else new.instrument_id,
    )


def _other_side(session: Session, row: Break) -> Break | None:
    return session.exec(
        select(Break).where(
            Break.firm_id == row.firm_id,
            Break.account_id == row.account_id,
            Break.code == row.code,
            Break.instrument_id == row.other_instrument_id,
            Break.state != "closed",
        )
    ).first()


def action_legs(ctx: Context, break_id: int, action: CorporateAction) -> pl.DataFrame:
    """Return what an action would write to explain a break (schema `portfolio.LEGS`)."""
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        row = one_break(session, ctx, break_id)
    return corporate_action_legs(ctx, account_of(row), action)


def explain_by_action(ctx: Context, break_id: int, action: CorporateAction) -> str:
    """Write the corporate action that explains a break; return its reference.

    The figures are compared again at once: a break that it explains closes by itself.

    Raises
    ------
    InvalidInputError
        The action is not between the two figures, or the break is gone.
    """
    ctx.require(Permission.BREAK_DECIDE)
    with store.tx(ctx) as tx:
        row = one_break(tx.session, ctx, break_id)
        if row.state == "closed":
            raise InvalidInputError("Cet écart a disparu de lui-même : il n'y a rien à expliquer.")
        if not (row.since is None or row.since < action.on <= row.as_of):
            raise InvalidInputError("La date doit tomber entre les deux situations comparées.")
        key = f"break-{break_id}-{action.kind}-{action.on}-{ctx.now:%Y%m%d%H%M%S%f}"
        reference = record_corporate_action(ctx, account_of(row), action, key=key)
        for side in (row, _other_side(tx.session, row)):
            if side is not None:
                side.action = reference
                side.decided_at, side.decided_by = ctx.now, ctx.user_id
        tx.session.flush()
        reconcile(tx, [account_of(row)])
        tx.audit("explain", "break", break_id, after={"action": reference})
        tx.touch("aggregation")
    return reference


def undo_action(ctx: Context, break_id: int) -> None:
    """Take back the corporate action by which a break was explained; it opens again."""
    ctx.require(Permission.BREAK_DECIDE)
    with store.tx(ctx) as tx:
        row = one_break(tx.session, ctx, break_id)
        if not row.action:
            raise InvalidInputError("Aucune opération sur titres n'explique cet écart.")
        undo_corporate_action(ctx, account_of(row), row.action)
        for side in tx.session.exec(
            select(Break).where(Break.firm_id == ctx.firm_id, Break.action == row.action)
        ):
            side.action = ""
        tx.session.flush()
        reconcile(tx, [account_of(row)])
        tx.audit("undo", "break", break_id)
        tx.touch("aggregation")
