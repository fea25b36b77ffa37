"""What the header and the Général page of a file say of a contact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.contacts import vocabulary as words
from o2s_core.contacts.advisers import INACTIVE, adviser_choices
from o2s_core.contacts.changes import shown
from o2s_core.contacts.identity import SENSITIVE, ContactForm, identity_schema
from o2s_core.contacts.models import Contact, HouseholdMember
from o2s_core.contacts.names import ContactRef, name_of, reference
from o2s_core.contacts.stored_facts import form_of
from o2s_core.contacts.validity import age
from o2s_core.contacts.visible import contacts_inside, one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormSchema
from o2s_core.kernel.permissions import Permission

ADULT: Final = 18


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A contact's file as its header and its Général page need it."""

    id: int
    version: int
    form: ContactForm  #: every fact; sensitive ones are empty without the right
    name: str
    adviser: str  #: name; empty when none
    age: int | None  #: at death for a deceased person
    households: tuple[ContactRef, ...]
    completeness: float  #: share of the mandatory fields that are filled
    missing: tuple[str, ...]  #: labels of those that are not
    archived_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None

    @property
    def file_code(self) -> str:
        """Return the code de dossier."""
        return self.form.file_code

    @property
    def kind(self) -> str:
        """Return person, company or household."""
        return self.form.kind

    @property
    def stage(self) -> str:
        """Return prospect, client, former or partner."""
        return self.form.stage

    @property
    def adviser_id(self) -> int | None:
        """Return who follows the contact."""
        return self.form.adviser_id

    @property
    def is_minor(self) -> bool:
        """Return whether the person is under age: legal representatives act for them."""
        if self.age is None:
            return self.form.legal_capacity == "minor"
        return self.kind == "person" and self.age < ADULT and not self.is_deceased

    @property
    def is_deceased(self) -> bool:
        """Return whether the person has died: no mailing, no portal."""
        return self.kind == "person" and self.form.death_date is not None

    @property
    def is_protected(self) -> bool:
        """Return whether an adult is protected: the guardian signs."""
        return self.form.legal_capacity in words.PROTECTED

    @property
    def title(self) -> str:
        """Return the name as one addresses it: `Mme Anne Martin`, `SCI des Lilas`."""
        if self.kind != "person":
            return self.name
        civility = {"mme": "Mme", "m": "M."}.get(self.form.civility, "")
        said = (civility, self.form.first_name, self.form.last_name)
        return " ".join(part for part in said if part)


def contact(ctx: Context, file_code: str) -> ContactCard:
    """Return the file of a contact by its file code."""
    ctx.require(Permission.CONTACT_READ)
    return _card(ctx, file_code)


def contact_by_id(ctx: Context, contact_id: int) -> ContactCard:
    """Return the file of a contact by its identity."""
    ctx.require(Permission.CONTACT_READ)
    return _card(ctx, contact_id)


def file_schema(ctx: Context, card: ContactCard, *, incomplete: bool = False) -> FormSchema:
    """Return what the Général page of this file asks, with the advisers one may choose.

    `incomplete` asks of a client no more than of a prospect.
    """
    ctx.require(Permission.CONTACT_READ)
    choices = adviser_choices(ctx)
    if card.adviser_id is not None:
        choices.setdefault(str(card.adviser_id), card.adviser)
    return _schema(ctx, card.form, choices, incomplete=incomplete)


def readable_facts(card: ContactCard, schema: FormSchema) -> list[tuple[str, str]]:
    """Return the facts of a file as one reads them: label, value; empty when not known."""
    values = card.form.values()
    return [(f.label, shown(card.kind, f.key, values[f.key], f.choices)) for f in schema.fields]


def _schema(
    ctx: Context, form: ContactForm, choices: Mapping[str, str], *, incomplete: bool = False
) -> FormSchema:
    sensitive = ctx.may(Permission.CONTACT_SENSITIVE)
    return identity_schema(form.kind, choices, sensitive=sensitive, incomplete=incomplete)


def _card(ctx: Context, wanted: int | str) -> ContactCard:
    with store.reading(ctx) as session:
        row = one_contact(ctx, session, wanted)
        households = _households(ctx, session, row.id or 0)
    form = _seen(ctx, form_of(row))
    choices = adviser_choices(ctx)
    adviser = choices.get(str(row.adviser_id), INACTIVE) if row.adviser_id else ""
    schema, values = _schema(ctx, form, choices), form.values()
    lacking = [f.label for f in schema.fields if f.is_required(values) and not values[f.key]]
    return ContactCard(
        id=row.id or 0,
        version=row.version,
        form=form,
        name=name_of(row),
        adviser=adviser,
        age=age(row.birth_date, row.death_date or ctx.today),
        households=households,
        completeness=schema.completeness(values),
        missing=tuple(lacking),
        archived_at=row.archived_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _seen(ctx: Context, form: ContactForm) -> ContactForm:
    """Return the facts without the sensitive ones, unless the user may see them."""
    if ctx.may(Permission.CONTACT_SENSITIVE):
        return form
    return ContactForm.of(dict.fromkeys(SENSITIVE, ""), form)


def households_of(ctx: Context, contact_id: int) -> tuple[ContactRef, ...]:
    """Return the households a contact belongs to; those outside the perimeter are left out."""
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        one_contact(ctx, session, contact_id)
        return _households(ctx, session, contact_id)


def _households(ctx: Context, session: Session, contact_id: int) -> tuple[ContactRef, ...]:
    query = (
        select(Contact)
        .join(HouseholdMember, col(HouseholdMember.household_id) == Contact.id)
        .where(contacts_inside(ctx), HouseholdMember.contact_id == contact_id)
        .order_by(col(Contact.search_key))
    )
    return tuple(reference(row) for row in session.exec(query).all())
