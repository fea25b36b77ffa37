"""To whom does an unknown account go? Attached, opened, or ignored for good (À rattacher)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation.account_links import link
from o2s_core.aggregation.account_opening import AccountWishes, open_account
from o2s_core.aggregation.committing import statement_of
from o2s_core.aggregation.controls import HARMLESS, STOPPING
from o2s_core.aggregation.exclusion import alone, take_import_turn
from o2s_core.aggregation.models import Anomaly, Delivery, DeliveryAccount, Feed
from o2s_core.aggregation.proposals import Proposal, clues, proposals
from o2s_core.aggregation.received import one_delivery_inside
from o2s_core.aggregation.report import DeliveryReport
from o2s_core.aggregation.scoping import accounts_inside
from o2s_core.aggregation.statement import Statement
from o2s_core.contacts.advisers import adviser_names
from o2s_core.contacts.card import contact_by_id
from o2s_core.contacts.creation import add_contact
from o2s_core.contacts.identity import ContactForm
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.identifiers import compact
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Provider
from o2s_core.portfolio.accounts import account as account_card

#: One row per account that waits for somebody to say whose it is.
TO_ATTACH: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "delivery_id": pl.Int64(),
        "file_name": pl.String(),
        "received_at": pl.Datetime("us", "UTC"),
        "partner": pl.String(),
        "external_id": pl.String(),
        "label": pl.String(),
        "holder": pl.String(),
        "envelope": pl.String(),
        "as_of": pl.Date(),
        "total": pl.Decimal(38, 8),
        "currency": pl.String(),
        "lines": pl.Int64(),
        "movements": pl.Int64(),
        "broker_code": pl.String(),
    }
)
PATIENCE: Final = 120.0
#: Deliveries whose accounts no longer wait.
OVER: Final = ("cancelled", "rejected", "duplicate")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An account to attach, with what the file says of its holder and whose it could be."""

    id: int
    delivery_id: int
    external_id: str
    label: str
    holder: str
    envelope: str
    person: ContactForm  #: a contact as the file announces it, to complete
    proposals: tuple[Proposal, ...]


def accounts_to_attach(ctx: Context) -> pl.DataFrame:
    """Return the accounts that no one has claimed yet, newest first.

    Returns
    -------
    pl.DataFrame
        Schema `TO_ATTACH`.
    """
    ctx.require(Permission.FEED_ATTACH)
    with store.reading(ctx) as session:
        rows = session.exec(
            select(DeliveryAccount, Delivery, Provider.name)
            .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
            .outerjoin(Provider, col(Provider.id) == col(DeliveryAccount.provider_id))
            .where(_waiting(ctx))
            .order_by(col(Delivery.received_at).desc(), col(DeliveryAccount.id))
        ).all()
    return pl.DataFrame([_row(*found) for found in rows], TO_ATTACH)


def _waiting(ctx: Context) -> Any:  # noqa: ANN401
    return (
        (col(DeliveryAccount.firm_id) == ctx.firm_id)
        & (col(DeliveryAccount.state) == "to_attach")
        & col(Delivery.state).not_in(OVER)
        & accounts_inside(ctx)
    )


def _row(row: DeliveryAccount, delivery: Delivery, partner: str | None) -> dict[str, Any]:
    own = (
        "id", "delivery_id", "external_id", "label", "holder", "envelope", "as_of", "total",
        "currency", "lines", "movements", "broker_code",
    )  # fmt: skip
    return {name: getattr(row, name) for name in own} | {
        "file_name": delivery.file_name,
        "received_at": delivery.received_at,
        "partner": partner or "",
    }


def waiting(ctx: Context, waiting_id: int) -> Waiting:
    """Return one account to attach, with its proposals."""
    ctx.require(Permission.FEED_ATTACH)
    with store.reading(ctx) as session:
        row, delivery = _one(session, ctx, waiting_id)
        statement = statement_of(ctx, delivery)
        found = proposals(session, ctx, clues(row, statement))
    return Waiting(
        waiting_id,
        row.delivery_id,
        row.external_id,
        row.label,
        row.holder,
        row.envelope,
        replace(_person(row, statement), adviser_id=row.adviser_id),
        found,
    )


