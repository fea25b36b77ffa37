"""Whether somebody is already in the files: the same person entered twice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import fuzz
from sqlmodel import Session, col, or_, select

from o2s_core import store
from o2s_core.contacts.identity import ContactForm
from o2s_core.contacts.models import Contact
from o2s_core.contacts.names import ContactRef, display_name, name_of, reference
from o2s_core.contacts.visible import contacts_inside
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import O2SError
from o2s_core.kernel.identifiers import search_key
from o2s_core.kernel.permissions import Permission

SIMILAR: Final = 0.85


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A contact that looks like the one being entered, and why."""

    contact: ContactRef
    reasons: tuple[str, ...]  #: in French, for the screen


class PossibleDuplicateError(O2SError):
    """The contact looks like one that exists; nothing was saved."""

    def __init__(self, found: tuple[Duplicate, ...]) -> None:
        self.found = found
        listed = " ; ".join(f"{d.contact.label} : {', '.join(d.reasons)}" for d in found)
        super().__init__(
            f"Ce contact existe peut-être déjà : {listed}. "
            "Ouvrez le dossier existant, ou confirmez la création."
        )


def duplicates(ctx: Context, form: ContactForm, *, but: int | None = None) -> tuple[Duplicate, ...]:
    """Return the contacts that look like the one described, the most alike first.

    Alike: the same birth date and a name at least 85 % similar, or the same
    e-mail, telephone or SIREN. Only inside the user's perimeter; `but` leaves
    out the contact being edited.
    """
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        found = [_compared(form.tidied(), row) for row in _suspects(ctx, session, form.tidied())]
    alike = [d for d in found if d.reasons and d.contact.id != but]
    return tuple(sorted(alike, key=lambda d: (-len(d.reasons), d.contact.name)))


def lookalikes(ctx: Context, forms: Sequence[ContactForm]) -> list[tuple[Duplicate, ...]]:
    """Return, for each form, the contacts of the perimeter that look like it.

    The same answer as `duplicates`, read once for a whole file; a shared telephone
    alone is no sign: a family has one.
    """
    ctx.require(Permission.CONTACT_READ)
    with store.reading(ctx) as session:
        query = select(Contact).where(contacts_inside(ctx), col(Contact.kind) != "household")
        rows = session.exec(query).all()
    shared: dict[tuple[str, object], list[Contact]] = defaultdict(list)
    for row in rows:
        for name in ("birth_date", "email", "siren"):
            if value := getattr(row, name):
                shared[name, value].append(row)
    return [_alike(form, shared) for form in forms]


def _alike(
    form: ContactForm, shared: Mapping[tuple[str, object], list[Contact]]
) -> tuple[Duplicate, ...]:
    keys = [(n, v) for n in ("birth_date", "email", "siren") if (v := getattr(form, n))]
    suspects = {row.id: row for key in keys for row in shared.get(key, [])}
    asked = replace(form, phone="")
    found = [d for row in suspects.values() if (d := _compared(asked, row)).reasons]
    return tuple(sorted(found, key=lambda d: (-len(d.reasons), d.contact.name)))


def named_alike(form: ContactForm, other: ContactForm) -> bool:
    """Return whether two forms bear names so near that they may be one person."""
    names = [
        search_key(display_name(f.kind, f.last_name, f.first_name, f.legal_name))
        for f in (form, other)
    ]
    return fuzz.token_sort_ratio(*names) / 100 >= SIMILAR


def _suspects(ctx: Context, session: Session, form: ContactForm) -> list[Contact]:
    """Return the few contacts that share a birth date or a way to be reached."""
    shared = {
        Contact.birth_date: form.birth_date,
        Contact.email: form.email,
        Contact.phone: form.phone,
        Contact.siren: form.siren,
    }
    same = [col(column) == value for column, value in shared.items() if value]
    if not same or form.kind == "household":
        return []
    query = select(Contact).where(
        contacts_inside(ctx), col(Contact.kind) != "household", or_(*same)
    )
    return list(session.exec(query).all())


def _compared(form: ContactForm, row: Contact) -> Duplicate:
    reasons = []
    if form.birth_date and form.birth_date == row.birth_date and _similar(form, row):
        reasons.append("même date de naissance et nom proche")
    if form.email and form.email == row.email:
        reasons.append("même e-mail")
    if form.phone and form.phone == row.phone:
        reasons.append("même téléphone")
    if form.siren and form.siren == row.siren:
        reasons.append("même SIREN")
    return Duplicate(reference(row), tuple(reasons))


def _similar(form: ContactForm, row: Contact) -> bool:
    """Compare names without accents, hyphens or the order of their parts."""
    typed = display_name(form.kind, form.last_name, form.first_name, form.legal_name)
    likeness = fuzz.token_sort_ratio(search_key(typed), search_key(name_of(row)))
    return likeness / 100 >= SIMILAR
