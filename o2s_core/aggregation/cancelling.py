"""How is a delivery taken back? As if it had never come; everything stays readable."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.carried_prices import give_back_carried
from o2s_core.aggregation.chronicle import happened
from o2s_core.aggregation.committing import statement_of
from o2s_core.aggregation.exclusion import take_import_turn
from o2s_core.aggregation.models import Delivery, DeliveryAccount
from o2s_core.aggregation.packing import only
from o2s_core.aggregation.price_deliveries import give_back_listed
from o2s_core.aggregation.received import one_delivery_inside
from o2s_core.aggregation.reconciliation.keeping import reconcile_delivery
from o2s_core.aggregation.recording import record
from o2s_core.aggregation.scoping import require_answerable
from o2s_core.aggregation.steps import note
from o2s_core.aggregation.superseding import mark_superseded
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.funds.recording import withdraw_funds
from o2s_core.portfolio.cancelling import Cancelled, cancel_delivery


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking back a delivery undid."""

    situations: int
    movements: int
    accounts: int
    funds: int = 0  #: reports about supports


def cancel(ctx: Context, delivery_id: int, reason: str) -> Taken:
    """Take back a delivery: its facts go, what they replaced returns.

    Where another delivery said the same and was counted as known already, it
    becomes the origin. Accounts, contacts and links that were decided meanwhile
    stay. The same file may then be received again.
    """
    ctx.require(Permission.FEED_CANCEL)
    if not reason.strip():
        raise InvalidInputError("Veuillez renseigner : Motif.")
    with store.tx(ctx) as tx:
        take_import_turn(tx)
        delivery = one_delivery_inside(tx.session, ctx, delivery_id)
        _require_standing(delivery)
        require_answerable(tx.session, ctx, delivery_id)
        funds = withdraw_funds(tx, delivery_id)
        undone = take_back(tx, delivery, f"Annulée : {reason.strip()}")
        give_back_carried(tx, delivery_id)
        give_back_listed(tx, delivery)
        reconcile_delivery(tx, delivery_id, undone.account_ids)
        said = {"situations": undone.situations, "movements": undone.movements}
        said |= {"supports": funds} if funds else {}
        tx.audit("cancel", "delivery", delivery_id, after=said)
    return Taken(undone.situations, undone.movements, len(undone.account_ids), funds)


def take_back(tx: store.Tx, delivery: Delivery, message: str) -> Cancelled:
    """Undo what a delivery brought to accounts, inside the open write; what others said stands."""
    undone = cancel_delivery(tx, delivery.id or 0)
    happened(tx, delivery, "cancelled")
    note(tx, delivery, "cancelled")
    delivery.cancelled_at, delivery.message = tx.ctx.now, message
    say_again(tx, undone)
    mark_superseded(tx, delivery.id or 0)
    return undone


def _require_standing(delivery: Delivery) -> None:
    if delivery.state in {"cancelled", "duplicate", "rejected"}:
        raise InvalidInputError(
            "Cette livraison n'a rien apporté : elle est déjà annulée, rejetée ou en double."
        )


def say_again(tx: store.Tx, undone: Cancelled) -> None:
    """Record again what other deliveries said of the accounts that lost something."""
    accounts = {account_id for account_id, _ in undone.gaps} | set(undone.emptied)
    if not accounts:
        return
    for delivery, rows in _others(tx.session, tx.ctx, accounts):
        statement = statement_of(tx.ctx, delivery)
        for provider_id in sorted({row.provider_id or 0 for row in rows}):
            some = [row for row in rows if (row.provider_id or 0) == provider_id]
            part = only(statement, [row.external_id for row in some])
            record(tx, delivery, some, provider_id, part, fill_only=True)


def _others(
    session: Session, ctx: Context, account_ids: Iterable[int]
) -> Sequence[tuple[Delivery, list[DeliveryAccount]]]:
    """Return the standing deliveries that spoke of some accounts, newest first."""
    rows = session.exec(
        select(DeliveryAccount, Delivery)
        .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            col(DeliveryAccount.account_id).in_(list(account_ids)),
            col(DeliveryAccount.state).in_(("committed", "unchanged")),
            col(Delivery.state).in_(("committed", "partly_committed", "superseded")),
        )
        .order_by(col(Delivery.id).desc(), col(DeliveryAccount.id))
    ).all()
    found: dict[int, tuple[Delivery, list[DeliveryAccount]]] = {}
    for row, delivery in rows:
        found.setdefault(delivery.id or 0, (delivery, []))[1].append(row)
    return list(found.values())
