"""Contacts › Autres › Documents: the papers of this file, of its members and its contracts."""

import streamlit as st

from o2s_core import contacts, portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import documents_view

ctx = ui.page("Documents", needs=Permission.DOCUMENT_READ)
code = st.query_params.get("contact", "")
if not code:
    ui.empty("Aucun dossier choisi.", "Ouvrez un contact depuis la liste.")
    st.stop()

card = contacts.contact(ctx, code)
ui.file_header(ctx, card)
owners = portfolio.paper_owners(ctx, card.id)
documents_view.shelf(ctx, f"papers_{card.id}", owners=owners)
