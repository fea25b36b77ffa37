"""The menu of everyday actions (menu d'actions courantes), at hand on every page."""

from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st

from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.account_windows import new_account
from o2s_core.ui.new_contact import new_contact

ASKED: Final = "o2s_quick"
#: What may be asked from anywhere: right, label, icon, window (none: the search box of the bar).
ACTIONS: Final[dict[str, tuple[Permission, str, str, Callable[[], None] | None]]] = {
    "contact": (Permission.CONTACT_WRITE, "Ajouter un contact", "person_add", new_contact),
    "account": (
        Permission.ACCOUNT_WRITE,
        "Ajouter un compte",
        "add_card",
        partial(new_account, ()),
    ),
    "find": (Permission.CONTACT_READ, "Rechercher un contact", "person_search", None),
    "find-account": (Permission.PORTFOLIO_READ, "Rechercher un compte", "search", None),
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
    needs, _, _, window = ACTIONS.get(name, (Permission.SELF_MANAGE, "", "", None))
    if window is not None and ctx.may(needs):
        window()
