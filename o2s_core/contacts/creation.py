"""Add a contact to the files."""

import logging
from dataclasses import replace

from o2s_core import store
from o2s_core.contacts import changes as trail
from o2s_core.contacts.advisers import adviser_choices, chosen_adviser
from o2s_core.contacts.duplicates import PossibleDuplicateError, duplicates
from o2s_core.contacts.file_codes import next_file_code, require_free
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
    _require_valid(ctx, ready)
    with store.tx(ctx) as tx:

        def make() -> int:
            return _add(ctx, tx, ready, confirmed=confirm_duplicates)

        made = store.idempotent(tx, key, make)
        row = tx.session.get_one(Contact, made)
        return reference(row)


def _require_valid(ctx: Context, form: ContactForm) -> None:
    """Check what the dialog asks; only the command line may leave the adviser open."""
    if form.kind not in {"person", "company", "household"}:
        raise InvalidInputError(f"Nature de contact inconnue : {form.kind}.")
    problems = creation_schema(form.kind, adviser_choices(ctx)).problems(form.values(), ctx.today)
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
    facts = {k: v for k, v in coded.values().items() if k != "adviser_id"}
    row = Contact(
        firm_id=ctx.firm_id, adviser_id=form.adviser_id, search_key=coded.search_key(), **facts
    )
    tx.add(row)
    made = row.id or 0
    trail.record(tx, made, "create", {})
    said = {"kind": form.kind, "stage": form.stage, "adviser_id": form.adviser_id}
    tx.audit("create", "contact", made, after=said, subject=made)
    tx.touch("contacts")
    log.info("contact %s created", made)
    return made
