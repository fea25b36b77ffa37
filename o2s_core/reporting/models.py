"""Saved models of statements and the statements made, as stored; their bytes are documents."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from o2s_core.store import Row, impersonal


class StatementModel(Row, table=True):
    """Modèle d'état de compte: the sections that the firm shows, and its words."""

    __tablename__ = "statement_model"
    __table_args__ = (UniqueConstraint("firm_id", "name"),)
    name: str = Field(sa_column_kwargs=impersonal())
    sections: str = Field(sa_column_kwargs=impersonal())  #: codes in order, joined by commas
    period: str = Field(default="year", sa_column_kwargs=impersonal())
    letter: str = Field(default="", sa_column_kwargs=impersonal())
    comment: str = Field(default="", sa_column_kwargs=impersonal())


class StatementIssue(Row, table=True):
    """État de compte établi: one file made for a contact, filed among its documents."""

    __tablename__ = "statement_issue"
    __table_args__ = (UniqueConstraint("firm_id", "batch", "contact_id"),)
    contact_id: int = Field(index=True)  #: in whose file it is
    scope_kind: str = Field(sa_column_kwargs=impersonal())  #: contact, household, group
    scope_id: int
    model: str = Field(default="", sa_column_kwargs=impersonal())  #: its name that day
    format: str = Field(default="pdf", sa_column_kwargs=impersonal())
    start_on: date
    end_on: date
    document_id: int = Field(index=True)
    sha256: str = Field(sa_column_kwargs=impersonal())
    batch: int | None = None  #: the job that made it: one a contact
    data_on: date | None = None  #: the oldest day that one of its values is of
