"""Outils › Distributeurs: who the firm works with, and what each partner does."""

import polars as pl
import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.provider_windows import edit_provider, new_provider, put_provider_aside

ctx = ui.page("Distributeurs", needs=Permission.MARKET_READ)
may_write = ctx.may(Permission.PROVIDER_WRITE)

STATES = {"True": "Actif", "False": "Retiré"}
TONES = {"True": "good", "False": "quiet"}
COLUMNS = [
    ui.Column("name", "Raison sociale", width=220, link=""),
    ui.Column("roles_label", "Rôles", width=220),
    ui.Column("code", "Code interne", width=140),
    ui.Column("offered", "Propose", missing="—", width=180),
    ui.Column("agreement", "Convention", missing="—"),
    ui.Column("euro_funds", "Fonds en euros", "integer"),
    ui.Column("lei", "LEI", hidden=True),
    ui.Column("bic", "BIC"),
    ui.Column("website", "Site ou extranet", width=180),
    ui.Column("active", "État", "badge", labels=STATES, tones=TONES),
]

with st.container(horizontal=True, vertical_alignment="bottom"):
    text = st.text_input(
        "Rechercher",
        placeholder="Nom ou code…",
        icon=":material/search:",
        key="providers_text",
        label_visibility="collapsed",
        width=320,
    )
    role = st.segmented_control(
        "Rôle",
        list(market.PROVIDER_ROLES),
        format_func=market.PROVIDER_ROLES.__getitem__,
        key="providers_role",
        label_visibility="collapsed",
    )
    envelopes = st.multiselect(
        "Enveloppes proposées",
        list(market.OFFERS),
        format_func=market.OFFERS.__getitem__,
        placeholder="Toutes les enveloppes",
        key="providers_envelopes",
        label_visibility="collapsed",
        width=240,
    )
    agreed = st.toggle("Avec convention", key="providers_agreed")
    aside = st.toggle("Avec les retirés", key="providers_inactive")
    st.space("stretch")
    if may_write and st.button("Ajouter", type="primary", icon=":material/add:"):
        new_provider()

found = ui.cached(market.providers)(
    ctx, text, role=str(role or ""), inactive=aside, envelopes=tuple(envelopes), agreed=agreed
)
offered = pl.Series(
    [", ".join(market.OFFERS[code] for code in codes.split(",") if code in market.OFFERS) or None
     for codes in found["envelopes"]],
    dtype=pl.String,
)  # fmt: skip
found = found.with_columns(offered=offered)
edit = ui.Action("edit", "Modifier", "edit")
away = ui.Action("aside", "Retirer ou remettre", "archive")
answer = ui.table(
    ctx,
    found,
    COLUMNS,
    key="providers",
    open="/distributeur?distributeur={id}",
    noun="distributeurs",
    page_size=20,
    actions=[edit, away] if may_write else (),
    export="distributeurs",
    export_needs=Permission.MARKET_EXPORT,
    empty="Aucun distributeur ne correspond : ajoutez celui qui manque avec « Ajouter ».",
)
if answer.action == "edit":
    edit_provider(int(answer.row))
if answer.action == "aside":
    put_provider_aside(int(answer.row))
