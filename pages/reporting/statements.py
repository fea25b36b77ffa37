"""Contacts › Portefeuille › États de compte: what is handed to the client, and what was."""

import streamlit as st

from o2s_core import ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import statement_view
from o2s_core.ui.opened_file import chosen_scope, opened_file

ctx = ui.page("États de compte", needs=Permission.PORTFOLIO_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)

with st.container(horizontal=True, vertical_alignment="center", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
asked = statement_view.asked(ctx, scope)
statement_view.produce(ctx, scope, asked)
statement_view.preview(ctx, scope, asked)
if scope.kind != "group" and ctx.may(Permission.DOCUMENT_READ):
    statement_view.issued(ctx, scope)
