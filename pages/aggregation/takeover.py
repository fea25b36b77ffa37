"""Services › Données › Reprise: one takeover, from its files to its undoing."""

import streamlit as st

from o2s_core import aggregation, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import (
    takeover_doing,
    takeover_files,
    takeover_matching,
    takeover_rehearsal,
    takeover_report,
)

ctx = ui.page("Reprise", needs=Permission.DATA_TAKEOVER)

STEPS = {
    "1": ("1 Fichiers", takeover_files.show),
    "2": ("2 Correspondances", takeover_matching.show),
    "3": ("3 Répétition", takeover_rehearsal.show),
    "4": ("4 Rapport", takeover_report.show),
    "5": ("5 Reprise et annulation", takeover_doing.show),
}

card = aggregation.takeover_card(ctx, takeover_files.asked_takeover())
with st.container(horizontal=True, vertical_alignment="center"):
    ui.section(card.name, aggregation.TAKEOVER_SOURCES.get(card.source, card.source))
    ui.badges([(takeover_files.STATES[card.state], takeover_files.STATE_TONES[card.state])])
asked = st.query_params.get("etape", "")
step = st.segmented_control(
    "Étape",
    list(STEPS),
    default=asked if asked in STEPS else takeover_files.next_step(card),
    format_func=lambda key: STEPS[key][0],
    key=f"step_{card.id}_{asked}",
    label_visibility="collapsed",
    required=True,
)
STEPS[str(step)][1](ctx, card)
