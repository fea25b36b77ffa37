"""Who lives under one roof: households and their members (Foyer)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, NoReturn

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.contacts import changes as trail
from o2s_core.contacts import vocabulary as words
from o2s_core.contacts.advisers import adviser_names
from o2s_core.contacts.creation import add_contact, add_contacts
from o2s_core.contacts.edition import edit_contact
from o2s_core.contacts.identity import ContactForm
from o2s_core.contacts.models import Contact, HouseholdMember
from o2s_core.contacts.names import ContactRef, name_of, reference, sorted_names
from o2s_core.contacts.stored_facts import form_of
from o2s_core.contacts.visible import contacts_inside, one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

#: Beyond this no record has an identity.
LARGE: Final = 2**63


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a household or a group; outside the perimeter only the name is given."""

    id: int
    name: str
    role: str = ""  #: key of `vocabulary.ROLES`; empty in a group
    contact: ContactRef | None = None  #: None: hors périmètre

    @property
    def inside(self) -> bool:
        """Return whether the user may open this person's file."""
        return self.contact is not None


#: One row per household of the perimeter, in directory order; `people` names its members.
HOUSEHOLDS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "file_code": pl.String(),
        "name": pl.String(),
        "members": pl.Int64(),
        "people": pl.String(),
        "adviser": pl.String(),
        "adviser_id": pl.Int64(),
    }
)


#: One row per member of a household or group; all but the name is empty outside the perimeter.
MEMBERS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "name": pl.String(),
        "file_code": pl.String(),
        "role": pl.String(),  #: key of `vocabulary.ROLES`, empty in a group
        "kind": pl.String(),
        "stage": pl.String(),
        "birth_year": pl.Int64(),
        "outside": pl.String(),  #: "hors périmètre", or empty
    }
)


@dataclass(frozen=True, slots=True)
class HouseholdForm:
    """A household as typed: its name, who follows it, who is in it."""

    name: str
    members: tuple[tuple[int, str], ...] = ()  #: contact, role
    adviser_id: int | None = None
    stage: str = "client"
    file_code: str = ""


def households(ctx: Context) -> pl.DataFrame:
    """Return the households of the perimeter with who is in each (schema `HOUSEHOLDS`)."""
    ctx.require(Permission.CONTACT_READ)
    names = adviser_names(ctx)
    home = (
        contacts_inside(ctx),
        col(Contact.kind) == "household",
        col(Contact.archived_at).is_(None),
    )
    with store.reading(ctx) as session:
        homes = session.exec(select(Contact).where(*home).order_by(col(Contact.search_key))).all()
        query = select(
            HouseholdMember.household_id, HouseholdMember.role, HouseholdMember.contact_id
        ).where(
            HouseholdMember.firm_id == ctx.firm_id,
            store.among(ctx, col(HouseholdMember.household_id), [h.id for h in homes if h.id]),
        )
        found = session.exec(query).all()
        named = sorted_names(ctx, {contact_id for _, _, contact_id in found})
    order = list(words.ROLES)
    by_home: dict[int, list[str]] = {}
    for home_id, _, person in sorted(found, key=lambda m: (order.index(m[1]), named[m[2]])):
        by_home.setdefault(home_id, []).append(named[person][1])
    rows = [
        (h.id, h.file_code, h.last_name, len(by_home.get(h.id or 0, [])),
         ", ".join(by_home.get(h.id or 0, [])), names.get(h.adviser_id or 0, ""), h.adviser_id)
        for h in homes
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=HOUSEHOLDS, orient="row")


def members(ctx: Context, household_id: int) -> tuple[Member, ...]:
    """Return who is in a household, heads first; outsiders by their name only."""
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        _one_household(ctx, session, household_id)
        query = (
            select(Contact, HouseholdMember.role)
            .join(HouseholdMember, col(HouseholdMember.contact_id) == Contact.id)
            .where(Contact.firm_id == ctx.firm_id, HouseholdMember.household_id == household_id)
        )
        found = session.exec(query).all()
    order = {role: n for n, role in enumerate(words.ROLES)}
    ranked = sorted(found, key=lambda pair: (order.get(pair[1], 9), pair[0].search_key))
    return tuple(member(ctx, row, role) for row, role in ranked)


