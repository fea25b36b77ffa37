"""How does a message go over the line, and what did the server answer? (SMTP, RFC 5321)."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from o2s_core.kernel.errors import O2SError

SECONDS: Final = 20  #: to connect, and for each answer


class LineError(O2SError):
    """The server cannot be reached, or does not let us in: no message was tried."""


class LaterError(O2SError):
    """The server does not take this message now (4xx): it may later."""


class CutError(LaterError):
    """The line broke before the message went."""


class RefusedError(O2SError):
    """The server will never take this message (5xx)."""


class UncertainError(O2SError):
    """The line was cut after the message had gone: nobody knows whether it was taken."""


@dataclass(frozen=True, slots=True)
class Line:
    """A server and how to enter it; the secret shows in no text."""

    host: str
    port: int
    security: str  #: starttls, tls, none
    login: str
    secret: str = field(repr=False)
    sender: str


#: Sends one message: address of the contact, bytes.
Sending = Callable[[str, bytes], None]


@contextmanager
def dialled(line: Line) -> Iterator[Sending]:
    """Hold a line to the server, and give what sends one message over it.

    Raises
    ------
    LineError
        No message was tried.
    LaterError, RefusedError, UncertainError
        Of one message: what became of it.
    """
    smtp = _entered(line)
    try:
        yield lambda to, data: _send(smtp, line.sender, to, data)
    finally:
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()


def _entered(line: Line) -> smtplib.SMTP:
    try:
        return _connected(line)
    except smtplib.SMTPAuthenticationError:
        raise LineError(
            "Le serveur d'envoi refuse l'identifiant ou le mot de passe : vérifiez-les."
        ) from None
    except ssl.SSLError:
        raise LineError(
            "Le certificat du serveur d'envoi n'est pas reconnu : vérifiez le nom du serveur, "
            "ou demandez à son hébergeur un certificat valable."
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise LineError(
            "Le serveur d'envoi n'offre pas ce chiffrement ou cette identification : changez le "
            "port ou le chiffrement."
        ) from None
    except (OSError, smtplib.SMTPException):
        raise LineError(
            f"Le serveur d'envoi {line.host} ne répond pas sur le port {line.port}."
        ) from None


def _connected(line: Line) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if line.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(line.host, line.port, timeout=SECONDS, context=trust)
    else:
        smtp = smtplib.SMTP(line.host, line.port, timeout=SECONDS)
    try:
        if line.security == "starttls":
            smtp.starttls(context=trust)
        if line.login:
            smtp.login(line.login, line.secret)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _send(smtp: smtplib.SMTP, sender: str, to: str, data: bytes) -> None:
    """Send one message step by step, so that what a cut means is known."""
    try:
        smtp.rset()
        smtp.ehlo_or_helo_if_needed()
        _accepted(*smtp.mail(sender))
        _accepted(*smtp.rcpt(to))
    except (OSError, smtplib.SMTPException):
        raise CutError("La liaison avec le serveur d'envoi a été coupée.") from None
    try:
        _accepted(*smtp.data(data))
    except smtplib.SMTPDataError as answer:
        _accepted(answer.smtp_code, _bytes(answer.smtp_error))
    except (OSError, smtplib.SMTPException):
        raise UncertainError(
            "La liaison a été coupée pendant l'envoi : le message est peut-être parti."
        ) from None


def _accepted(code: int, answer: bytes) -> None:
    """Raise what an answer means; its words may name the person, so that only codes are kept."""
    if 200 <= code < 300:
        return
    precise = re.search(rb"\b[245]\.\d{1,3}\.\d{1,3}\b", answer)
    said = f"réponse {code}" + (f" {precise[0].decode()}" if precise else "")
    if 400 <= code < 500:
        raise LaterError(f"Le serveur d'envoi demande d'attendre ({said}).")
    raise RefusedError(
        f"Le serveur d'envoi refuse ce message ({said}) : vérifiez l'adresse du client."
    )


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()
