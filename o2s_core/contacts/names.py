"""What contacts are called, and the short reference that other packages keep of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import col

from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class ContactRef:
    """A contact as pickers and links show it."""

    id: int
    file_code: str
    name: str  #: as in a directory: "Martin Anne"
    kind: str = "person"
    stage: str = "client"
    birth_date: date | None = None

    @property
    def label(self) -> str:
        """Return the name with what distinguishes homonyms: birth year and file code."""
        born = "" if self.birth_date is None or self.kind != "person" else (
            f", {self.birth_date.year}"
        )  # fmt: skip
        return f"{self.name}{born} ({self.file_code})"


def display_name(kind: str, last_name: str, first_name: str, legal_name: str) -> str:
    """Return a name as in a directory: last name first, a company by its legal name."""
    if kind == "company":
        return legal_name or last_name
    return " ".join(part for part in (last_name, first_name) if part)


def name_of(row: Contact) -> str:
    """Return the directory name of a stored contact."""
    return display_name(row.kind, row.last_name, row.first_name, row.legal_name)


def reference(row: Contact) -> ContactRef:
    """Return the short reference of a stored contact."""
    return ContactRef(row.id or 0, row.file_code, name_of(row), row.kind, row.stage, row.birth_date)


def names_of(ctx: Context, ids: Iterable[int]) -> dict[int, str]:
    """Return the name of each contact, people outside the perimeter included.

    A joint account shows the name of every holder; nothing else of a person
    outside the perimeter is ever given. An unknown id is absent.
    """
    ctx.require(Permission.CONTACT_READ)
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    asked = {"firm_id": ctx.firm_id, "ids": wanted}
    with store.reading(ctx) as session:
        return {id_: display_name(*said) for id_, *said in session.execute(_NAMES, asked)}


_NAMED: Final = ("id", "kind", "last_name", "first_name", "legal_name")
_NAMES: Final = columns(*(col(getattr(Contact, name)) for name in _NAMED)).where(
    col(Contact.firm_id) == bindparam("firm_id"),
    col(Contact.id).in_(bindparam("ids", expanding=True)),
)


def sorted_names(ctx: Context, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return the sorting key and the name of each contact, as many as there are.

    Of the people alone: joined with what they belong to, a database may compare each with all.
    """
    named = ("id", "search_key", "kind", "last_name", "first_name", "legal_name")
    query = columns(*(col(getattr(Contact, name)) for name in named)).where(
        col(Contact.firm_id) == ctx.firm_id, store.among(ctx, col(Contact.id), ids)
    )
    with store.reading(ctx) as session:
        rows = session.execute(query).all()
    return {id_: (key, display_name(*said)) for id_, key, *said in rows}
