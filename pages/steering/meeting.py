"""Contacts › Dossier › Rendez-vous (préparer mon rendez-vous): what to have in mind then."""

import streamlit as st

from o2s_core import steering, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import meeting_view
from o2s_core.ui.opened_file import chosen_scope, opened_file

ctx = ui.page("Rendez-vous", needs=Permission.PORTFOLIO_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)

with st.container(horizontal=True, vertical_alignment="center", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
    st.space("stretch")
    key = f"{scope.kind}_{scope.id}"
    since = meeting_view.since(ctx, scope, key=key)
    leaving = st.container(horizontal=True, vertical_alignment="center", width="content")

brief = ui.cached(steering.meeting_brief)(ctx, scope, since)
with leaving:
    meeting_view.leave(ctx, scope, since, key=key)
meeting_view.figures_row(brief)
left, right = st.columns([3, 2], gap="large")
with left:
    meeting_view.to_settle(ctx, brief, opened, key=key)
with right:
    meeting_view.accounts(ctx, brief, key=key)
meeting_view.movements(ctx, brief, key=key)
meeting_view.exchanges(ctx, brief, key=key)
