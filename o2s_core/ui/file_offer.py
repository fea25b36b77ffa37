"""A file that is made when it is asked for, and fetched once by a ticket."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from o2s_core import administration, store
from o2s_core.kernel.context import Context
from o2s_core.ui import boundary
from o2s_core.ui.table_export import MEDIA

MEDIA_TYPES: Final = MEDIA | {"pdf": "application/pdf"}


def offer_file(ctx: Context, label: str, name: str, make: Callable[[], bytes], *, key: str) -> None:
    """Show a button that makes a file, then the link that fetches it; its end says its kind."""
    if not st.button(label, icon=":material/download:", key=key):
        return
    with boundary.errors():
        kind = MEDIA_TYPES[name.rpartition(".")[2]]
        ticket = administration.issue_ticket(ctx, store.save_blob(ctx, make()), name, kind)
        st.link_button(f"Télécharger : {label} (une fois, 1 minute)", f"/dl/{ticket}")
