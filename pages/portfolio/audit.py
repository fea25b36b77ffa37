"""Contacts › Portefeuille › Audit: the key figures, then what deserves a look."""

import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import audit_view
from o2s_core.ui.opened_file import chosen_scope, opened_file

ctx = ui.page("Audit", needs=Permission.PORTFOLIO_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)

with st.container(horizontal=True, vertical_alignment="center", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
    st.space("stretch")
    leaving = st.container(horizontal=True, vertical_alignment="center", width="content")
key = f"{scope.kind}_{scope.id}"

found = ui.cached(portfolio.audit)(ctx, scope)
if found is None:
    ui.empty(
        f"Aucun avoir connu pour {scope.name} : il n'y a rien à auditer.",
        "L'audit viendra avec la première situation.",
    )
    st.stop()

with leaving:
    audit_view.leave(ctx, scope, key=key)
audit_view.key_figures(found)
audit_view.rules(ctx, opened, found, key=key)
