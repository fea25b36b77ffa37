"""Outils › Demandes de support: what is missing, who asked, what became of it."""

import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.request_windows import answer_request, new_request

ctx = ui.page("Demandes de support", needs=Permission.MARKET_READ)
TONES = {"submitted": "info", "in_progress": "warn", "created": "good", "refused": "bad",
         "duplicate": "quiet"}  # fmt: skip
COLUMNS = [
    ui.Column("label", "Support demandé", sub="isin", width=220),
    ui.Column("kind", "Famille", labels=market.INSTRUMENT_KINDS, wide=True),
    ui.Column("issuer", "Émetteur", wide=True),
    ui.Column("proof_name", "Justificatif", missing="—", wide=True),
    ui.Column("by", "Demandé par", missing="—"),
    ui.Column("created_at", "Le", "instant", wide=True),
    ui.Column("state", "État", "badge", labels=market.REQUEST_STATES, tones=TONES),
    ui.Column("answer", "Réponse", missing="—", width=160, wide=True),
]
STATES = {"all": "Toutes", "open": "En cours", "done": "Traitées"}
DONE = tuple(state for state in market.REQUEST_STATES if state not in market.OPEN)

with st.container(horizontal=True, vertical_alignment="center"):
    state = st.segmented_control(
        "Afficher",
        list(STATES),
        default="all",
        required=True,
        format_func=STATES.__getitem__,
        key="requests_state",
        label_visibility="collapsed",
    )
    st.space("stretch")
    if ctx.may(Permission.INSTRUMENT_REQUEST) and st.button(
        "Demander un support", type="primary", icon=":material/add:"
    ):
        new_request()

wanted = {"open": market.OPEN, "done": DONE}.get(str(state), ())
pressed = ui.table(
    ctx,
    market.requests(ctx, states=wanted),
    COLUMNS,
    key=f"requests_{state}",
    noun="demandes",
    actions=[ui.Action("answer", "Répondre", "rate_review")]
    if ctx.may(Permission.INSTRUMENT_WRITE)
    else (),
    empty="Aucune demande : un support introuvable se demande ici, avec son justificatif.",
)
if pressed.action == "answer":
    answer_request(int(pressed.row))
