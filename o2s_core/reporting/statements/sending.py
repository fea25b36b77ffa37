"""How does a filed statement reach the client by e-mail? (Envoyer un état de compte)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlmodel import col, select

from o2s_core import administration, contacts, exports, messaging, store
from o2s_core.contacts import ContactCard
from o2s_core.documents import Kept
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.messaging import Attached, MailForm
from o2s_core.reporting.models import StatementIssue

#: A value older than this at the day of sending is said before it is sent.
STALE: Final = timedelta(days=45)
PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a statement may be sent to; `obstacle` says in French why not, empty otherwise."""

    id: int
    name: str
    email: str
    obstacle: str
    agreed_on: date | None  #: when they accepted to receive their documents by e-mail


@dataclass(frozen=True, slots=True)
class SendingForm:
    """A statement to send: which, to whom, with which words."""

    document_id: int
    recipient_id: int
    subject: str
    body: str
    password: str = ""  #: that opens the PDF; empty: it opens without
    even_stale: bool = False


@dataclass(frozen=True, slots=True)
class ToSend:
    """A filed statement as it may be sent."""

    file_name: str
    is_pdf: bool
    stale_on: date | None  #: the day of its oldest value, when that is long ago
    recipients: tuple[Recipient, ...]


def statement_to_send(ctx: Context, document_id: int) -> ToSend:
    """Return a filed statement, and who it may be sent to: its client, or those of the household.

    Raises
    ------
    NotFoundError
        It is not a statement, or not of the perimeter.
    """
    ctx.require(Permission.MAIL_SEND)
    issue, kept = _filed(ctx, document_id)
    card = contacts.contact_by_id(ctx, issue.contact_id)
    return ToSend(
        kept.file_name,
        kept.media_type == PDF,
        issue.data_on if _is_stale(ctx, issue) else None,
        tuple(_recipient(ctx, person) for person in _people(ctx, card)),
    )


def statement_message(ctx: Context, document_id: int, recipient_id: int) -> tuple[str, str]:
    """Return the subject and the words that usually go with a statement."""
    ctx.require(Permission.MAIL_SEND)
    issue, _ = _filed(ctx, document_id)
    card = contacts.contact_by_id(ctx, recipient_id)
    said = {"mme": "Madame", "m": "Monsieur"}.get(card.form.civility, "Madame, Monsieur")
    firm = administration.letterhead(ctx).name
    signed = "\n".join(line for line in (card.adviser, firm) if line)
    body = (
        f"{said},\n\nVous trouverez ci-joint votre état de compte arrêté au "
        f"{french.day(issue.end_on)}.\n\nJe reste à votre disposition pour le parcourir avec "
        f"vous.\n\nBien cordialement,\n\n{signed}"
    )
    return f"Votre état de compte au {french.day(issue.end_on)}", body


def send_statement(ctx: Context, form: SendingForm, *, key: str | None = None) -> int:
    """Put a filed statement in the outbox, and return the message; the same `key` sends once.

    Raises
    ------
    InvalidInputError
        The client did not accept e-mail, cannot be written to, or a value of the
        statement is old and nobody said to send it anyway.
    NotFoundError
        The statement or the recipient is not of the perimeter.
    """
    ctx.require(Permission.MAIL_SEND)
    asked = statement_to_send(ctx, form.document_id)
    known = next((one for one in asked.recipients if one.id == form.recipient_id), None)
    if known is None:
        raise NotFoundError("Destinataire", form.recipient_id)
    _require_sendable(asked, known, form)
    with store.tx(ctx):
        attached = _attached(ctx, form)
        mail = MailForm(form.recipient_id, form.subject, form.body, (attached,))
        return messaging.queue_mail(ctx, mail, key=key)


def _require_sendable(asked: ToSend, to: Recipient, form: SendingForm) -> None:
    if to.obstacle:
        raise InvalidInputError(f"{to.name} : {to.obstacle}")
    if to.agreed_on is None:
        raise InvalidInputError(
            f"{to.name} n'a pas encore accepté de recevoir ses documents par e-mail : "
            "notez son accord, ou remettez-lui l'état sur papier."
        )
    if asked.stale_on and not form.even_stale:
        raise InvalidInputError(
            f"Cet état compte une valeur du {french.day(asked.stale_on)} : actualisez-la, ou "
            "cochez « Envoyer quand même »."
        )
    if form.password and not asked.is_pdf:
        raise InvalidInputError("Seul un PDF se protège par un mot de passe.")


def _attached(ctx: Context, form: SendingForm) -> Attached:
    """Return the file to attach: the one that is filed, or its copy closed by a password."""
    kept = contacts.paper(ctx, form.document_id)
    data, sha = store.blob(ctx, kept.sha256), kept.sha256
    if form.password:
        data = exports.protected(data, form.password)
        sha = store.save_blob(ctx, data)
    return Attached(sha, kept.file_name, kept.media_type, len(data), form.document_id)


def _filed(ctx: Context, document_id: int) -> tuple[StatementIssue, Kept]:
    """Return a statement of the perimeter and where its file is."""
    kept = contacts.paper(ctx, document_id)
    query = select(StatementIssue).where(
        StatementIssue.firm_id == ctx.firm_id, StatementIssue.document_id == document_id
    )
    with store.reading(ctx) as session:
        row = session.exec(query.order_by(col(StatementIssue.id).desc())).first()
    if row is None:
        raise NotFoundError("État de compte", document_id)
    return row, kept


def _is_stale(ctx: Context, issue: StatementIssue) -> bool:
    return issue.data_on is not None and ctx.today - issue.data_on > STALE


def _people(ctx: Context, card: ContactCard) -> list[ContactCard]:
    """Return the contact itself, or the members of a household whose file one may open."""
    if card.kind != "household":
        return [card]
    inside = [one.id for one in contacts.members(ctx, card.id) if one.inside]
    return [contacts.contact_by_id(ctx, one) for one in inside]


def _recipient(ctx: Context, card: ContactCard) -> Recipient:
    said = contacts.consent(ctx, card.id)
    agreed = said.form.given_on if said and said.form.given else None
    return Recipient(card.id, card.title, card.form.email, messaging.why_not_mail(card), agreed)
