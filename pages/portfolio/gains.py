"""Contacts › Portefeuille › Plus-values: what is up on what is held, what was gained when sold."""

import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import gains_view
from o2s_core.ui.opened_file import chosen_scope, opened_file

ctx = ui.page("Plus-values", needs=Permission.PORTFOLIO_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)

with st.container(horizontal=True, vertical_alignment="bottom", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
    key = f"{scope.kind}_{scope.id}"
    method = gains_view.chosen_method(key=key)

found = ui.cached(portfolio.gains)(ctx, scope, method=method)
if found is None:
    ui.empty(
        f"Rien n'est détenu ni n'a été vendu par {scope.name}.",
        "Les plus-values viendront avec la première situation ou les premiers mouvements.",
    )
    st.stop()

gains_view.headline(found)
gains_view.latent(ctx, found, key=key)
gains_view.currency_effect(ctx, found, key=key)
gains_view.realised(ctx, found, key=key)
