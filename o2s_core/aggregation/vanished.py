"""Which accounts does a complete feed no longer speak of? Told, never closed by silence."""

from typing import Any

from sqlmodel import Session, col, select

from o2s_core.aggregation.feed.catalogue import FeedSpec
from o2s_core.aggregation.models import Delivery, DeliveryAccount
from o2s_core.aggregation.statement import Statement
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import NBSP
from o2s_core.kernel.identifiers import compact


def vanished(
    session: Session, ctx: Context, delivery: Delivery, statement: Statement, feed: FeedSpec
) -> list[dict[str, Any]]:
    """Return one warning per account of the last complete file that this one leaves out.

    Their last situation stays: an account is closed by somebody, never by silence.
    When more of them are gone than the feed lets go, one more says so (V05).
    """
    if statement.completeness != "full_snapshot" or feed.id is None:
        return []
    before = _last_complete(session, ctx, delivery, feed.id)
    present = {compact(number) for number in statement.accounts["external_id"]}
    gone = sorted(number for number in before if compact(number) not in present)
    told = [_anomaly(number) for number in gone]
    if before and len(gone) > feed.tolerances.accounts_drop * len(before):
        told.append(_drop(len(gone), len(before)))
    return told


def _last_complete(session: Session, ctx: Context, delivery: Delivery, feed_id: int) -> set[str]:
    last = session.exec(
        select(Delivery.id)
        .where(
            Delivery.firm_id == ctx.firm_id,
            Delivery.feed_id == feed_id,
            Delivery.id != delivery.id,
            col(Delivery.state).in_(("committed", "partly_committed", "superseded")),
        )
        .order_by(col(Delivery.as_of).desc(), col(Delivery.id).desc())
    ).first()
    rows = session.exec(
        select(DeliveryAccount.external_id).where(
            DeliveryAccount.firm_id == ctx.firm_id,
            DeliveryAccount.delivery_id == last,
            col(DeliveryAccount.state).in_(("committed", "unchanged")),
        )
    )
    return set(rows)


def _anomaly(number: str) -> dict[str, Any]:
    return {
        "external_id": "",
        "code": "A-DISPARU",
        "severity": "warning",
        "locator": "",
        "field": "account",
        "raw": number,
        "message": f"Le compte «{NBSP}{number}{NBSP}» n'est plus dans le fichier, qui devrait être "
        "complet : vérifiez s'il est clôturé. Sa dernière situation est gardée.",
    }


def _drop(gone: int, before: int) -> dict[str, Any]:
    return {
        "external_id": "",
        "code": "V05",
        "severity": "warning",
        "locator": "",
        "field": "account",
        "raw": f"{gone}/{before}",
        "message": f"{gone} comptes sur {before} ne sont plus dans le fichier, qui devrait être "
        "complet : demandez au partenaire si l'envoi est entier, et annulez la livraison sinon.",
    }
