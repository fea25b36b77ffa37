"""What did a contact accept to receive, by which channel, and since when? (Consentements)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import col, select

from o2s_core import store
from o2s_core.contacts.models import Consent
from o2s_core.contacts.visible import one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission

CHANNELS: Final = {"email": "E-mail"}
#: A document that the law or the contract owes may be sent on another durable medium than
#: paper once the client chose it (C. assur. L. 521-6, directive 2014/65/UE art. 24, 5 bis).
PURPOSES: Final = {"documents": "Recevoir ses documents", "offers": "Recevoir des offres"}


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """What the contact said, on which day, and what proves it."""

    channel: str = "email"
    purpose: str = "documents"
    given: bool = True
    given_on: date | None = None
    proof: str = ""


@dataclass(frozen=True, slots=True)
class ConsentCard:
    """The word of a contact that holds, and who noted it when."""

    form: ConsentForm
    recorded_at: datetime
    recorded_by: str


def _past(value: date, _all: Any, today: date) -> str | None:  # noqa: ANN401
    return "ne peut pas être dans l'avenir." if value > today else None


CONSENT_FORM: Final = FormSchema(
    "Consentement",
    (
        FormField("channel", "Canal", "choice", required=True, choices=CHANNELS),
        FormField("purpose", "Pour", "choice", required=True, choices=PURPOSES),
        FormField("given", "Accepte", "yes_no"),
        FormField("given_on", "Recueilli le", "day", required=True, check=_past),
        FormField("proof", "Preuve", hint="Lettre de mission signée, e-mail du client…"),
    ),
)


def consent(
    ctx: Context, contact_id: int, *, channel: str = "email", purpose: str = "documents"
) -> ConsentCard | None:
    """Return what a contact of the perimeter last said; None when it was never asked."""
    ctx.require(Permission.CONTACT_READ)
    query = (
        select(Consent)
        .where(
            Consent.firm_id == ctx.firm_id,
            Consent.contact_id == contact_id,
            Consent.channel == channel,
            Consent.purpose == purpose,
        )
        .order_by(col(Consent.given_on).desc(), col(Consent.id).desc())
        .limit(1)
    )
    with store.reading(ctx) as session:
        one_contact(ctx, session, contact_id)
        row = session.exec(query).first()
    return None if row is None else _card(row)


def record_consent(ctx: Context, contact_id: int, form: ConsentForm) -> None:
    """Note what a contact accepted or withdrew; nothing said before is rewritten.

    Raises
    ------
    InvalidInputError
        The day is missing or in the future, the channel or the purpose unknown.
    """
    ctx.require(Permission.CONTACT_WRITE)
    said = {name: getattr(form, name) for name in ConsentForm.__slots__}
    CONSENT_FORM.require_valid(said, ctx.today)
    with store.tx(ctx) as tx:
        one_contact(ctx, tx.session, contact_id)
        row = Consent(
            firm_id=ctx.firm_id,
            contact_id=contact_id,
            recorded_at=ctx.now,
            recorded_by=ctx.actor,
            **said,
        )
        tx.add(row)
        tx.audit("create", "consent", row.id, after=said, subject=contact_id)
        tx.touch("contacts")


def _card(row: Consent) -> ConsentCard:
    form = ConsentForm(**{name: getattr(row, name) for name in ConsentForm.__slots__})
    return ConsentCard(form, row.recorded_at, row.recorded_by)
