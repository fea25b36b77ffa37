"""The window that adds a contact: the least that makes one, then its file opens."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from o2s_core import contacts
from o2s_core.contacts import ContactForm, HouseholdForm, PossibleDuplicateError, vocabulary
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.ui import boundary, session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import finished, form, once
from o2s_core.ui.members import pick_members, pick_roles
from o2s_core.ui.messages import flash
from o2s_core.ui.navigation import go, link


@dialog("Nouveau contact", width="medium")
def new_contact(kind: str = "person") -> None:
    """Ask the nature of the contact, then what its creation needs."""
    ctx = session.context()
    chosen = st.segmented_control(
        "Nature",
        list(vocabulary.KINDS),
        default=kind,
        required=True,
        format_func=vocabulary.KINDS.__getitem__,
        key="new_contact_kind",
    )
    nature = str(chosen or kind)
    key = f"new_contact_{nature}"
    members = _household_members(ctx, key) if nature == "household" else ()
    place = st.container()
    with place:
        confirmed = _warned(key)
    advisers = contacts.adviser_choices(ctx)
    me = str(ctx.user_id)
    values = form(
        contacts.creation_schema(nature, advisers),
        key=key,
        defaults={"stage": "prospect", "adviser_id": me if me in advisers else _only(advisers)},
        submit="Créer le contact",
        cancel=True,
    )
    if values is not None:
        with place:
            _save(ctx, nature, values, members, key=key, confirmed=confirmed)


def _only(advisers: Mapping[str, str]) -> str | None:
    return next(iter(advisers)) if len(advisers) == 1 else None


def _household_members(ctx: Context, key: str) -> tuple[tuple[int, str], ...]:
    ids = pick_members(ctx, key=f"{key}_members")
    return pick_roles(ids, contacts.names_of(ctx, ids), key=key)


def _save(
    ctx: Context, kind: str, values: Mapping[str, Any], members: tuple[tuple[int, str], ...],
    *, key: str, confirmed: bool,
) -> None:  # fmt: skip
    """Create, and open the new file; or say what is wrong and lose nothing."""
    form_of = ContactForm.of({**values, "kind": kind})
    with boundary.errors():
        try:
            if kind == "household":
                made = _household(ctx, form_of, members, once(key))
            else:
                made = contacts.add_contact(
                    ctx, form_of, key=once(key), confirm_duplicates=confirmed
                )
        except PossibleDuplicateError as error:
            if f"{key}_alike" not in st.session_state:
                st.session_state[f"{key}_alike"] = error.found
                _warned(key)
            return
        st.session_state.pop(f"{key}_alike", None)
        finished(key)
        flash(f"Contact créé : dossier {made.file_code}.")
        go(link("dossier-general", contact=made.file_code))


def _household(
    ctx: Context, form_of: ContactForm, members: tuple[tuple[int, str], ...], key: str
) -> contacts.ContactRef:
    if not members:
        raise InvalidInputError("Veuillez renseigner : Membres.")
    asked = HouseholdForm(
        form_of.last_name, members, form_of.adviser_id, form_of.stage, form_of.file_code
    )
    return contacts.save_household(ctx, asked, key=key)


def _warned(key: str) -> bool:
    """Show who looks like the contact being entered; return whether it is somebody else."""
    found: tuple[contacts.Duplicate, ...] = st.session_state.get(f"{key}_alike", ())
    if not found:
        return False
    listed = "\n".join(f"- **{d.contact.label}** : {', '.join(d.reasons)}" for d in found)
    st.warning(f"Ce contact existe peut-être déjà :\n{listed}", icon=":material/group:")
    with st.container(horizontal=True, vertical_alignment="center"):
        for alike in found[:3]:
            if st.button(f"Ouvrir {alike.contact.name}", key=f"{key}_open_{alike.contact.id}"):
                st.session_state.pop(f"{key}_alike", None)
                go(link("dossier-general", contact=alike.contact.file_code))
    return st.checkbox("C'est une autre personne : créer quand même", key=f"{key}_other")
