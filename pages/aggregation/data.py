"""Services › Données: the takeovers from other tools, and the way to begin one."""

import streamlit as st

from o2s_core import aggregation, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.takeover_files import STATE_TONES, STATES, new_takeover

ctx = ui.page("Données", needs=Permission.DATA_TAKEOVER)

LISTED = [
    ui.Column("name", "Reprise", width=240),
    ui.Column("state", "État", "badge", labels=STATES, tones=STATE_TONES),
    ui.Column("source", "Outil d'origine", labels=aggregation.TAKEOVER_SOURCES, wide=True),
    ui.Column("files", "Fichiers", "integer"),
    ui.Column("rows", "Lignes", "integer", wide=True),
    ui.Column("by", "Par", wide=True),
    ui.Column("created_at", "Ouverte le", "instant", wide=True),
    ui.Column("committed_at", "Faite le", "instant"),
]

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Reprise", "reconstruire le cabinet depuis les exports d'un autre outil")
    st.space("stretch")
    if st.button("Nouvelle reprise", icon=":material/add:", type="primary"):
        new_takeover()
ui.table(
    ctx,
    aggregation.takeovers(ctx),
    LISTED,
    key="takeovers",
    open="/reprise?reprise={id}",
    noun="reprises",
    empty="Aucune reprise : ouvrez-en une, puis déposez les exports de l'ancien outil.",
)
ui.note(
    "Rien n'est enregistré avant la dernière étape : chaque reprise se répète à blanc, se relit "
    "client par client, et s'annule."
)
if ctx.may(Permission.FEED_REPLAY):
    with st.container(horizontal=True, vertical_alignment="center"):
        ui.section("Rejeu de l'archive", "tout refaire depuis les fichiers reçus, et le prouver")
        st.space("stretch")
        if st.button("Ouvrir le rejeu", icon=":material/replay:"):
            ui.go("/rejeu")
