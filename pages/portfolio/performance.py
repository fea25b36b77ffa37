"""Contacts › Portefeuille › Performance: what it earned, whatever was paid in or taken out."""

import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import performance_parts, performance_view
from o2s_core.ui.opened_file import chosen_scope, opened_file

ctx = ui.page("Performance", needs=Permission.PORTFOLIO_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)

with st.container(horizontal=True, vertical_alignment="bottom", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
    key = f"{scope.kind}_{scope.id}"
    asked = performance_view.asked(ctx, key=key)

found = ui.cached(portfolio.performance)(
    ctx, scope, asked.start, asked.end, gross=asked.gross, benchmark=asked.benchmark
)
if found is None:
    ui.empty(
        f"Rien n'est connu des avoirs de {scope.name} sur cette période.",
        "La performance viendra avec la première situation ou les premiers mouvements.",
    )
    st.stop()

performance_view.headline(found, asked)
performance_view.curves(ctx, found, key=key)
left, right = st.columns(2, gap="large")
with left:
    performance_view.usual_periods(ctx, found, key=key)
with right:
    performance_view.risk_figures(ctx, found, key=key)
performance_parts.parts(ctx, scope, found, asked, key=key)
performance_view.lines(ctx, found, key=key)
performance_view.flows(ctx, found, key=key)
performance_view.method(found)
