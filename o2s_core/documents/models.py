"""Documents, as stored: what they are and whose; their bytes lie in the archive."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from o2s_core.store import Instant, Row, impersonal, personal


class Document(Row, table=True):
    """Document: a paper of somebody's file."""

    __tablename__ = "document"
    owner_kind: str = Field(default="contact", sa_column_kwargs=impersonal())
    owner_id: int = Field(index=True)
    account_id: int | None = Field(default=None, index=True)  #: the contract it is about
    category: str = Field(default="other", sa_column_kwargs=impersonal())
    title: str = Field(sa_column_kwargs=personal("document"))
    file_name: str = Field(sa_column_kwargs=personal("document"))
    dated_on: date | None = None
    valid_until: date | None = None
    signed_on: date | None = None
    signers: str = Field(default="", sa_column_kwargs=personal("document"))
    media_type: str = Field(sa_column_kwargs=impersonal())
    size: int = 0
    sha256: str = Field(sa_column_kwargs=impersonal(), index=True)
    source: str = Field(default="upload", sa_column_kwargs=impersonal())  #: upload, takeover
    visibility: str = Field(default="internal", sa_column_kwargs=impersonal())  #: or portal
    tags: str = Field(default="", sa_column_kwargs=personal("document"))  #: separated by commas
    retention_until: date | None = None  #: not deleted before
    first_id: int | None = Field(default=None, index=True)  #: first version, null: it is the first
    replaced_by: int | None = None  #: the version after this one
    discarded_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    discarded_by: int | None = None


class DocumentCategory(Row, table=True):
    """Catégorie: what the firm adds to the categories that come with the application."""

    __tablename__ = "document_category"
    __table_args__ = (UniqueConstraint("firm_id", "owner_kind", "code"),)
    owner_kind: str = Field(sa_column_kwargs=impersonal())
    code: str = Field(sa_column_kwargs=impersonal())  #: of a shipped one: it renames or closes it
    parent: str = Field(default="", sa_column_kwargs=impersonal())
    label: str = Field(sa_column_kwargs=impersonal())
    closed: bool = False


class DocumentText(Row, table=True):
    """Texte: the words of a document, as read apart, and as they are searched."""

    __tablename__ = "document_text"
    __table_args__ = (UniqueConstraint("firm_id", "document_id"),)
    document_id: int = Field(foreign_key="document.id")
    state: str = Field(default="waiting", sa_column_kwargs=impersonal())
    text: str = Field(default="", sa_column_kwargs=personal("document"))
    stems: str = Field(default="", sa_column_kwargs=personal("document"))
    flags: str = Field(default="", sa_column_kwargs=impersonal())  #: codes separated by commas
