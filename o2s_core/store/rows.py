"""What every editable record has: an identity, its firm, a version, and who touched it when."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from o2s_core.store.columns import Identity, Instant

#: One name for each constraint, the same on every database, so that migrations find it.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: How a column with personal data is treated when a person is erased.
Erasure = Literal["erase", "anonymise", "keep"]


def personal(category: str, on_erasure: Erasure = "erase") -> dict[str, Any]:
    """Mark a column as personal data: `Field(sa_column_kwargs=personal("identity"))`.

    `category` is the heading of the register of processing (identity, contact,
    family, wealth, access…). A test refuses a text column without mark.
    """
    return {"info": {"personal": category, "on_erasure": on_erasure}}


def impersonal() -> dict[str, Any]:
    """Mark a text column as free of personal data."""
    return {"info": {"personal": None}}


class Row(SQLModel):
    """A record that people edit; `version` refuses an edit based on an old reading."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Identity)
    firm_id: int
    version: int = Field(default=1)
    created_at: datetime | None = Field(default=None, sa_type=Instant)
    created_by: int | None = None
    updated_at: datetime | None = Field(default=None, sa_type=Instant)
    updated_by: int | None = None

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        """Let the database refuse a lost update."""
        table = cls.__dict__.get("__table__")
        return {} if table is None else {"version_id_col": table.c.version}


class Fact(SQLModel):
    """A record that is written once, in bulk: lines, movements, raw rows, prices."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Identity)
    firm_id: int