def household_heads(ctx: Context, contact_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return, of those who head or are the spouse of a household, which: its id and file code.

    The code is empty for a household outside the perimeter.

    Raises
    ------
    NotFoundError
        One of them is outside the perimeter, or does not exist.
    """
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        _require_inside(ctx, session, contact_ids)
        query = (
            select(HouseholdMember.contact_id, Contact)
            .join(Contact, col(HouseholdMember.household_id) == Contact.id)
            .where(
                HouseholdMember.firm_id == ctx.firm_id,
                store.among(ctx, col(HouseholdMember.contact_id), contact_ids),
                col(HouseholdMember.role).in_(["head", "spouse"]),
                col(Contact.archived_at).is_(None),
            )
        )
        found = session.exec(query).all()
    covers = ctx.perimeter.covers
    return {
        contact_id: (home.id or 0, home.file_code if covers(home.adviser_id) else "")
        for contact_id, home in found
    }


def member_table(people: Sequence[Member]) -> pl.DataFrame:
    """Return members as a table shows them (schema `MEMBERS`)."""
    rows = []
    for one in people:
        known = one.contact
        born = None if known is None or known.birth_date is None else known.birth_date.year
        shown = (known.file_code, one.role, known.kind, known.stage) if known else ("", "", "", "")
        outside = "" if known else "hors périmètre"
        rows.append((one.id, one.name, *shown, born, outside))
    return pl.DataFrame(rows, schema=MEMBERS, orient="row")


def member(ctx: Context, row: Contact, role: str = "") -> Member:
    """Return a member as the user may see it."""
    inside = ctx.perimeter.covers(row.adviser_id)
    return Member(row.id or 0, name_of(row), role, reference(row) if inside else None)


def save_household(
    ctx: Context,
    form: HouseholdForm,
    *,
    household_id: int | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> ContactRef:
    """Create or change a household and its members.

    A person heads, or is the spouse of, at most one household; a child may
    belong to two. Members outside the perimeter stay where they are: neither
    added nor taken out.

    Raises
    ------
    InvalidInputError
        No member, several heads or spouses, or one who heads another household.
    StaleEditError
        Somebody saved the household after `expected_version` was read.
    """
    ctx.require(Permission.CONTACT_WRITE)
    _require_coherent(form)
    with store.tx(ctx) as tx:
        facts = ContactForm(kind="household", stage=form.stage, last_name=form.name,
                            adviser_id=form.adviser_id, file_code=form.file_code)  # fmt: skip
        if household_id is None:
            made = add_contact(ctx, facts, key=key)
        else:
            row = _one_household(ctx, tx.session, household_id)
            kept = replace(
                form_of(row), stage=form.stage, last_name=form.name,
                adviser_id=form.adviser_id or row.adviser_id,
                file_code=form.file_code or row.file_code,
            )  # fmt: skip
            made = edit_contact(ctx, household_id, kept, expected_version or 0)
        _set_members(ctx, tx, made.id, form.members)
        return made


def add_households(ctx: Context, forms: Sequence[HouseholdForm]) -> tuple[int, ...]:
    """Create many households at once, as `save_household` does one; return their ids, in order."""
    ctx.require(Permission.CONTACT_WRITE)
    if not forms:
        return ()
    for form in forms:
        _require_coherent(form)
    facts = [
        ContactForm(kind="household", stage=form.stage, last_name=form.name,
                    adviser_id=form.adviser_id, file_code=form.file_code)
        for form in forms
    ]  # fmt: skip
    with store.tx(ctx) as tx:
        places = [place for form in forms for place in form.members]
        _require_placeable(ctx, tx.session, places)
        made = add_contacts(ctx, facts)
        codes = _codes(ctx, tx.session, made)
        links = [
            (home, contact_id, role)
            for home, form in zip(made, forms, strict=True)
            for contact_id, role in form.members
        ]
        names = ("household_id", "contact_id", "role")
        rows = [dict(zip(names, link, strict=True)) for link in links]
        store.insert_rows(tx, HouseholdMember, rows)
        entered = [(person, "household", "household", codes[home]) for home, person, _ in links]
        trail.record_all(tx, entered)
        tx.audit("create", "household", None, after={"households": list(made)})
    return made


def _require_placeable(ctx: Context, session: Session, places: Sequence[tuple[int, str]]) -> None:
    """Refuse what `_place` would: somebody out of sight, a household, a head of two households."""
    ids = {contact_id for contact_id, _ in places}
    query = select(Contact.id, Contact.kind).where(
        contacts_inside(ctx), store.among(ctx, col(Contact.id), ids)
    )
    kinds = dict(session.exec(query).all())
    for contact_id in ids:
        if contact_id not in kinds:
            raise NotFoundError("Contact", contact_id)
    if "household" in kinds.values():
        raise InvalidInputError("Un foyer ne peut pas être membre d'un foyer.")
    heads = [contact_id for contact_id, role in places if role in {"head", "spouse"}]
    standing = set(household_heads(ctx, heads))
    for contact_id in heads:
        if contact_id in standing:
            _refuse_second(session.get_one(Contact, contact_id))
        standing.add(contact_id)


def _codes(ctx: Context, session: Session, ids: Sequence[int]) -> dict[int, str]:
    query = select(Contact.id, Contact.file_code).where(
        Contact.firm_id == ctx.firm_id, store.among(ctx, col(Contact.id), ids)
    )
    return {id_ or 0: code for id_, code in session.exec(query)}


def _refuse_second(person: Contact) -> NoReturn:
    raise InvalidInputError(
        f"{name_of(person)} est déjà tête de foyer ou conjoint dans un autre foyer : "
        "retirez-le d'abord de cet autre foyer."
    )


def _require_coherent(form: HouseholdForm) -> None:
    if not form.members:
        raise InvalidInputError("Veuillez renseigner : Membres du foyer.")
    roles = [role for _, role in form.members]
    if unknown := set(roles) - set(words.ROLES):
        raise InvalidInputError(f"Rôle inconnu dans un foyer : {', '.join(sorted(unknown))}.")
    for role in ("head", "spouse"):
        if roles.count(role) > 1:
            raise InvalidInputError(f"Un seul membre peut être « {words.ROLES[role]} ».")
    if len({i for i, _ in form.members}) < len(form.members):
        raise InvalidInputError("Une personne ne figure qu'une fois dans un foyer.")


def _set_members(
    ctx: Context, tx: Tx, household_id: int, wanted: Sequence[tuple[int, str]]
) -> None:
    """Make the members inside the perimeter those wanted; outsiders are left alone."""
    links = tx.session.exec(
        select(HouseholdMember).where(
            HouseholdMember.firm_id == ctx.firm_id, HouseholdMember.household_id == household_id
        )
    ).all()
    inside = _inside(ctx, tx.session, [link.contact_id for link in links])
    current = {link.contact_id: link for link in links if link.contact_id in inside}
    kept = {link.contact_id for link in links} - set(current)
    roles = {i: role for i, role in wanted if i not in kept}
    for contact_id in current.keys() - roles.keys():
        tx.session.delete(current[contact_id])
        _note(tx, contact_id, household_id, leaving=True)
    for contact_id, role in roles.items():
        _place(ctx, tx, household_id, contact_id, role, current.get(contact_id))
    tx.session.flush()
    tx.audit("update", "household", household_id, subject=household_id,
             after={"members": sorted(roles)})  # fmt: skip
    tx.touch("contacts")


def _place(
    ctx: Context, tx: Tx, household_id: int, contact_id: int, role: str,
    link: HouseholdMember | None,
) -> None:  # fmt: skip
    person = one_contact(ctx, tx.session, contact_id)
    if person.kind == "household":
        raise InvalidInputError("Un foyer ne peut pas être membre d'un foyer.")
    if role in {"head", "spouse"}:
        _require_single(tx.session, household_id, person)
    if link is None:
        tx.add(HouseholdMember(firm_id=ctx.firm_id, household_id=household_id,
                               contact_id=contact_id, role=role))  # fmt: skip
        _note(tx, contact_id, household_id, leaving=False)
    elif link.role != role:
        link.role = role
        tx.add(link)


def _require_single(session: Session, household_id: int, person: Contact) -> None:
    """Refuse a head or spouse who is one already elsewhere."""
    query = (
        select(Contact)
        .join(HouseholdMember, col(HouseholdMember.household_id) == Contact.id)
        .where(
            HouseholdMember.firm_id == person.firm_id,
            HouseholdMember.contact_id == person.id,
            HouseholdMember.household_id != household_id,
            col(HouseholdMember.role).in_(["head", "spouse"]),
            col(Contact.archived_at).is_(None),
        )
    )
    if session.exec(query).first() is not None:
        _refuse_second(person)


def _require_inside(ctx: Context, session: Session, ids: Collection[int]) -> None:
    possible = {id_ for id_ in ids if 0 < id_ < LARGE}
    inside = _inside(ctx, session, possible)
    for id_ in ids:
        if id_ not in inside:
            raise NotFoundError("Contact", id_)


def _inside(ctx: Context, session: Session, ids: Collection[int]) -> set[int]:
    query = select(Contact.id).where(contacts_inside(ctx), store.among(ctx, col(Contact.id), ids))
    return {i for i in session.exec(query).all() if i is not None}


def _note(tx: Tx, contact_id: int, household_id: int, *, leaving: bool) -> None:
    """Write in a member's file which household they entered or left."""
    code = tx.session.get_one(Contact, household_id).file_code
    pair = (code, "") if leaving else ("", code)
    trail.record(tx, contact_id, "household", {"household": pair})


def _one_household(ctx: Context, session: Session, household_id: int) -> Contact:
    row = one_contact(ctx, session, household_id)
    if row.kind != "household":
        raise NotFoundError("Foyer", household_id)
    return row
