"""Outils › Portefeuilles modèles: which models the firm has, and who is far from them."""

import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.model_windows import new_model

ctx = ui.page("Portefeuilles modèles", needs=Permission.MARKET_READ)

STATES = {False: "En usage", True: "Archivés"}
RISKS = {str(level): label for level, label in market.RISK_LEVELS.items()}
COLUMNS = [
    ui.Column("name", "Modèle", width=200),
    ui.Column("risk_level", "Niveau de risque", labels=RISKS, width=130),
    ui.Column("currency", "Devise", wide=True),
    ui.Column("number", "Version", "integer", missing="—"),
    ui.Column("valid_from", "En vigueur depuis", "day", missing="aucune version"),
    ui.Column("lines", "Supports", "integer", missing="—"),
    ui.Column("draft", "En préparation", "badge", labels={"True": "À publier", "False": ""},
              tones={"True": "warn"}),
]  # fmt: skip

with st.container(horizontal=True, vertical_alignment="bottom"):
    archived = st.segmented_control(
        "Afficher", list(STATES), default=False, required=True, format_func=STATES.__getitem__,
        key="models_state", label_visibility="collapsed",
    )  # fmt: skip
    st.space("stretch")
    if ctx.may(Permission.MODEL_WRITE) and st.button(
        "Ajouter", type="primary", icon=":material/add:"
    ):
        new_model()
ui.table(
    ctx,
    ui.cached(market.model_portfolios)(ctx, archived=bool(archived)),
    COLUMNS,
    key=f"models_{archived}",
    open="/portefeuille-modele?modele={id}",
    noun="modèles",
    export="portefeuilles-modeles",
    export_needs=Permission.MARKET_EXPORT,
    empty="Aucun portefeuille modèle : ajoutez-en un, composez ses lignes, puis publiez-le.",
)