def _one(session: Session, ctx: Context, waiting_id: int) -> tuple[DeliveryAccount, Delivery]:
    found = session.exec(
        select(DeliveryAccount, Delivery)
        .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
        .where(_waiting(ctx), DeliveryAccount.id == waiting_id)
    ).first()
    if found is None:
        raise NotFoundError("Compte à rattacher", waiting_id)
    return found


def _person(row: DeliveryAccount, statement: Statement) -> ContactForm:
    """Return the contact that the file announces; its stage is left to whoever creates it."""
    mine = [h for h in statement.holders.to_dicts() if h["external_id"] == row.external_id]
    if mine and mine[0]["legal_name"]:
        return ContactForm(kind="company", stage="client", legal_name=mine[0]["legal_name"])
    if mine and mine[0]["last_name"]:
        return ContactForm(
            stage="client",
            last_name=mine[0]["last_name"],
            first_name=mine[0]["first_name"] or "",
            birth_date=mine[0]["birth_date"],
        )
    words = [w for w in row.holder.split(";")[0].split() if w.casefold().strip(".") not in _CIVIL]
    capitals = [w for w in words if w.isupper() and len(w) > 1]
    last = capitals if capitals and len(capitals) < len(words) else words[:1]
    first = [w for w in words if w not in last]
    return ContactForm(stage="client", last_name=" ".join(last), first_name=" ".join(first))


_CIVIL: Final = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "ou", "et"})


def attach(ctx: Context, waiting_id: int, account_id: int) -> DeliveryReport:
    """Say that an unknown account is one that exists; remembered for the next deliveries.

    Every delivery in which the same number waits is committed with it.
    """
    ctx.require(Permission.FEED_ATTACH)
    account_card(ctx, account_id)  # inside the perimeter, or not found
    return _decide(ctx, waiting_id, lambda _tx, _row, _delivery: account_id, "attach")


def attach_to_contact(
    ctx: Context, waiting_id: int, contact_id: int, *, label: str = "", envelope: str = ""
) -> DeliveryReport:
    """Open the account for a contact who exists, then commit what waits (S-022)."""
    ctx.require(Permission.FEED_ATTACH)
    contact_by_id(ctx, contact_id)
    wishes = AccountWishes(label, envelope)
    return _decide(
        ctx,
        waiting_id,
        lambda tx, row, delivery: open_account(tx, delivery, row, contact_id, wishes),
        "open",
    )


def attach_to_new_contact(
    ctx: Context,
    waiting_id: int,
    person: ContactForm,
    *,
    label: str = "",
    envelope: str = "",
    confirm_duplicates: bool = False,
    key: str | None = None,
) -> DeliveryReport:
    """Create the contact and the account of an unknown account, then commit it (S-021).

    Raises
    ------
    PossibleDuplicateError
        Somebody alike exists; `confirm_duplicates` goes on all the same.
    """
    ctx.require(Permission.FEED_ATTACH)
    wishes = AccountWishes(label, envelope)

    def opened(tx: store.Tx, row: DeliveryAccount, delivery: Delivery) -> int:
        known = adviser_names(tx.ctx) if row.adviser_id and person.adviser_id is None else {}
        whose = row.adviser_id if row.adviser_id in known else person.adviser_id
        routed = replace(person, adviser_id=whose)
        made = add_contact(tx.ctx, routed, confirm_duplicates=confirm_duplicates, key=key)
        return open_account(tx, delivery, row, made.id, wishes)

    return _decide(ctx, waiting_id, opened, "create")


def ignore(ctx: Context, waiting_id: int, reason: str) -> DeliveryReport:
    """Say that a number is nobody's business: its deliveries are ignored from now on."""
    ctx.require(Permission.FEED_ATTACH)
    if not reason.strip():
        raise InvalidInputError("Veuillez renseigner : Motif.")
    return _decide(ctx, waiting_id, lambda _tx, _row, _delivery: None, "ignore", reason.strip())


