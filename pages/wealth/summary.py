"""Contacts › Patrimoine › Synthèse: what are they worth, net of what they owe? On a day."""

import streamlit as st

from o2s_core import ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import wealth_view
from o2s_core.ui.opened_file import opened_file

ctx = ui.page("Synthèse", needs=Permission.WEALTH_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)
scope, found = wealth_view.asked_balance(ctx, opened)

if found.rows.is_empty():
    ui.empty(
        f"Aucun bien ni dette connu au {ui.day(found.on)} pour {scope.name}.",
        "Les comptes apparaissent d'eux-mêmes ; ajoutez le reste dans Actifs / Passifs.",
    )
    if st.button("Ouvrir Actifs / Passifs", type="primary"):
        ui.go(opened.link("actifs-passifs"))
    st.stop()

with st.container(horizontal=True, horizontal_alignment="right"):
    wealth_view.leave_balance(ctx, scope, found, key=f"{scope.kind}_{scope.id}")
wealth_view.balance_figures(found)
wealth_view.balance_parts(ctx, found, key=f"wealth_{scope.kind}_{scope.id}")
