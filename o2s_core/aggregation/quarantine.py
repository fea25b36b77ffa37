"""What is done with an account or a support that was stopped? Accepted, rejected, read again."""

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.archiving import turn
from o2s_core.aggregation.exclusion import alone
from o2s_core.aggregation.models import Anomaly, Delivery, DeliveryAccount, DeliveryFund, RawRow
from o2s_core.aggregation.received import one_delivery_inside
from o2s_core.aggregation.receiving import advance, finish
from o2s_core.aggregation.report import DeliveryReport
from o2s_core.aggregation.scoping import accounts_inside, require_answerable
from o2s_core.aggregation.steps import note
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission

PATIENCE = 120.0


def accept(ctx: Context, stopped_id: int, reason: str) -> DeliveryReport:
    """Commit an account in quarantine all the same; its anomalies keep who decided and why."""
    ctx.require(Permission.FEED_ACCEPT)
    return _decide(ctx, stopped_id, "staged", "accept", _given(reason))


def reject(ctx: Context, stopped_id: int, reason: str) -> DeliveryReport:
    """Leave an account of this delivery out; the next deliveries are looked at afresh."""
    ctx.require(Permission.FEED_ACCEPT)
    return _decide(ctx, stopped_id, "ignored", "reject", _given(reason))


def _given(reason: str) -> str:
    if not reason.strip():
        raise InvalidInputError("Veuillez renseigner : Motif.")
    return reason.strip()


def _decide(ctx: Context, stopped_id: int, state: str, action: str, reason: str) -> DeliveryReport:
    with store.reading(ctx) as session:
        delivery_id = _stopped(session, ctx, stopped_id).delivery_id
    with alone(ctx.place, f"attach-{ctx.firm_id}", wait=PATIENCE):
        with store.tx(ctx) as tx:
            row = _stopped(tx.session, ctx, stopped_id)
            row.state, row.reason = state, reason
            _close_anomalies(tx, row.delivery_id, row.external_id, reason)
            said = {"delivery": delivery_id, "account": row.account_id}
            tx.audit(action, "delivery_account", stopped_id, after=said)
            tx.touch("aggregation")
        return finish(ctx, delivery_id)


def accept_fund(ctx: Context, stopped_id: int, reason: str) -> DeliveryReport:
    """Commit a support in quarantine all the same; one without a right ISIN stays unidentified."""
    ctx.require(Permission.FEED_ACCEPT)
    return _decide_fund(ctx, stopped_id, "staged", "accept", _given(reason))


def reject_fund(ctx: Context, stopped_id: int, reason: str) -> DeliveryReport:
    """Leave a support of this delivery out; the next deliveries are looked at afresh."""
    ctx.require(Permission.FEED_ACCEPT)
    return _decide_fund(ctx, stopped_id, "ignored", "reject", _given(reason))


def _decide_fund(
    ctx: Context, stopped_id: int, state: str, action: str, reason: str
) -> DeliveryReport:
    with store.reading(ctx) as session:
        delivery_id = _stopped_fund(session, ctx, stopped_id).delivery_id
    with alone(ctx.place, f"attach-{ctx.firm_id}", wait=PATIENCE):
        with store.tx(ctx) as tx:
            row = _stopped_fund(tx.session, ctx, stopped_id)
            row.state, row.reason = state, reason
            _close_anomalies(tx, row.delivery_id, row.fund, reason)
            tx.audit(action, "delivery_fund", stopped_id, after={"delivery": delivery_id})
            tx.touch("aggregation")
        return finish(ctx, delivery_id)


def _stopped_fund(session: Session, ctx: Context, stopped_id: int) -> DeliveryFund:
    found = session.exec(
        select(DeliveryFund)
        .join(Delivery, col(Delivery.id) == col(DeliveryFund.delivery_id))
        .where(
            DeliveryFund.firm_id == ctx.firm_id,
            DeliveryFund.id == stopped_id,
            DeliveryFund.state == "quarantined",
            Delivery.state != "cancelled",
        )
    ).first()
    if found is None:
        raise NotFoundError("Support en quarantaine", stopped_id)
    return found


def _stopped(session: Session, ctx: Context, stopped_id: int) -> DeliveryAccount:
    found = session.exec(
        select(DeliveryAccount)
        .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            DeliveryAccount.id == stopped_id,
            DeliveryAccount.state == "quarantined",
            Delivery.state != "cancelled",
            accounts_inside(ctx),
        )
    ).first()
    if found is None:
        raise NotFoundError("Compte en quarantaine", stopped_id)
    return found


def _close_anomalies(tx: store.Tx, delivery_id: int, external_id: str, reason: str) -> None:
    open_ones = tx.session.exec(
        select(Anomaly).where(
            Anomaly.firm_id == tx.ctx.firm_id,
            Anomaly.delivery_id == delivery_id,
            Anomaly.external_id == external_id,
            col(Anomaly.decided_at).is_(None),
        )
    )
    for anomaly in open_ones:
        anomaly.decided_at, anomaly.decided_by = tx.ctx.now, tx.ctx.user_id
        anomaly.decision = reason


def retry(ctx: Context, delivery_id: int) -> DeliveryReport:
    """Read a delivery again from the archive: after a mapping or a code was put right.

    Only what waits is prepared again; what was committed stays as it is. A
    delivery that was rejected starts over.
    """
    ctx.require(Permission.FEED_RECEIVE)
    with store.reading(ctx) as session:
        found = one_delivery_inside(session, ctx, delivery_id)
        _require_retryable(session, ctx, found)
        require_answerable(session, ctx, delivery_id)
    with turn(ctx, found.sha256, wait=PATIENCE):
        with store.tx(ctx) as tx:
            row = one_delivery_inside(tx.session, ctx, delivery_id)
            _forget(tx, row)
            note(tx, row, "received")
            tx.audit("retry", "delivery", delivery_id)
        return advance(ctx, delivery_id)


def _require_retryable(session: Session, ctx: Context, found: Delivery) -> None:
    if found.state not in {"rejected", "quarantined"}:
        raise InvalidInputError(
            "Seule une livraison rejetée ou entièrement en attente se relit : annulez-la d'abord, "
            "puis recevez de nouveau le fichier."
        )
    for model, what in ((DeliveryAccount, "comptes"), (DeliveryFund, "supports")):
        done = select(col(model.id)).where(
            col(model.firm_id) == ctx.firm_id,
            col(model.delivery_id) == found.id,
            col(model.state).in_(("committed", "unchanged")),
        )
        if session.exec(done).first() is not None:
            raise InvalidInputError(
                f"Des {what} de cette livraison sont déjà validés : annulez-la."
            )


def _forget(tx: store.Tx, delivery: Delivery) -> None:
    """Take away what the reading before gave: rows, anomalies, accounts."""
    for model in (Anomaly, DeliveryAccount, DeliveryFund, RawRow):
        rows = tx.session.exec(
            select(model).where(
                col(model.firm_id) == tx.ctx.firm_id, col(model.delivery_id) == delivery.id
            )
        )
        for row in rows:
            tx.session.delete(row)
    tx.session.flush()
    delivery.message = ""
