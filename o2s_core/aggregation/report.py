"""What became of a delivery? The same report for the page and for the command line."""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlmodel import Session, col, select

from o2s_core.aggregation.models import Anomaly, Delivery, DeliveryAccount, DeliveryFund, Feed
from o2s_core.aggregation.scoping import accounts_inside, anomalies_inside
from o2s_core.kernel.context import Context

#: State of a delivery -> how the screen says it.
DELIVERY_STATES: Final = {
    "received": "Reçue",
    "duplicate": "Doublon",
    "rejected": "Rejetée",
    "read": "Lue",
    "checked": "Contrôlée",
    "matched": "Rapprochée",
    "staged": "Préparée",
    "committed": "Validée",
    "partly_committed": "Validée en partie",
    "quarantined": "En quarantaine",
    "superseded": "Remplacée",
    "cancelled": "Annulée",
}
#: State of an account in a delivery -> how the screen says it.
ACCOUNT_STATES: Final = {
    "staged": "Préparé",
    "committed": "Validé",
    "unchanged": "Inchangé",
    "to_attach": "À rattacher",
    "quarantined": "En quarantaine",
    "ignored": "Ignoré",
}
SEVERITIES: Final = {"fatal": "Bloquante", "error": "Erreur", "warning": "Avertissement"}
#: States of a delivery that nothing more will change by itself.
FINAL: Final = frozenset(DELIVERY_STATES) - {"received", "read", "checked", "matched", "staged"}
COUNTS: Final = (
    "rows", "mapped", "ignored", "errors", "situations_new", "situations_unchanged",
    "movements_new", "movements_duplicate", "instruments_created",
)  # fmt: skip
#: Anomalies listed in a report.
LISTED: Final = 1_000


@dataclass(frozen=True, slots=True)
class AccountOutcome:
    """One account of a delivery: its number in the file, and what became of it."""

    external_id: str
    account_id: int | None
    state: str


@dataclass(frozen=True, slots=True)
class FundOutcome:
    """One support of a delivery: its code in the file, and what it became."""

    fund: str
    instrument_id: int | None
    state: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a file became: the answer to whoever sent it."""

    file: str
    feed: str | None
    state: str
    message: str = ""
    delivery_id: int | None = None  #: None when nothing was stored
    accounts: tuple[AccountOutcome, ...] = ()
    funds: tuple[FundOutcome, ...] = ()
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    anomalies: tuple[dict[str, str], ...] = ()

    @property
    def outcome(self) -> int:
        """Return 0 when all is done, 1 when a part waits or was refused, 2 when all was."""
        return {"rejected": 2, "partly_committed": 1, "quarantined": 1}.get(self.state, 0)

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "file": self.file,
            "feed": self.feed,
            "state": self.state,
            "accounts": [
                {"external_id": a.external_id, "account_id": a.account_id, "state": a.state}
                for a in self.accounts
            ],
            "funds": [
                {"fund": f.fund, "instrument_id": f.instrument_id, "state": f.state}
                for f in self.funds
            ],
            "counts": self.counts,
            "anomalies": list(self.anomalies),
            "message": self.message,
        }


def report_of(session: Session, ctx: Context, delivery: Delivery) -> DeliveryReport:
    """Return the report of a stored delivery."""
    source = delivery.duplicate_of or delivery.id
    duplicate = delivery.state == "duplicate"
    return DeliveryReport(
        file=delivery.file_name,
        feed=_feed_code(session, ctx, delivery),
        state=delivery.state,
        message=delivery.message,
        delivery_id=delivery.id,
        accounts=_accounts(session, ctx, source or 0, duplicate=duplicate),
        funds=_funds(session, ctx, source or 0, duplicate=duplicate),
        counts={name: getattr(delivery, name) for name in COUNTS},
        anomalies=() if duplicate else _anomalies(session, ctx, delivery),
    )


def _accounts(
    session: Session, ctx: Context, delivery_id: int, *, duplicate: bool
) -> tuple[AccountOutcome, ...]:
    session.flush()
    query = (
        select(DeliveryAccount.external_id, DeliveryAccount.account_id, DeliveryAccount.state)
        .where(
            DeliveryAccount.firm_id == ctx.firm_id,
            DeliveryAccount.delivery_id == delivery_id,
            accounts_inside(ctx),
        )
        .order_by(col(DeliveryAccount.id))
    )
    return tuple(
        AccountOutcome(
            number, account_id, "unchanged" if duplicate and state == "committed" else state
        )
        for number, account_id, state in session.exec(query)
    )


def _funds(
    session: Session, ctx: Context, delivery_id: int, *, duplicate: bool
) -> tuple[FundOutcome, ...]:
    query = select(DeliveryFund).where(
        DeliveryFund.firm_id == ctx.firm_id, DeliveryFund.delivery_id == delivery_id
    )
    rows = session.exec(query.order_by(col(DeliveryFund.id)).limit(LISTED)).all()
    return tuple(
        FundOutcome(
            row.fund,
            row.instrument_id,
            "unchanged" if duplicate and row.state == "committed" else row.state,
        )
        for row in rows
    )


def _feed_code(session: Session, ctx: Context, delivery: Delivery) -> str | None:
    if delivery.feed_id is None:
        return delivery.asked_feed or None
    query = select(Feed.code).where(Feed.firm_id == ctx.firm_id, Feed.id == delivery.feed_id)
    return session.exec(query).first()


def _anomalies(session: Session, ctx: Context, delivery: Delivery) -> tuple[dict[str, str], ...]:
    rows = session.exec(
        select(Anomaly)
        .where(
            Anomaly.firm_id == ctx.firm_id,
            Anomaly.delivery_id == delivery.id,
            anomalies_inside(ctx),
        )
        .order_by(col(Anomaly.id))
        .limit(LISTED)
    ).all()
    names = ("code", "severity", "locator", "field", "raw", "message")
    return tuple({name: getattr(row, name) for name in names} for row in rows)
