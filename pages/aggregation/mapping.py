"""Services › Agrégation › Correspondances: how each partner's flat file is read."""

import streamlit as st

from o2s_core import aggregation, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import mapping_editor

ctx = ui.page("Correspondances", needs=Permission.FEED_READ)

CONTENTS = {
    "positions": "Positions",
    "movements": "Mouvements",
    "positions,accounts": "Positions et comptes",
    "prices": "Cours",
    "rates": "Taux de change",
}
LISTED = [
    ui.Column("label", "Correspondance", sub="code", width=280),
    ui.Column("partner", "Partenaire", missing="Tous"),
    ui.Column("content", "Contenu", labels=CONTENTS, missing="Reconnu et refusé"),
    ui.Column("format", "Format", labels={"csv": "CSV", "xlsx": "Excel", "flat": "CSV ou Excel"}),
    ui.Column("revision", "Version", labels={"0": "du produit"}),
    ui.Column("saved_at", "Modifiée le", "instant"),
    ui.Column("note", "Ce qui a changé", width=200),
    ui.Column("deliveries", "Livraisons lues", "integer"),
]
code = st.query_params.get("code", "")

if code:
    if st.button("Toutes les correspondances", icon=":material/arrow_back:", type="tertiary"):
        ui.go("/correspondances")
    mapping_editor.show(ctx, code)
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Correspondances", "comment lire les fichiers plats des partenaires")
    st.space("stretch")
    if ctx.may(Permission.MAPPING_WRITE) and st.button(
        "Nouvelle correspondance", icon=":material/add:", type="primary"
    ):
        ui.go(f"/correspondances?code={mapping_editor.NEW}")
ui.table(
    ctx,
    ui.cached(aggregation.mappings)(ctx),
    LISTED,
    key="mappings",
    id="code",
    open="/correspondances?code={code}",
    noun="correspondances",
    export="correspondances",
    export_needs=Permission.FEED_EXPORT,
)
