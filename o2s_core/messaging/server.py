"""Which server do the firm's messages leave by, and does it answer? (Serveur d'envoi)."""

import ipaddress
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session, select

from o2s_core import administration, store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, StaleEditError
from o2s_core.kernel.forms import (
    EMAIL,
    SEALED,
    FormField,
    FormSchema,
    server_name,
    whole_between,
)
from o2s_core.kernel.permissions import Permission
from o2s_core.messaging.line import Line, dialled
from o2s_core.messaging.models import MailServer
from o2s_core.messaging.writing import Letter, new_message_id, written

SECURITIES: Final = {
    "starttls": "STARTTLS (port 587)",
    "tls": "TLS (port 465)",
    "none": "Aucun (serveur de cette machine)",
}


@dataclass(frozen=True, slots=True)
class MailServerForm:
    """A mail server as typed; the secret is empty when it does not change, and never shown."""

    host: str
    sender_address: str
    sender_name: str = ""
    port: int = 587
    security: str = "starttls"
    login: str = ""
    per_minute: int = 30
    secret: str = field(default="", repr=False)

    def values(self) -> dict[str, Any]:
        """Return the fields that the form shows: all but the secret."""
        shown = asdict(self)
        shown.pop("secret")
        return shown

    @classmethod
    def typed(cls, values: Mapping[str, Any]) -> "MailServerForm":
        """Return the form that a person filled."""
        secret = values.get("secret") or ""
        texts = ("host", "sender_address", "sender_name", "security", "login")
        text: dict[str, Any] = {name: (values.get(name) or "").strip() for name in texts}
        port, pace = values.get("port") or 587, values.get("per_minute") or 30
        return cls(**text, port=port, per_minute=pace, secret=secret)


@dataclass(frozen=True, slots=True)
class MailServerCard:
    """The firm's mail server and how its last try went."""

    version: int
    form: MailServerForm
    has_secret: bool
    tried_at: datetime | None
    failure: str


def _encrypted(value: str, values: Mapping[str, Any], _today: date) -> str | None:
    """Refuse to send clients' letters in clear over a network."""
    if value != "none" or is_this_machine(str(values.get("host") or "")):
        return None
    return "un serveur distant se joint en STARTTLS ou en TLS : rien ne part en clair."


def _plain(value: str, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if "\n" not in value and "\r" not in value else "tient sur une ligne."


SERVER_FORM: Final = FormSchema(
    "Serveur d'envoi",
    (
        FormField("host", "Serveur", required=True, check=server_name("smtp")),
        FormField("port", "Port", "integer", required=True, check=whole_between(1, 65535)),
        FormField("security", "Chiffrement", "choice", required=True, choices=SECURITIES,
                  check=_encrypted),
        FormField("login", "Identifiant", hint="Vide : le serveur n'en demande pas."),
        FormField("secret", "Mot de passe", "secret", hint=SEALED),
        FormField("sender_address", "Adresse d'expédition", "email", required=True),
        FormField("sender_name", "Nom de l'expéditeur", check=_plain,
                  hint="Vide : le nom du cabinet."),
        FormField("per_minute", "Messages par minute au plus", "integer", required=True,
                  check=whole_between(1, 600)),
    ),
)  # fmt: skip


def is_this_machine(host: str) -> bool:
    """Return whether a server is reached without leaving the machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def mail_server(ctx: Context) -> MailServerCard | None:
    """Return the firm's mail server, None when it has none; never its secret."""
    ctx.require(Permission.MAIL_SERVER)
    with store.reading(ctx) as session:
        row = server_of(session, ctx)
    return None if row is None else _card(row)


def is_offline(ctx: Context) -> bool:
    """Return whether the firm has no mail server: messages are kept, none leaves."""
    ctx.require(Permission.MAIL_READ)
    with store.reading(ctx) as session:
        return server_of(session, ctx) is None


def save_mail_server(
    ctx: Context, form: MailServerForm, expected_version: int = 0
) -> MailServerCard:
    """Say which server messages leave by; an empty secret leaves the one that is kept.

    The secret is sealed, and neither the audit trail nor a log ever holds it.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or the server is far and not encrypted.
    StaleEditError
        Somebody changed it after `expected_version` was read.
    """
    ctx.require(Permission.MAIL_SERVER)
    SERVER_FORM.require_valid(form.values(), ctx.today)
    with store.tx(ctx) as tx:
        row = server_of(tx.session, ctx)
        if row is not None and row.version != expected_version:
            raise StaleEditError("Le serveur d'envoi", [])
        before = None if row is None else _card(row).form.values()
        row = row or MailServer(firm_id=ctx.firm_id, host="", sender_address="")
        for name, value in form.values().items():
            setattr(row, name, value)
        row.failure = ""
        tx.add(row)
        if form.secret or not form.login:
            row.secret = store.seal(ctx, form.secret, _cell(row)) if form.secret else ""
            tx.session.flush()
        said = form.values() | {"secret_changed": bool(form.secret)}
        tx.audit("update" if before else "create", "mail_server", row.id, before=before, after=said)
        tx.touch("messaging")
        return _card(row)


def try_mail_server(ctx: Context, to: str) -> None:
    """Send a message of trial to an address, at once.

    Raises
    ------
    InvalidInputError
        There is no server, the address is none, or the server refused: it says what.
    """
    ctx.require(Permission.MAIL_SERVER)
    if not EMAIL.fullmatch(to) or not to.isascii():
        raise InvalidInputError("Adresse de l'essai : par exemple nom@domaine.fr.")
    with store.reading(ctx) as session:
        row = server_of(session, ctx)
    if row is None:
        raise InvalidInputError("Enregistrez d'abord le serveur d'envoi.")
    firm = administration.letterhead(ctx).name
    body = f"Ce message d'essai confirme que {firm} peut envoyer des e-mails depuis O2S."
    letter = Letter(to, "Essai d'envoi", body, new_message_id(row.sender_address), ctx.now)
    with dialled(line_of(ctx, row)) as sending:
        sending(to, written(letter, sender_of(ctx, row)))
    with store.tx(ctx) as tx:
        tx.audit("try", "mail_server", row.id)


def server_of(session: Session, ctx: Context) -> MailServer | None:
    """Return the record of the firm's mail server."""
    return session.exec(select(MailServer).where(MailServer.firm_id == ctx.firm_id)).first()


def line_of(ctx: Context, row: MailServer) -> Line:
    """Return how to reach the server, its secret opened."""
    secret = store.unseal(ctx, row.secret, _cell(row)) if row.secret else ""
    return Line(row.host, row.port, row.security, row.login, secret, row.sender_address)


def sender_of(ctx: Context, row: MailServer) -> tuple[str, str]:
    """Return the name and the address that messages bear."""
    return row.sender_name or administration.letterhead(ctx).name, row.sender_address


def _cell(row: MailServer) -> str:
    return f"mail_server:secret:{row.id}"


def _card(row: MailServer) -> MailServerCard:
    form = MailServerForm(**{n: getattr(row, n) for n in MailServerForm("", "").values()})
    return MailServerCard(row.version, form, bool(row.secret), row.tried_at, row.failure)
