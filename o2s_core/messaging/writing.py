"""What are the bytes of a message? (RFC 5322, MIME)."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Final

#: Seven bits: any server takes it.
POLICY: Final = SMTP.clone(cte_type="7bit")
Part = tuple[str, str, bytes]  #: file name, media type, bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to be written: plain text, and files."""

    to: str
    subject: str
    body: str
    message_id: str
    at: datetime
    parts: tuple[Part, ...] = ()


def written(letter: Letter, sender: tuple[str, str]) -> bytes:
    """Return the message as it goes over the line; `sender` is a name and an address."""
    mail = EmailMessage(policy=POLICY)
    name, address = sender
    mail["From"] = Address(name, addr_spec=address)
    mail["To"] = Address(addr_spec=letter.to)
    mail["Subject"] = " ".join(letter.subject.split())
    mail["Date"] = format_datetime(letter.at)
    mail["Message-ID"] = letter.message_id
    mail["Auto-Submitted"] = "no"
    mail.set_content(letter.body)
    for file_name, media_type, data in letter.parts:
        main, _, sub = media_type.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=file_name)
    return mail.as_bytes()


def new_message_id(sender_address: str) -> str:
    """Return an identity that no other message bears; it keeps for every try."""
    return make_msgid(domain=sender_address.rpartition("@")[2] or "localhost")
