"""Change a contact's file: its facts, its stage, its adviser, its place in the archive."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete

from o2s_core import documents, store
from o2s_core.contacts import changes as trail
from o2s_core.contacts import vocabulary as words
from o2s_core.contacts.advisers import adviser_names, require_adviser
from o2s_core.contacts.coordinates.reach import follow_main
from o2s_core.contacts.file_codes import require_free
from o2s_core.contacts.identity import SENSITIVE, ContactForm, identity_schema
from o2s_core.contacts.models import Contact, ContactGroupMember, HouseholdMember
from o2s_core.contacts.names import ContactRef, reference
from o2s_core.contacts.stored_facts import form_of, renew_search_key
from o2s_core.contacts.visible import one_contact
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldChange, InvalidInputError, StaleEditError
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

#: From a stage, the stages that may follow; a client never becomes a prospect again.
FOLLOWING: Final = {
    "prospect": ("client", "partner", "former"),
    "client": ("former", "partner"),
    "former": ("client", "partner"),
    "partner": ("prospect", "client", "former"),
}


def edit_contact(
    ctx: Context,
    contact_id: int,
    form: ContactForm,
    expected_version: int,
    *,
    incomplete: bool = False,
) -> ContactRef:
    """Save the file of a contact as typed in Dossier > Général.

    All that is mandatory at its stage must be filled; `incomplete` keeps a
    client's file that still lacks some of it (what is wrong is refused all the
    same). Sensitive facts stay as they are without the right to see them. Each
    changed field goes to the history of the file.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong (all are listed), or the file code is taken.
    StaleEditError
        Somebody saved the file after `expected_version` was read.
    """
    ctx.require(Permission.CONTACT_WRITE)
    with store.tx(ctx) as tx:
        row = one_contact(ctx, tx.session, contact_id)
        ready = _kept_secret(ctx, replace(form, kind=row.kind), row).tidied()
        _require_current(ctx, row, ready, expected_version)
        _require_valid(ctx, row, ready, incomplete=incomplete)
        if changes := _differences(row, ready):
            _apply(ctx, tx, row, ready, changes)
        return reference(row)


def _kept_secret(ctx: Context, form: ContactForm, row: Contact) -> ContactForm:
    if ctx.may(Permission.CONTACT_SENSITIVE):
        return form
    return replace(form, **{key: getattr(row, key) for key in SENSITIVE})


def _require_current(ctx: Context, row: Contact, form: ContactForm, expected: int) -> None:
    """Raise `StaleEditError` with what differs when the file was saved meanwhile."""
    if row.version == expected:
        return
    schema = identity_schema(row.kind, {})
    seen = schema.fields if ctx.may(Permission.CONTACT_SENSITIVE) else [
        f for f in schema.fields if f.key not in SENSITIVE
    ]  # fmt: skip
    differing = _differences(row, form)
    changes = [
        FieldChange(f.label, *(trail.shown(row.kind, f.key, v) for v in differing[f.key]))
        for f in seen
        if f.key in differing
    ]
    raise StaleEditError("Le dossier", changes)


def _require_valid(ctx: Context, row: Contact, form: ContactForm, *, incomplete: bool) -> None:
    if form.stage != row.stage:
        require_stage(row.stage, form.stage)
    advisers = {str(i): name for i, name in adviser_names(ctx).items()}
    advisers |= {str(row.adviser_id): ""} if row.adviser_id else {}
    schema = identity_schema(row.kind, advisers, incomplete=incomplete)
    schema.require_valid(form.values(), ctx.today)
    if form.adviser_id != row.adviser_id:
        ctx.require(Permission.CONTACT_REASSIGN)


def require_stage(current: str, wanted: str) -> None:
    """Raise `InvalidInputError` unless one stage may follow the other."""
    if wanted not in FOLLOWING[current]:
        before, after = words.STAGES[current], words.STAGES.get(wanted, wanted)
        raise InvalidInputError(
            f"Un contact « {before} » ne peut pas devenir « {after} » : "
            "choisissez un autre type, ou archivez-le."
        )


def _differences(row: Contact, form: ContactForm) -> dict[str, tuple[Any, Any]]:
    """Return what the form changes: field -> stored, typed."""
    pairs = {f.name: (getattr(row, f.name), getattr(form, f.name)) for f in fields(ContactForm)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _apply(ctx: Context, tx: Tx, row: Contact, form: ContactForm, changes: trail.Changes) -> None:
    contact_id = row.id or 0
    if "file_code" in changes:
        require_free(ctx, tx.session, form.file_code, but=contact_id)
    for name, (_, typed) in changes.items():
        setattr(row, name, typed)
    with tx.session.no_autoflush:  # one save is one version
        follow_main(tx, row, {n: changes[n][0] for n in ("phone", "email") if n in changes})
        renew_search_key(tx, row)
    trail.record(tx, contact_id, "edit", _named(ctx, changes))
    said = {name: changes[name] for name in ("stage", "adviser_id") if name in changes}
    before = {name: pair[0] for name, pair in said.items()}
    after = {"fields": sorted(changes)} | {name: pair[1] for name, pair in said.items()}
    tx.audit("update", "contact", contact_id, before=before, after=after, subject=contact_id)
    tx.touch("contacts")


def _named(ctx: Context, changes: trail.Changes) -> trail.Changes:
    """Return the changes with the advisers' names instead of their ids."""
    if "adviser_id" not in changes:
        return changes
    names = adviser_names(ctx)
    before, after = (names.get(i, "") if i else "" for i in changes["adviser_id"])
    return {**changes, "adviser_id": (before, after)}


