"""Which of these file codes are in the files already, and what their files say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.contacts import changes as trail
from o2s_core.contacts.coordinates.reach import follow_main
from o2s_core.contacts.identity import ContactForm
from o2s_core.contacts.models import Contact, HouseholdMember
from o2s_core.contacts.stored_facts import form_of, renew_search_key
from o2s_core.contacts.visible import one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import StaleEditError
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

#: Codes asked to the database at once.
BATCH = 500


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it stands: its identity, its version and all that it says."""

    id: int
    version: int
    form: ContactForm
    members: tuple[tuple[int, str], ...] = ()  #: of a household: contact, role
    archived: bool = False


def known_files(ctx: Context, file_codes: Collection[str]) -> dict[str, KnownFile | None]:
    """Return the files that bear some codes, by code; None for one outside the perimeter.

    A code that nobody bears is absent. Sensitive facts are as stored: the answer
    is for comparing, it is not shown as it is.
    """
    ctx.require(Permission.CONTACT_WRITE)
    wanted = sorted({code.upper() for code in file_codes})
    found: dict[str, KnownFile | None] = {}
    with store.reading(ctx) as session:
        for start in range(0, len(wanted), BATCH):
            found |= _borne(ctx, session, wanted[start : start + BATCH])
    return found


def _borne(ctx: Context, session: Session, codes: list[str]) -> dict[str, KnownFile | None]:
    query = select(Contact).where(Contact.firm_id == ctx.firm_id, col(Contact.file_code).in_(codes))
    rows = session.exec(query).all()
    homes = [row.id for row in rows if row.kind == "household"]
    places: dict[int, list[tuple[int, str]]] = {}
    links = select(HouseholdMember).where(
        HouseholdMember.firm_id == ctx.firm_id, col(HouseholdMember.household_id).in_(homes)
    )
    for link in session.exec(links.order_by(col(HouseholdMember.contact_id))).all():
        places.setdefault(link.household_id, []).append((link.contact_id, link.role))
    return {row.file_code: _known(ctx, row, places) for row in rows}


def _known(
    ctx: Context, row: Contact, places: Mapping[int, list[tuple[int, str]]]
) -> KnownFile | None:
    if not ctx.perimeter.covers(row.adviser_id):
        return None
    own = row.id or 0
    away = row.archived_at is not None
    return KnownFile(own, row.version, form_of(row), tuple(places.get(own, ())), away)


def file_by_id(ctx: Context, contact_id: int) -> KnownFile:
    """Return one file of the perimeter as it stands, to compare with what an export says."""
    ctx.require(Permission.CONTACT_WRITE)
    with store.reading(ctx) as session:
        row = one_contact(ctx, session, contact_id)
        return KnownFile(row.id or 0, row.version, form_of(row))


def put_back(tx: Tx, contact_id: int, before: Mapping[str, Any], expected_version: int) -> None:
    """Give fields of a file the values that they had, inside the open write.

    Nothing is asked of these values but that they were there before: taking back
    a mistake is not refused for what the file lacked. Refused when somebody saved
    the file after `expected_version`.
    """
    tx.ctx.require(Permission.CONTACT_WRITE)
    row = one_contact(tx.ctx, tx.session, contact_id)
    if row.version != expected_version:
        raise StaleEditError("Le dossier", [])
    changes = {name: (getattr(row, name), value) for name, value in before.items()}
    for name, value in before.items():
        setattr(row, name, value)
    with tx.session.no_autoflush:  # one save is one version
        follow_main(tx, row, {n: changes[n][0] for n in ("phone", "email") if n in changes})
        renew_search_key(tx, row)
    trail.record(tx, contact_id, "edit", changes)
    tx.audit("update", "contact", contact_id, after={"fields": sorted(before)}, subject=contact_id)
    tx.touch("contacts")
