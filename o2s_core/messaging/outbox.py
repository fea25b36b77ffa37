"""Which messages wait, left or failed, and what may be done about them? (Messages)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from sqlalchemy import Select, literal
from sqlmodel import Session, col, select

from o2s_core import administration, contacts, store
from o2s_core.contacts import ContactCard
from o2s_core.contacts.models import Contact
from o2s_core.contacts.visible import contacts_inside
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.forms import EMAIL, FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.messaging.models import MailAttachment, OutgoingMail
from o2s_core.messaging.writing import new_message_id
from o2s_core.store.columns import Identity

MAX_ATTACHED: Final = 10_000_000  #: bytes: what usual mail servers take
STATES: Final = {
    "queued": "À envoyer",
    "sending": "En cours d'envoi",
    "sent": "Envoyé",
    "failed": "Échec",
    "uncertain": "À vérifier",
    "cancelled": "Annulé",
}
#: One row per message, the latest first; `files` are the names of what is attached.
OUTBOX: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "contact_id": pl.Int64(),
        "contact": pl.String(),
        "file_code": pl.String(),
        "to_address": pl.String(),
        "subject": pl.String(),
        "files": pl.String(),
        "author": pl.String(),
        "state": pl.String(),
        "created_at": pl.Datetime("us", "UTC"),
        "sent_at": pl.Datetime("us", "UTC"),
        "reason": pl.String(),
    }
)
#: What the database answers; names and files are added.
ASKED: Final = pl.Schema({n: kind for n, kind in OUTBOX.items() if n not in {"contact", "files"}})


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to attach: its bytes are already kept under their fingerprint."""

    sha256: str
    file_name: str
    media_type: str
    size: int
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class MailForm:
    """A message to one contact, as typed."""

    contact_id: int
    subject: str
    body: str
    attached: tuple[Attached, ...] = ()


MAIL_FORM: Final = FormSchema(
    "Message",
    (
        FormField("subject", "Objet", required=True, maximum=150),
        FormField("body", "Message", "long_text", required=True, maximum=10_000),
    ),
)


def why_not_mail(card: ContactCard) -> str:
    """Return why no message can go to a contact, in French; empty when one can."""
    if card.is_deceased:
        return "la personne est décédée : aucun envoi ne lui est adressé."
    if card.archived_at is not None:
        return "le dossier est archivé : restaurez-le d'abord."
    if not card.form.email:
        return "aucune adresse e-mail : renseignez-la dans Dossier > Général."
    if not EMAIL.fullmatch(card.form.email) or not card.form.email.isascii():
        return "l'adresse e-mail n'est pas valable : corrigez-la dans Dossier > Général."
    return ""


def queue_mail(ctx: Context, form: MailForm, *, key: str | None = None) -> int:
    """Put a message in the outbox and return it; the same `key` puts it once.

    It leaves by the worker, or waits for the firm to have a mail server.

    Raises
    ------
    InvalidInputError
        A field is missing, the contact cannot be written to, or the files are too heavy.
    NotFoundError
        The contact is not in the perimeter.
    """
    ctx.require(Permission.MAIL_SEND)
    card = contacts.contact_by_id(ctx, form.contact_id)
    _require_sendable(ctx, form, card)
    author = administration.me(ctx).name or ctx.actor
    with store.tx(ctx) as tx:
        own = None if key is None else f"mail-{ctx.user_id}-{key}"
        return store.idempotent(tx, own, lambda: _queue(tx, form, card, author))


def _queue(tx: store.Tx, form: MailForm, card: ContactCard, author: str) -> int:
    ctx = tx.ctx
    row = OutgoingMail(
        firm_id=ctx.firm_id,
        contact_id=card.id,
        to_address=card.form.email,
        subject=" ".join(form.subject.split()),
        body=form.body.strip(),
        author=author,
        message_id=new_message_id(administration.letterhead(ctx).email),
        next_at=ctx.now,
    )
    tx.add(row)
    for file in form.attached:
        said = {name: getattr(file, name) for name in Attached.__slots__}
        tx.add(MailAttachment(firm_id=ctx.firm_id, mail_id=row.id or 0, **said))
    files = {"documents": [file.document_id for file in form.attached]}
    tx.audit("queue", "mail", row.id, after=files, subject=card.id)
    tx.touch("messaging")
    return row.id or 0


