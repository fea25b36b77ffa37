"""A real SMTP server on the loopback that keeps what it takes, and refuses what it is told to."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword


@dataclass
class Postbox:
    """What the server took, and what it answers to an address or to a message."""

    received: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  #: address -> answer to RCPT TO
    at_data: Callable[[], str | None] = lambda: None  #: answer to DATA instead of 250
    port: int = 0

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, address: str, *_: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        answer = self.at_data()
        if answer == "cut":
            self.received.append(bytes(envelope.content or b""))
            server.transport.abort()  # taken, and the answer never comes
            return "250 OK"
        if answer:
            return answer
        self.received.append(bytes(envelope.content or b""))
        self.to += envelope.rcpt_tos
        return "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for raw in self.received]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def postbox(
    login: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Postbox]:
    """Hold a server; with `login` it wants that name and password, with `tls` it offers STARTTLS."""
    box = Postbox()

    def known(
        _server: Any, _session: Any, _envelope: Any, _how: str, given: LoginPassword
    ) -> AuthResult:
        right = (given.login.decode(), given.password.decode()) == login
        return AuthResult(success=right, handled=False)

    held = Controller(
        box, hostname="127.0.0.1", port=_free_port(), tls_context=tls, auth_require_tls=False,
        authenticator=known if login else None,
    )  # fmt: skip
    held.start()
    box.port = held.port
    try:
        yield box
    finally:
        held.stop()