def change_stage(ctx: Context, contact_id: int, stage: str, expected_version: int) -> ContactRef:
    """Move a contact to another stage: a prospect signs, a client leaves."""
    ctx.require(Permission.CONTACT_WRITE)
    with store.tx(ctx) as tx:
        row = one_contact(ctx, tx.session, contact_id)
        _require_current(ctx, row, form_of(row), expected_version)
        require_stage(row.stage, stage)
        before, row.stage = row.stage, stage
        tx.add(row)
        trail.record(tx, contact_id, "stage", {"stage": (before, stage)})
        tx.audit("update", "contact", contact_id, subject=contact_id,
                 before={"stage": before}, after={"stage": stage})  # fmt: skip
        tx.touch("contacts")
        return reference(row)


def reassign(ctx: Context, contact_ids: Sequence[int], adviser_id: int, reason: str) -> int:
    """Give contacts to another adviser, all or none, and return how many changed.

    The reason stays in the history of each file, and goes with it.

    Their accounts follow the holder's visibility; the adviser written on an
    account is changed from the account.
    """
    ctx.require(Permission.CONTACT_REASSIGN)
    require_adviser(ctx, adviser_id)
    if not reason.strip():
        raise InvalidInputError("Veuillez renseigner : Motif du changement de conseiller.")
    with store.tx(ctx) as tx:
        rows = [one_contact(ctx, tx.session, i) for i in dict.fromkeys(contact_ids)]
        moved = [row for row in rows if row.adviser_id != adviser_id]
        for row in moved:
            changes = {"adviser_id": (row.adviser_id, adviser_id)}
            row.adviser_id = adviser_id
            tx.add(row)
            said = {**_named(ctx, changes), "reason": ("", reason.strip())}
            trail.record(tx, row.id or 0, "adviser", said)
        if not moved:
            return 0
        tx.audit("reassign", "contact", moved[0].id if len(moved) == 1 else None,
                 after={"contacts": [row.id for row in moved], "adviser_id": adviser_id},
                 )  # fmt: skip
        tx.touch("contacts")
        return len(moved)


def archive(ctx: Context, contact_ids: Sequence[int]) -> int:
    """Put contacts out of the lists, without losing anything; return how many moved."""
    ctx.require(Permission.CONTACT_WRITE)
    return _archived(ctx, contact_ids, away=True)


def restore(ctx: Context, contact_ids: Sequence[int]) -> int:
    """Bring archived contacts back to the lists; return how many moved."""
    ctx.require(Permission.CONTACT_WRITE)
    return _archived(ctx, contact_ids, away=False)


def _archived(ctx: Context, contact_ids: Sequence[int], *, away: bool) -> int:
    action = "archive" if away else "restore"
    with store.tx(ctx) as tx:
        rows = [one_contact(ctx, tx.session, i) for i in dict.fromkeys(contact_ids)]
        moved = [row for row in rows if (row.archived_at is None) == away]
        for row in moved:
            row.archived_at = ctx.now if away else None
            tx.add(row)
            trail.record(tx, row.id or 0, action, {})
        if not moved:
            return 0
        tx.audit(action, "contact", moved[0].id if len(moved) == 1 else None,
                 after={"contacts": [row.id for row in moved]})  # fmt: skip
        tx.touch("contacts")
        return len(moved)


def delete_contact(ctx: Context, contact_id: int, expected_version: int) -> None:
    """Delete a contact entered by mistake: possible only while nothing refers to it.

    A contact that holds an account, or ever did, is archived instead; the
    database itself refuses to lose the link. Its places in households and
    groups go with it.
    """
    ctx.require(Permission.CONTACT_DELETE)
    with store.tx(ctx) as tx:
        row = one_contact(ctx, tx.session, contact_id)
        _require_current(ctx, row, form_of(row), expected_version)
        code = row.file_code
        if papers := documents.count_of(ctx, contact_id):
            raise InvalidInputError(
                f"Le dossier {code} contient {french.count(papers, 'document')} : il ne peut pas "
                "être supprimé. Archivez-le."
            )
        try:
            with tx.session.begin_nested():
                _leave(tx.session, contact_id)
                tx.session.delete(row)
        except IntegrityError as error:
            raise InvalidInputError(
                f"Le dossier {code} ne peut pas être supprimé : des comptes ou d'autres éléments "
                "lui sont rattachés. Archivez-le."
            ) from error
        tx.audit("delete", "contact", contact_id, subject=contact_id, before={"file_code": code})
        tx.touch("contacts")


def _leave(session: Session, contact_id: int) -> None:
    """Take a contact out of its households and groups; a household loses its members."""
    for link in (HouseholdMember, ContactGroupMember):
        session.exec(delete(link).where(col(link.contact_id) == contact_id))
    session.exec(delete(HouseholdMember).where(col(HouseholdMember.household_id) == contact_id))
