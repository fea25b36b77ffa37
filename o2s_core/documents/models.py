"""Documents, as stored: what they are and whose; their bytes lie in the archive."""

from datetime import date

from sqlmodel import Field

from o2s_core.store import Row, impersonal, personal


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
    visibility: str = Field(default="internal", sa_column_kwargs=impersonal())
