"""The menu of everyday actions (menu d'actions courantes), at hand on every page."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from o2s_core import contacts
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import empty
from o2s_core.ui.navigation import go, link
from o2s_core.ui.new_contact import new_contact
from o2s_core.ui.session import context

ASKED: Final = "o2s_quick"


@dialog("Rechercher un contact")
def find_contact() -> None:
    """Find a contact by a few letters, and open the file."""
    ctx = context()
    typed = st.text_input(
        "Nom, code dossier, téléphone ou e-mail", type="search", live="250ms", key="quick_find"
    )
    found = contacts.find(ctx, typed) if typed else ()
    if typed and not found:
        empty("Aucun contact de votre périmètre ne correspond.")
    for ref in found:
        if st.button(ref.label, type="tertiary", key=f"quick_{ref.id}"):
            go(link("dossier-general", contact=ref.file_code))


#: What may be asked from anywhere: right, label, icon, window.
ACTIONS: Final[dict[str, tuple[Permission, str, str, Callable[[], None]]]] = {
    "contact": (Permission.CONTACT_WRITE, "Ajouter un contact", "person_add", new_contact),
    "find": (Permission.CONTACT_READ, "Rechercher un contact", "person_search", find_contact),
}


def quick_entries(ctx: Context) -> list[dict[str, str]]:
    """Return what this person may do from anywhere."""
    return [
        {"href": f"#{name}", "label": label, "icon": icon}
        for name, (needs, label, icon, _) in ACTIONS.items()
        if ctx.may(needs)
    ]


def ask(name: str) -> None:
    """Open a window of the menu on the next run: a bar that redraws alone cannot hold it."""
    st.session_state[ASKED] = name.removeprefix("#")
    st.rerun()


def open_asked(ctx: Context) -> None:
    """Open the window that was asked, once."""
    name = st.session_state.pop(ASKED, "")
    if name in ACTIONS and ctx.may(ACTIONS[name][0]):
        ACTIONS[name][3]()
