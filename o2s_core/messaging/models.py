"""The firm's mail server and the messages that leave by it, as stored."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from o2s_core.store import Instant, Row, impersonal, personal


class MailServer(Row, table=True):
    """Serveur d'envoi: where messages leave from, as whom, and how the last try went."""

    __tablename__ = "mail_server"
    __table_args__ = (UniqueConstraint("firm_id"),)
    host: str = Field(sa_column_kwargs=impersonal())
    port: int = 587
    security: str = Field(default="starttls", sa_column_kwargs=impersonal())
    login: str = Field(default="", sa_column_kwargs=impersonal())
    secret: str = Field(default="", sa_column_kwargs=impersonal())  #: sealed
    sender_name: str = Field(default="", sa_column_kwargs=impersonal())
    sender_address: str = Field(sa_column_kwargs=impersonal())
    per_minute: int = 30
    tried_at: datetime | None = Field(default=None, sa_type=Instant)
    failure: str = Field(default="", sa_column_kwargs=impersonal())  #: French; empty: it went well


class OutgoingMail(Row, table=True):
    """E-mail: one message to one contact, and how far it went."""

    __tablename__ = "outgoing_mail"
    contact_id: int = Field(index=True)
    to_address: str = Field(sa_column_kwargs=personal("contact"))
    subject: str = Field(sa_column_kwargs=personal("free text"))
    body: str = Field(sa_column_kwargs=personal("free text"))
    author: str = Field(sa_column_kwargs=personal("access", "anonymise"))  #: name of who asked
    state: str = Field(default="queued", sa_column_kwargs=impersonal(), index=True)
    message_id: str = Field(sa_column_kwargs=impersonal())  #: the same at each try
    attempts: int = 0
    next_at: datetime = Field(sa_type=Instant)  #: not before
    taken_at: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: str = Field(default="", sa_column_kwargs=impersonal())  #: French: why it is where it is


class MailAttachment(Row, table=True):
    """Pièce jointe: a file kept by its fingerprint, under the name the client sees."""

    __tablename__ = "mail_attachment"
    mail_id: int = Field(foreign_key="outgoing_mail.id", index=True, ondelete="CASCADE")
    sha256: str = Field(sa_column_kwargs=impersonal())
    file_name: str = Field(sa_column_kwargs=personal("free text"))
    media_type: str = Field(sa_column_kwargs=impersonal())
    size: int
    document_id: int | None = Field(default=None, index=True)  #: what it shows, when filed
