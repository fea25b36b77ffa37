"""Contacts › Portefeuille › Synthèse: what they hold, what it is worth, since when we know."""

import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import holdings_view
from o2s_core.ui.opened_file import chosen_scope, opened_file
from o2s_core.ui.origins import show_line_origin
from o2s_core.ui.override_windows import correct_line
from o2s_core.ui.value_history import value_history

ctx = ui.page("Synthèse", needs=Permission.PORTFOLIO_READ)
opened = opened_file(ctx)
header = st.container()

with st.container(horizontal=True, vertical_alignment="center", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
    st.space("stretch")
    managed_only = st.toggle("Comptes gérés seulement", key=f"managed_{scope.kind}_{scope.id}")
    on = st.date_input(
        "Valorisation au",
        value=ctx.today,
        max_value=ctx.today,
        format="DD/MM/YYYY",
        label_visibility="collapsed",
        width=150,
        key=f"on_{scope.kind}_{scope.id}",
    )

held = ui.cached(portfolio.holdings)(ctx, scope, on, managed_only=managed_only)
key = f"{scope.kind}_{scope.id}_{on}"
with header:
    declared = scope.stage == "prospect" or held.declared
    ui.file_header(ctx, opened.file, badges=[("Données déclaratives", "warn")] if declared else [])

if held.lines.is_empty() and held.excluded.is_empty():
    ui.empty(
        f"Aucun avoir connu au {ui.day(held.on)} pour {scope.name}.",
        "Ajoutez un compte puis saisissez sa situation, ou importez le fichier d'un partenaire.",
    )
    if st.button("Voir les comptes", type="primary"):
        ui.go(opened.link("portefeuille-comptes"))
    st.stop()

holdings_view.holding_figures(held)
holdings_view.freshness(held)
answer = holdings_view.holding_lines(ctx, held, key=f"lines_{key}")
if answer.action == "origin":
    show_line_origin(held, int(answer.row))
if answer.action == "correct":
    correct_line(held, int(answer.row))
holdings_view.left_out(ctx, held, key=key)
holdings_view.allocation(ctx, held, key=key)
value_history(ctx, scope, on, key=key)