def attach_all(ctx: Context, delivery_id: int, contact_id: int) -> DeliveryReport:
    """Open for one contact every account of a delivery that still waits."""
    ctx.require(Permission.FEED_ATTACH)
    contact_by_id(ctx, contact_id)
    with store.reading(ctx) as session:
        one_delivery_inside(session, ctx, delivery_id)
        ids = session.exec(
            select(DeliveryAccount.id)
            .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
            .where(_waiting(ctx), Delivery.id == delivery_id)
        ).all()
    for waiting_id in ids:
        attach_to_contact(ctx, waiting_id or 0, contact_id)
    from o2s_core.aggregation.receiving import finish

    return finish(ctx, delivery_id)


Choice = Callable[[store.Tx, DeliveryAccount, Delivery], int | None]


def _decide(
    ctx: Context, waiting_id: int, choice: Choice, action: str, reason: str = ""
) -> DeliveryReport:
    """Write a decision for an account and its twins in other deliveries, then commit them."""
    from o2s_core.aggregation.receiving import finish

    with store.reading(ctx) as session:
        delivery_id = _one(session, ctx, waiting_id)[0].delivery_id
    with alone(ctx.place, f"attach-{ctx.firm_id}", wait=PATIENCE):
        with store.tx(ctx) as tx:
            take_import_turn(tx)
            row, delivery = _one(tx.session, ctx, waiting_id)
            account_id = choice(tx, row, delivery)
            twins = _twins(tx.session, ctx, row)
            _require_alone(tx.session, ctx, twins, account_id)
            for twin in twins:
                _settle(tx, twin, account_id, reason)
            if compact(row.external_id):
                key = compact(row.external_id)
                link(tx, row.provider_id or 0, key, account_id, "user")
            said = {"account": account_id, "deliveries": [t.delivery_id for t in twins]}
            tx.audit(action, "delivery_account", waiting_id, after=said)
            tx.touch("aggregation")
        reports = [finish(ctx, d) for d in sorted({t.delivery_id for t in twins})]
    return next(r for r in reports if r.delivery_id == delivery_id)


def _twins(session: Session, ctx: Context, row: DeliveryAccount) -> list[DeliveryAccount]:
    """Return the accounts that wait for the same decision: same number, same partner."""
    if not compact(row.external_id):
        return [row]
    rows = session.exec(
        select(DeliveryAccount)
        .join(Delivery, col(Delivery.id) == col(DeliveryAccount.delivery_id))
        .where(_waiting(ctx), DeliveryAccount.provider_id == row.provider_id)
        .order_by(col(DeliveryAccount.delivery_id))
    ).all()
    same = compact(row.external_id)
    return [twin for twin in rows if compact(twin.external_id) == same]


def _require_alone(
    session: Session, ctx: Context, twins: list[DeliveryAccount], account_id: int | None
) -> None:
    """Refuse to give one account two numbers of the same file: its day would have two truths."""
    if account_id is None:
        return
    taken = session.exec(
        select(DeliveryAccount.external_id).where(
            DeliveryAccount.firm_id == ctx.firm_id,
            col(DeliveryAccount.delivery_id).in_([twin.delivery_id for twin in twins]),
            DeliveryAccount.account_id == account_id,
        )
    ).first()
    if taken is not None:
        raise InvalidInputError(
            f"Ce compte reçoit déjà le numéro « {taken} » dans la même livraison : choisissez un "
            "autre compte, ou ouvrez-en un."
        )


def _settle(tx: store.Tx, row: DeliveryAccount, account_id: int | None, reason: str) -> None:
    row.account_id, row.reason = account_id, reason
    if account_id is None:
        row.state = "ignored"
        return
    row.state = "quarantined" if _is_stopped(tx.session, tx.ctx, row) else "staged"


def _is_stopped(session: Session, ctx: Context, row: DeliveryAccount) -> bool:
    found = session.exec(
        select(Anomaly.code, Anomaly.severity).where(
            Anomaly.firm_id == ctx.firm_id,
            Anomaly.delivery_id == row.delivery_id,
            Anomaly.external_id == row.external_id,
            col(Anomaly.decided_at).is_(None),
        )
    )
    return any(
        code in STOPPING or (severity == "error" and code not in HARMLESS)
        for code, severity in found
    )


def feed_of_delivery(session: Session, ctx: Context, delivery: Delivery) -> Feed | None:
    """Return the feed of a delivery, None while it is not known."""
    query = select(Feed).where(Feed.firm_id == ctx.firm_id, Feed.id == delivery.feed_id)
    return session.exec(query).first()
