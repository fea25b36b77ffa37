"""Whose holdings are looked at together: one contact, a household, a named group."""

from dataclasses import dataclass

from sqlmodel import col, select

from o2s_core import store
from o2s_core.contacts.groups import group
from o2s_core.contacts.households import Member, members
from o2s_core.contacts.models import Contact, HouseholdMember
from o2s_core.contacts.names import name_of
from o2s_core.contacts.visible import contacts_inside, one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Scope:
    """The contacts whose holdings are added up, and what the whole is called."""

    kind: str  #: person, company, household, group
    id: int
    name: str
    file_code: str | None  #: None for a named group
    stage: str  #: of a group: client when one member is, else prospect
    member_ids: tuple[int, ...]  #: people and companies inside the perimeter
    adviser_id: int | None
    outside: tuple[Member, ...] = ()  #: members known by name only (hors périmètre)


def scope(ctx: Context, kind: str, reference: str | int) -> Scope:
    """Return the scope a page or a command names.

    `kind` is "contact" (a file code, whatever its nature), "household" (the file
    code of a household, or of one of its members), or "group" (its id).

    Raises
    ------
    NotFoundError
        It does not exist, or not for this user.
    InvalidInputError
        The contact belongs to no household, or to several.
    """
    ctx.require(Permission.CONTACT_READ)
    if kind == "group":
        return _of_group(ctx, int(reference))
    if kind == "household":
        return _of_contact(ctx, _household_of(ctx, reference))
    if kind in {"contact", "person", "company"}:
        return _of_contact(ctx, reference)
    raise NotFoundError("Périmètre", kind)


def _of_contact(ctx: Context, wanted: str | int) -> Scope:
    with store.reading(ctx) as session:
        row = one_contact(ctx, session, wanted)
    own = row.id or 0
    people = members(ctx, own) if row.kind == "household" else ()
    inside = tuple(m.id for m in people if m.inside) if row.kind == "household" else (own,)
    outside = tuple(m for m in people if not m.inside)
    return Scope(row.kind, own, name_of(row), row.file_code, row.stage, inside,
                 row.adviser_id, outside)  # fmt: skip


def _household_of(ctx: Context, wanted: str | int) -> int:
    """Return the household itself, or the one household of a member."""
    with store.reading(ctx) as session:
        row = one_contact(ctx, session, wanted)
        if row.kind == "household":
            return row.id or 0
        query = (
            select(Contact.id)
            .join(HouseholdMember, col(HouseholdMember.household_id) == Contact.id)
            .where(contacts_inside(ctx), HouseholdMember.contact_id == row.id)
        )
        found = [i for i in session.exec(query).all() if i is not None]
    if not found:
        raise InvalidInputError(
            f"Le dossier {row.file_code} n'appartient à aucun foyer : "
            "créez le foyer, ou consultez le dossier seul."
        )
    if len(found) > 1:
        raise InvalidInputError(
            f"Le dossier {row.file_code} appartient à plusieurs foyers : "
            "indiquez le code de dossier du foyer voulu."
        )
    return found[0]


def _of_group(ctx: Context, group_id: int) -> Scope:
    """Return the scope of a named group; a household in it counts by its members."""
    card = group(ctx, group_id)
    seen: dict[int, Member] = {}
    for one in card.members:
        is_home = one.contact is not None and one.contact.kind == "household"
        for person in members(ctx, one.id) if is_home else (one,):
            seen.setdefault(person.id, person)
    stages = {m.contact.stage for m in seen.values() if m.contact is not None}
    return Scope(
        "group", card.id, card.name, None,
        "client" if "client" in stages or not stages else min(stages),
        tuple(i for i, m in seen.items() if m.inside),
        card.adviser_id,
        tuple(m for m in seen.values() if not m.inside),
    )  # fmt: skip
