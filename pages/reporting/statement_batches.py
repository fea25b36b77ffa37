"""Services › États de compte: many at once, and the models that the firm has written."""

import streamlit as st

from o2s_core import ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import statement_batches, statement_models

ctx = ui.page("États de compte en série", needs=Permission.DOCUMENT_READ)

tab = st.segmented_control(
    "Rubrique", ["En série", "Modèles"], default="En série", label_visibility="collapsed",
    required=True, key="statement_tab",
)  # fmt: skip
if tab == "Modèles":
    statement_models.models(ctx)
else:
    if ctx.may(Permission.DOCUMENT_WRITE):
        statement_batches.choose(ctx)
    statement_batches.batches(ctx)
