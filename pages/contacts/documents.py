"""Contacts › Dossier › Documents: the papers of this file."""

import streamlit as st

from o2s_core import contacts, documents, ui
from o2s_core.kernel.permissions import Permission

ctx = ui.page("Documents", needs=Permission.DOCUMENT_READ)

LISTED = [
    ui.Column("title", "Document", sub="file_name", width=240),
    ui.Column("category", "Catégorie", "badge", labels=documents.CATEGORIES),
    ui.Column("dated_on", "Daté du", "day"),
    ui.Column("signed_on", "Signé le", "day", wide=True),
    ui.Column("signers", "Signataires", wide=True),
    ui.Column("valid_until", "Valable jusqu'au", "day", wide=True),
    ui.Column("size", "Octets", "integer", hidden=True),
]
code = st.query_params.get("contact", "")
if not code:
    ui.empty("Aucun dossier choisi.", "Ouvrez un contact depuis la liste.")
    st.stop()

card = contacts.contact(ctx, code)
ui.file_header(ctx, card)
pressed = ui.table(
    ctx,
    contacts.papers(ctx, card.id),
    LISTED,
    key=f"papers_{card.id}",
    noun="documents",
    actions=[ui.Action("download", "Télécharger", "download")]
    if ctx.may(Permission.FILE_DOWNLOAD)
    else [],
    empty="Aucun document dans ce dossier.",
)
if pressed.action == "download":
    with ui.errors():
        ticket = contacts.paper_ticket(ctx, int(pressed.row))
        st.link_button("Télécharger (une fois, 1 minute)", f"/dl/{ticket}")
