"""The windows that gather contacts: a household, a named group."""

import streamlit as st

from o2s_core import contacts
from o2s_core.contacts import ContactCard, GroupCard, GroupForm, HouseholdForm
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import finished, form, once, opened_version, saving
from o2s_core.ui.members import pick_members, pick_roles


@dialog("Foyer", width="medium")
def edit_household(card: ContactCard) -> None:
    """Change who is in a household, and what each is to the others."""
    ctx = session.context()
    key = f"household_{card.id}"
    current = contacts.members(ctx, card.id)
    ids = pick_members(ctx, key=f"{key}_members", current=current)
    members = pick_roles(ids, contacts.names_of(ctx, ids), key=key, current=current)
    asked = FormSchema("Foyer", (FormField("name", "Nom du foyer", required=True),))
    values = form(asked, key=key, defaults={"name": card.form.last_name}, version=card.version,
                  columns=1, cancel=True)  # fmt: skip
    if values is not None:
        typed = HouseholdForm(values["name"], members, card.adviser_id, card.stage, card.file_code)
        with saving(key, "Foyer enregistré."):
            contacts.save_household(
                ctx, typed, household_id=card.id, expected_version=opened_version(key)
            )
            finished(f"contact_{card.id}")


@dialog("Regroupement", width="medium")
def edit_group(card: GroupCard | None = None) -> None:
    """Name a group and choose who is in it."""
    ctx = session.context()
    key = f"group_{card.id if card else 'new'}"
    current = card.members if card else ()
    ids = pick_members(ctx, key=f"{key}_members", current=current, households=True)
    advisers = contacts.adviser_choices(ctx)
    asked = FormSchema(
        "Regroupement",
        (
            FormField("name", "Nom du regroupement", required=True, maximum=80),
            FormField("adviser_id", "Conseiller", "choice", required=True, choices=advisers),
        ),
    )
    me = str(ctx.user_id) if str(ctx.user_id) in advisers else next(iter(advisers), None)
    known = {"name": card.name, "adviser_id": str(card.adviser_id)} if card else {"adviser_id": me}
    values = form(asked, key=key, defaults=known, version=card.version if card else 0, cancel=True)
    if values is not None:
        typed = GroupForm(values["name"], tuple(ids), int(values["adviser_id"]))
        with saving(key, "Regroupement enregistré."):
            contacts.save_group(
                ctx,
                typed,
                group_id=card.id if card else None,
                expected_version=opened_version(key),
                key=None if card else once(key),
            )


@dialog("Supprimer le regroupement", width="small")
def delete_group(card: GroupCard) -> None:
    """Confirm that a named group goes; its members stay."""
    ctx = session.context()
    st.write(f"Le regroupement **{card.name}** sera supprimé ; ses membres restent inchangés.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Supprimer", type="primary"):
            with saving(f"group_{card.id}", "Regroupement supprimé.", then="/groupes"):
                contacts.delete_group(ctx, card.id, card.version)