def _require_sendable(ctx: Context, form: MailForm, card: ContactCard) -> None:
    problems = MAIL_FORM.problems({"subject": form.subject, "body": form.body}, ctx.today)
    if why := why_not_mail(card):
        problems.append(FieldProblem("to", "Destinataire", why))
    if sum(file.size for file in form.attached) > MAX_ATTACHED:
        most = french.number(MAX_ATTACHED // 1_000_000, 0)
        why = f"{most} Mo au plus par message : envoyez-les en plusieurs fois."
        problems.append(FieldProblem("attached", "Pièces jointes", why))
    if problems:
        raise InvalidInputError(problems)


def outbox(ctx: Context, *, states: Collection[str] = (), limit: int = 1_000) -> pl.DataFrame:
    """Return the messages to contacts of the perimeter (schema `OUTBOX`), the latest first.

    `states` keeps some; all of them otherwise.
    """
    ctx.require(Permission.MAIL_READ)
    query = _read(ctx).order_by(col(OutgoingMail.id).desc()).limit(limit)
    if states:
        query = query.where(col(OutgoingMail.state).in_(sorted(states)))
    return _told(ctx, query)


def mails_about(ctx: Context, document_ids: Collection[int]) -> pl.DataFrame:
    """Return the messages that carried some documents: `document_id` and schema `OUTBOX`."""
    ctx.require(Permission.MAIL_READ)
    pairs = _carried(ctx, document_ids)
    mine = _told(ctx, _read(ctx).where(col(OutgoingMail.id).in_(pairs["id"].to_list())))
    return pairs.join(mine, on="id", maintain_order="left").select("document_id", *OUTBOX)


def _carried(ctx: Context, document_ids: Collection[int]) -> pl.DataFrame:
    """Return which message carried which document, in the order of the messages."""
    columns: list[Any] = [MailAttachment.document_id, col(MailAttachment.mail_id).label("id")]
    query = (
        select(*columns)
        .where(
            MailAttachment.firm_id == ctx.firm_id,
            col(MailAttachment.document_id).in_(sorted(document_ids)),
        )
        .order_by(col(MailAttachment.mail_id))
    )
    return store.frame(ctx, query, pl.Schema({"document_id": pl.Int64(), "id": pl.Int64()}))


def cancel_mail(ctx: Context, mail_id: int) -> None:
    """Take back a message that has not left.

    Raises
    ------
    InvalidInputError
        It has left, or is leaving.
    """
    ctx.require(Permission.MAIL_SEND)
    _move(ctx, mail_id, {"queued": "cancelled", "failed": "cancelled"}, "Ce message est parti.")


def send_again(ctx: Context, mail_id: int) -> None:
    """Put back in the queue a message that failed, or whose fate nobody knows.

    It keeps its identity: a server that had taken it may tell the second one apart.
    """
    ctx.require(Permission.MAIL_SEND)
    moves = {"failed": "queued", "uncertain": "queued"}
    _move(ctx, mail_id, moves, "Ce message n'est pas en échec.")


def mark_received(ctx: Context, mail_id: int) -> None:
    """Say that a message whose fate nobody knew did arrive."""
    ctx.require(Permission.MAIL_SEND)
    _move(ctx, mail_id, {"uncertain": "sent"}, "L'envoi de ce message ne fait pas de doute.")


def _move(ctx: Context, mail_id: int, moves: dict[str, str], otherwise: str) -> None:
    with store.tx(ctx) as tx:
        row = _mine(tx.session, ctx, mail_id)
        if row.state not in moves:
            raise InvalidInputError(f"{otherwise} Son état : {STATES[row.state]}.")
        before, row.state = row.state, moves[row.state]
        row.reason, row.attempts, row.next_at = "", 0, ctx.now
        if row.state == "sent":
            row.sent_at = row.taken_at
        said = ({"state": before}, {"state": row.state})
        tx.audit("update", "mail", mail_id, before=said[0], after=said[1], subject=row.contact_id)
        tx.touch("messaging")


def _mine(session: Session, ctx: Context, mail_id: int) -> OutgoingMail:
    """Return a message to a contact of the perimeter; elsewhere and nowhere read the same."""
    query = (
        select(OutgoingMail)
        .join(Contact, col(Contact.id) == OutgoingMail.contact_id)
        .where(
            OutgoingMail.firm_id == ctx.firm_id,
            contacts_inside(ctx),
            col(OutgoingMail.id) == literal(mail_id, Identity()),
        )
    )
    row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Message", mail_id)
    return row


def _read(ctx: Context) -> Select[Any]:
    """Return the query of the messages to contacts of the perimeter, before their files."""
    columns = [
        Contact.file_code if name == "file_code" else getattr(OutgoingMail, name) for name in ASKED
    ]
    return (
        select(*(col(column) for column in columns))
        .join(Contact, col(Contact.id) == OutgoingMail.contact_id)
        .where(OutgoingMail.firm_id == ctx.firm_id, contacts_inside(ctx))
    )


def _told(ctx: Context, query: Select[Any]) -> pl.DataFrame:
    """Return messages with the name of who receives them and of what they carry."""
    read = store.frame(ctx, query, ASKED)
    names = contacts.names_of(ctx, read["contact_id"].to_list())
    files = _files(ctx, read["id"].to_list())
    return read.with_columns(
        pl.col("contact_id").replace_strict(names, default="", return_dtype=pl.String)
        .alias("contact"),
        pl.col("id").replace_strict(files, default="", return_dtype=pl.String).alias("files"),
    ).select(*OUTBOX)  # fmt: skip


def _files(ctx: Context, mail_ids: Collection[int]) -> dict[int, str]:
    query = (
        select(MailAttachment.mail_id, MailAttachment.file_name)
        .where(
            MailAttachment.firm_id == ctx.firm_id,
            col(MailAttachment.mail_id).in_(sorted(mail_ids)),
        )
        .order_by(col(MailAttachment.id))
    )
    found: dict[int, list[str]] = {}
    with store.reading(ctx) as session:
        for mail_id, name in session.exec(query):
            found.setdefault(mail_id, []).append(name)
    return {mail_id: ", ".join(names) for mail_id, names in found.items()}
