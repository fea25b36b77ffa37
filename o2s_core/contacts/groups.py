"""Named sets of contacts beyond a household: a family, a holding and its SCI (Regroupement)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from o2s_core import store
from o2s_core.contacts.advisers import adviser_names, chosen_adviser
from o2s_core.contacts.households import Member, member
from o2s_core.contacts.models import Contact, ContactGroup, ContactGroupMember
from o2s_core.contacts.names import sorted_names
from o2s_core.contacts.visible import contacts_inside, groups_inside, one_contact, one_group
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, StaleEditError
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

#: One row per named group of the perimeter, by name.
GROUPS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "name": pl.String(),
        "members": pl.Int64(),
        "people": pl.String(),  #: names of the members
        "adviser": pl.String(),
        "adviser_id": pl.Int64(),
        "updated_at": pl.Datetime("us", "UTC"),
    }
)


@dataclass(frozen=True, slots=True)
class GroupForm:
    """A named group as typed."""

    name: str
    member_ids: tuple[int, ...] = ()
    adviser_id: int | None = None


@dataclass(frozen=True, slots=True)
class GroupRef:
    """A named group as pickers and links show it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A named group and who is in it."""

    id: int
    version: int
    name: str
    adviser_id: int | None
    adviser: str
    members: tuple[Member, ...]


def groups(ctx: Context) -> pl.DataFrame:
    """Return the named groups of the perimeter (schema `GROUPS`)."""
    ctx.require(Permission.CONTACT_READ)
    names = adviser_names(ctx)
    with store.reading(ctx) as session:
        listed = session.exec(
            select(ContactGroup).where(groups_inside(ctx)).order_by(func.lower(ContactGroup.name))
        ).all()
        query = select(ContactGroupMember.group_id, ContactGroupMember.contact_id).where(
            ContactGroupMember.firm_id == ctx.firm_id,
            store.among(ctx, col(ContactGroupMember.group_id), [g.id for g in listed if g.id]),
        )
        inside = session.exec(query).all()
        named = sorted_names(ctx, {contact_id for _, contact_id in inside})
    people: dict[int, list[str]] = {}
    for group_id, contact_id in sorted(inside, key=lambda pair: named[pair[1]]):
        people.setdefault(group_id, []).append(named[contact_id][1])
    rows = [
        (g.id, g.name, len(people.get(g.id or 0, [])), ", ".join(people.get(g.id or 0, [])),
         names.get(g.adviser_id or 0, ""), g.adviser_id, g.updated_at)
        for g in listed
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=GROUPS, orient="row")


def groups_of(ctx: Context, contact_id: int) -> tuple[GroupRef, ...]:
    """Return the named groups of the perimeter a contact belongs to."""
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        one_contact(ctx, session, contact_id)
        query = (
            select(ContactGroup)
            .join(ContactGroupMember, col(ContactGroupMember.group_id) == ContactGroup.id)
            .where(groups_inside(ctx), ContactGroupMember.contact_id == contact_id)
            .order_by(func.lower(ContactGroup.name))
        )
        return tuple(GroupRef(g.id or 0, g.name) for g in session.exec(query).all())


def group(ctx: Context, group_id: int) -> GroupCard:
    """Return a named group with its members; outsiders by their name only."""
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        row = one_group(ctx, session, group_id)
        query = (
            select(Contact)
            .join(ContactGroupMember, col(ContactGroupMember.contact_id) == Contact.id)
            .where(Contact.firm_id == ctx.firm_id, ContactGroupMember.group_id == group_id)
            .order_by(col(Contact.search_key))
        )
        found = tuple(member(ctx, person) for person in session.exec(query).all())
    adviser = adviser_names(ctx).get(row.adviser_id or 0, "")
    return GroupCard(group_id, row.version, row.name, row.adviser_id, adviser, found)


def save_group(
    ctx: Context,
    form: GroupForm,
    *,
    group_id: int | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> GroupRef:
    """Create or change a named group and its members.

    Members outside the perimeter stay where they are.

    Raises
    ------
    InvalidInputError
        The name or the members are missing, or the name is taken.
    StaleEditError
        Somebody saved the group after `expected_version` was read.
    """
    ctx.require(Permission.CONTACT_WRITE)
    _require_filled(form)
    adviser_id = chosen_adviser(ctx, form.adviser_id)
    with store.tx(ctx) as tx:
        if group_id is None:
            made = _created(ctx, tx, form, adviser_id, key)
        else:
            made = _changed(ctx, tx, form, group_id, expected_version)
        return GroupRef(made, form.name.strip())


def _require_filled(form: GroupForm) -> None:
    problems = []
    if not form.name.strip():
        problems.append(FieldProblem("name", "Nom du regroupement", ""))
    if not form.member_ids:
        problems.append(FieldProblem("member_ids", "Membres", ""))
    if problems:
        raise InvalidInputError(problems)


def _created(ctx: Context, tx: Tx, form: GroupForm, adviser_id: int | None, key: str | None) -> int:
    def make() -> int:
        row = ContactGroup(firm_id=ctx.firm_id, name=form.name.strip(), adviser_id=adviser_id)
        _add(tx, row)
        _set_members(ctx, tx, row.id or 0, form.member_ids)
        tx.audit("create", "group", row.id, after={"members": sorted(form.member_ids)})
        tx.touch("contacts")
        return row.id or 0

    return store.idempotent(tx, key, make)


def _changed(ctx: Context, tx: Tx, form: GroupForm, group_id: int, expected: int | None) -> int:
    row = one_group(ctx, tx.session, group_id)
    if row.version != expected:
        raise StaleEditError("Le regroupement", [])
    row.name = form.name.strip()
    row.adviser_id = row.adviser_id if form.adviser_id is None else form.adviser_id
    _add(tx, row)
    _set_members(ctx, tx, group_id, form.member_ids)
    tx.audit("update", "group", group_id, after={"members": sorted(form.member_ids)})
    tx.touch("contacts")
    return group_id


def _add(tx: Tx, row: ContactGroup) -> None:
    """Store a group, or say that its name is taken."""
    try:
        with tx.session.begin_nested():
            tx.add(row)
    except IntegrityError as error:
        message = f"« {row.name} » existe déjà : choisissez un autre nom."
        raise InvalidInputError([FieldProblem("name", "Nom du regroupement", message)]) from error


def _set_members(ctx: Context, tx: Tx, group_id: int, wanted: tuple[int, ...]) -> None:
    links = {
        link.contact_id: link
        for link in tx.session.exec(
            select(ContactGroupMember).where(
                ContactGroupMember.firm_id == ctx.firm_id, ContactGroupMember.group_id == group_id
            )
        ).all()
    }
    mine = _inside(ctx, tx.session, links.keys())
    for contact_id in mine - set(wanted):
        tx.session.delete(links[contact_id])
    for contact_id in dict.fromkeys(wanted):
        if contact_id not in links:
            one_contact(ctx, tx.session, contact_id)
            tx.add(ContactGroupMember(firm_id=ctx.firm_id, group_id=group_id,
                                      contact_id=contact_id))  # fmt: skip


def _inside(ctx: Context, session: Session, ids: Iterable[int]) -> set[int]:
    query = select(Contact.id).where(contacts_inside(ctx), col(Contact.id).in_(list(ids)))
    return {i for i in session.exec(query).all() if i is not None}


def delete_group(ctx: Context, group_id: int, expected_version: int) -> None:
    """Delete a named group; its members and their accounts stay as they are."""
    ctx.require(Permission.CONTACT_DELETE)
    with store.tx(ctx) as tx:
        row = one_group(ctx, tx.session, group_id)
        if row.version != expected_version:
            raise StaleEditError("Le regroupement", [])
        for link in tx.session.exec(
            select(ContactGroupMember).where(
                ContactGroupMember.firm_id == ctx.firm_id, ContactGroupMember.group_id == group_id
            )
        ).all():
            tx.session.delete(link)
        tx.session.flush()
        tx.session.delete(row)
        tx.audit("delete", "group", group_id)
        tx.touch("contacts")
