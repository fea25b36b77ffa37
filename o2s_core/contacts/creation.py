"""Add a contact to the files."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from o2s_core import store
from o2s_core.contacts import changes as trail
from o2s_core.contacts.advisers import adviser_choices, chosen_adviser
from o2s_core.contacts.duplicates import PossibleDuplicateError, duplicates
from o2s_core.contacts.file_codes import next_file_code, require_all_free, require_free
from o2s_core.contacts.identity import ContactForm, creation_schema
from o2s_core.contacts.models import Contact
from o2s_core.contacts.names import ContactRef, reference
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.store import Tx

log = logging.getLogger(__name__)


def add_contact(
    ctx: Context, form: ContactForm, *, key: str | None = None, confirm_duplicates: bool = False
) -> ContactRef:
    """Add a person, a company or a household, and return its reference.

    Only what the creation dialog asks is mandatory; what a client's file still
    lacks is shown by its completeness. The file code is the next automatic one
    when the form gives none. The same `key` twice adds one contact.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong (all are listed), or the file code is taken.
    PossibleDuplicateError
        Somebody alike is in the perimeter, and `confirm_duplicates` is false.
    """
    ctx.require(Permission.CONTACT_WRITE)
    tidy = form.tidied()
    ready = replace(tidy, adviser_id=chosen_adviser(ctx, tidy.adviser_id))
    _require_valid(ctx, ready, adviser_choices(ctx))
    with store.tx(ctx) as tx:

        def make() -> int:
            return _add(ctx, tx, ready, confirmed=confirm_duplicates)

        made = store.idempotent(tx, key, make)
        row = tx.session.get_one(Contact, made)
        return reference(row)


def add_contacts(ctx: Context, forms: Sequence[ContactForm]) -> tuple[int, ...]:
    """Add many contacts at once, as `add_contact` does one; return their ids, in the same order.

    Nobody is asked about duplicates: whoever calls has compared them. One line of audit.
    """
    ctx.require(Permission.CONTACT_WRITE)
    if not forms:
        return ()
    ready = _all_valid(ctx, [form.tidied() for form in forms])
    with store.tx(ctx) as tx:
        require_all_free(ctx, tx.session, [form.file_code for form in ready if form.file_code])
        coded = [
            replace(form, file_code=form.file_code or next_file_code(ctx, tx, form.kind))
            for form in ready
        ]
        made = store.insert_rows(tx, Contact, [_facts(form) for form in coded])
        trail.record_all(tx, [(contact_id, "create", "", "") for contact_id in made])
        tx.audit("create", "contact", None, after={"contacts": made})
        tx.touch("contacts")
    return tuple(made)


def _all_valid(ctx: Context, forms: Sequence[ContactForm]) -> list[ContactForm]:
    """Return forms with who follows them, each checked as one alone would be."""
    followed = {i: chosen_adviser(ctx, i) for i in {form.adviser_id for form in forms}}
    ready = [replace(form, adviser_id=followed[form.adviser_id]) for form in forms]
    choices = adviser_choices(ctx)
    for form in ready:
        _require_valid(ctx, form, choices)
    return ready


def _facts(form: ContactForm) -> dict[str, Any]:
    """Return what is stored of a form."""
    return form.values() | {"adviser_id": form.adviser_id, "search_key": form.search_key()}


def _require_valid(ctx: Context, form: ContactForm, choices: Mapping[str, str]) -> None:
    """Check what the dialog asks; only the command line may leave the adviser open."""
    if form.kind not in {"person", "company", "household"}:
        raise InvalidInputError(f"Nature de contact inconnue : {form.kind}.")
    problems = creation_schema(form.kind, choices).problems(form.values(), ctx.today)
    if ctx.user_id is None and form.adviser_id is None:
        problems = [p for p in problems if p.field != "adviser_id"]
    if problems:
        raise InvalidInputError(problems)


def _add(ctx: Context, tx: Tx, form: ContactForm, *, confirmed: bool) -> int:
    if not confirmed and (found := duplicates(ctx, form)):
        raise PossibleDuplicateError(found)
    if form.file_code:
        require_free(ctx, tx.session, form.file_code)
    coded = replace(form, file_code=form.file_code or next_file_code(ctx, tx, form.kind))
    row = Contact(firm_id=ctx.firm_id, **_facts(coded))
    tx.add(row)
    made = row.id or 0
    trail.record(tx, made, "create", {})
    said = {"kind": form.kind, "stage": form.stage, "adviser_id": form.adviser_id}
    tx.audit("create", "contact", made, after=said, subject=made)
    tx.touch("contacts")
    log.info("contact %s created", made)
    return made
