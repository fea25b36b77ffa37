"""Who is who for whom: spouses, parents, representatives, counsels (Relations)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, or_, select

from o2s_core import store
from o2s_core.contacts.models import Contact, ContactRelation
from o2s_core.contacts.names import name_of
from o2s_core.contacts.visible import contacts_inside, one_contact
from o2s_core.contacts.vocabulary import RELATIONS
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

#: One row per relation of a contact, seen from that contact; `file_code` is empty
#: when the other person is outside the perimeter.
RELATED: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "contact_id": pl.Int64(),
        "name": pl.String(),
        "file_code": pl.String(),
        "relation": pl.String(),  #: French label
        "since": pl.Date(),
        "until": pl.Date(),
        "comment": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class RelationForm:
    """A relation as typed: `other_id` is the `kind` of `contact_id`."""

    contact_id: int
    other_id: int
    kind: str  #: key of `vocabulary.RELATIONS`
    since: date | None = None
    until: date | None = None
    comment: str = ""


def relations(ctx: Context, contact_id: int) -> pl.DataFrame:
    """Return the relations of a contact (schema `RELATED`), written from either side."""
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        one_contact(ctx, session, contact_id)
        query = select(ContactRelation).where(
            ContactRelation.firm_id == ctx.firm_id,
            or_(ContactRelation.from_id == contact_id, ContactRelation.to_id == contact_id),
        )
        rows = session.exec(query.order_by(col(ContactRelation.id))).all()
        people = _people(session, ctx, [i for r in rows for i in (r.from_id, r.to_id)])
    seen = [_seen(ctx, row, contact_id, people) for row in rows]
    return pl.DataFrame(seen, RELATED, orient="row").sort("relation", "name")


def relation_known(ctx: Context, form: RelationForm) -> int | None:
    """Return the id of a relation that says the same, from either side; None without any."""
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        for contact_id in (form.contact_id, form.other_id):
            one_contact(ctx, session, contact_id)
        return _same(session, ctx, form)


def save_relation(ctx: Context, form: RelationForm) -> int:
    """Write that two contacts are related, and return the relation; said twice, it is one.

    Raises
    ------
    InvalidInputError
        The kind is unknown, or somebody would be related to themselves.
    """
    ctx.require(Permission.CONTACT_WRITE)
    if form.kind not in RELATIONS:
        raise InvalidInputError(f"Relation inconnue : {form.kind}.")
    if form.contact_id == form.other_id:
        raise InvalidInputError("Un contact ne peut pas être en relation avec lui-même.")
    with store.tx(ctx) as tx:
        for contact_id in (form.contact_id, form.other_id):
            one_contact(ctx, tx.session, contact_id)
        known = _same(tx.session, ctx, form)
        return known if known is not None else _add(tx, form)


def delete_relation(ctx: Context, relation_id: int) -> None:
    """Take back that two contacts are related."""
    ctx.require(Permission.CONTACT_DELETE)
    with store.tx(ctx) as tx:
        mine = (ContactRelation.firm_id == ctx.firm_id, ContactRelation.id == relation_id)
        row = tx.session.exec(select(ContactRelation).where(*mine)).first()
        if row is None or not {row.from_id, row.to_id} <= _inside(tx.session, ctx, row):
            raise NotFoundError("Relation", relation_id)
        tx.session.delete(row)
        tx.session.flush()
        tx.audit("delete", "relation", relation_id, before={"kind": row.kind}, subject=row.from_id)
        tx.touch("contacts")


def _add(tx: Tx, form: RelationForm) -> int:
    row = ContactRelation(
        firm_id=tx.ctx.firm_id,
        from_id=form.contact_id,
        to_id=form.other_id,
        kind=form.kind,
        since=form.since,
        until=form.until,
        comment=form.comment.strip(),
    )
    tx.add(row)
    said = {"kind": form.kind, "other": form.other_id}
    tx.audit("create", "relation", row.id, after=said, subject=form.contact_id)
    tx.touch("contacts")
    return row.id or 0


def _same(session: Session, ctx: Context, form: RelationForm) -> int | None:
    inverse = RELATIONS[form.kind][1]
    ways = ((form.contact_id, form.other_id, form.kind), (form.other_id, form.contact_id, inverse))
    for one, other, kind in ways:
        query = select(ContactRelation.id).where(
            ContactRelation.firm_id == ctx.firm_id,
            ContactRelation.from_id == one,
            ContactRelation.to_id == other,
            ContactRelation.kind == kind,
        )
        if (found := session.exec(query).first()) is not None:
            return found
    return None


def _people(session: Session, ctx: Context, ids: list[int]) -> dict[int, Contact]:
    query = select(Contact).where(Contact.firm_id == ctx.firm_id, col(Contact.id).in_(ids))
    return {row.id or 0: row for row in session.exec(query).all()}


def _inside(session: Session, ctx: Context, row: ContactRelation) -> set[int]:
    both = col(Contact.id).in_([row.from_id, row.to_id])
    query = select(Contact.id).where(contacts_inside(ctx), both)
    return {i for i in session.exec(query).all() if i is not None}


def _seen(
    ctx: Context, row: ContactRelation, contact_id: int, people: dict[int, Contact]
) -> tuple[Any, ...]:
    forward = row.from_id == contact_id
    other = people[row.to_id if forward else row.from_id]
    kind = row.kind if forward else RELATIONS[row.kind][1]
    code = other.file_code if ctx.perimeter.covers(other.adviser_id) else ""
    label = RELATIONS[kind][0]
    return row.id, other.id, name_of(other), code, label, row.since, row.until, row.comment
