"""In which state does a delivery end? What is said of it, and compared with what was known."""

from collections.abc import Sequence
from typing import Final

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.fund_files.outcomes import fund_states, told_of_funds
from o2s_core.aggregation.models import Delivery, DeliveryAccount
from o2s_core.aggregation.price_deliveries import Listed
from o2s_core.aggregation.reconciliation.keeping import reconcile_delivery
from o2s_core.aggregation.report import FINAL
from o2s_core.aggregation.steps import note
from o2s_core.aggregation.superseding import is_superseded, mark_superseded
from o2s_core.kernel.context import Context

#: Accounts of a delivery whose figures are compared before it is told; beyond, the worker does.
COMPARED_AT_ONCE: Final = 2_000


def close(tx: store.Tx, delivery: Delivery, listed: Listed | None = None) -> None:
    """Give a delivery the state that its accounts, supports or prices are in."""
    accounts = _states(tx.session, tx.ctx, delivery.id or 0)
    funds = fund_states(tx.session, tx.ctx, delivery.id or 0)
    states = [*accounts, *funds]
    waiting = [s for s in states if s in {"to_attach", "quarantined"}]
    state = "committed"
    if waiting or (not states and delivery.errors):
        state = "quarantined" if len(waiting) == len(states) else "partly_committed"
    delivery.message = told_of_funds(funds) if funds else _told(accounts)
    if listed is not None and not states:
        state, delivery.message = listed.state, listed.message
    elif delivery.state in FINAL and not states:
        state = delivery.state
    if is_superseded(tx.session, tx.ctx, delivery, state):
        state = "superseded"
    if delivery.state != state:
        note(tx, delivery, state)
    mark_superseded(tx, delivery.id or 0)


def compare(tx: store.Tx, delivery_id: int) -> None:
    """Compare the figures of a delivery with what was known; of a large one, as background work."""
    accounts = accounts_of(tx.session, tx.ctx, delivery_id)
    if len(accounts) <= COMPARED_AT_ONCE:
        reconcile_delivery(tx, delivery_id, accounts)
    else:
        store.enqueue(tx.ctx, "aggregation.reconcile", {"delivery": delivery_id})


def accounts_of(session: Session, ctx: Context, delivery_id: int) -> set[int]:
    """Return the accounts of which a delivery gave figures."""
    query = select(DeliveryAccount.account_id).where(
        DeliveryAccount.firm_id == ctx.firm_id,
        DeliveryAccount.delivery_id == delivery_id,
        col(DeliveryAccount.state).in_(("committed", "unchanged")),
    )
    return {id_ for id_ in session.exec(query) if id_ is not None}


def _states(session: Session, ctx: Context, delivery_id: int) -> Sequence[str]:
    query = select(DeliveryAccount.state).where(
        DeliveryAccount.firm_id == ctx.firm_id, DeliveryAccount.delivery_id == delivery_id
    )
    return session.exec(query).all()


def _told(states: Sequence[str]) -> str:
    """Return in one sentence what became of the accounts."""
    names = {
        "committed": ("validé", "validés"),
        "unchanged": ("inchangé", "inchangés"),
        "to_attach": ("à rattacher", "à rattacher"),
        "quarantined": ("en quarantaine", "en quarantaine"),
        "ignored": ("ignoré", "ignorés"),
    }
    counts = {state: states.count(state) for state in names}
    parts = [f"{n} {names[s][n > 1]}" for s, n in counts.items() if n]
    return f"Comptes : {', '.join(parts)}." if parts else "Aucun compte dans ce fichier."
