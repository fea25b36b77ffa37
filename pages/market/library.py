"""Outils › Documents: what partners, supports and the firm give to read, every file too."""

import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import documents_view
from o2s_core.ui.document_categories import shelf_categories

ctx = ui.page("Documents", needs=Permission.MARKET_READ)

SHELVES = {
    "firm": "Cabinet",
    "instrument": "Supports",
    "product": "Produits",
    "provider": "Distributeurs",
    "custodian": "Dépositaires",
    "": "Tous les rayons",
    "contact": "Dossiers des clients",
}
if not ctx.may(Permission.DOCUMENT_READ):
    SHELVES.pop("contact")
chosen = st.segmented_control(
    "Rayon", list(SHELVES), default="firm", format_func=SHELVES.__getitem__,
    key="shelf", label_visibility="collapsed",
)  # fmt: skip
kind = "firm" if chosen is None else chosen
if kind == "":
    documents_view.shelf(ctx, "shelf_all", kinds=[k for k in SHELVES if k not in {"", "contact"}])
elif kind == "contact":
    documents_view.shelf(ctx, "shelf_contact", kinds=["contact", "account"])
else:
    documents_view.shelf(ctx, f"shelf_{kind}", kinds=[kind], owners=market.shelf_owners(ctx, kind))
    if ctx.may(Permission.SETTINGS_WRITE):
        shelf_categories(ctx, kind)
