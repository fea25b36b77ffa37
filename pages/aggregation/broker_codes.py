"""Services › Agrégation › Codes courtier: which adviser receives what comes under a code."""

import streamlit as st

from o2s_core import aggregation, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.route_windows import edit_route, route_code

ctx = ui.page("Codes courtier", needs=Permission.FEED_READ)
may_write = ctx.may(Permission.FEED_WRITE)

STATE_TONES = {"current": "good", "coming": "info", "over": "quiet"}
TO_ROUTE = [
    ui.Column("code", "Code"),
    ui.Column("partner", "Partenaire", width=180),
    ui.Column("accounts", "Comptes", "integer", total=True),
    ui.Column("total_eur", "Encours", "eur", missing="n.c."),
]
ROUTES = [
    ui.Column("code", "Code"),
    ui.Column("partner", "Partenaire", width=180),
    ui.Column("to", "Conseiller ou agence", width=180),
    ui.Column("state", "État", "badge", labels=aggregation.ROUTE_STATES, tones=STATE_TONES),
    ui.Column("starts_on", "À partir du", "day", missing="—"),
    ui.Column("ends_on", "Jusqu'au", "day", missing="—"),
]

ui.section("Codes à router", "reçus dans un fichier, ils ne désignent personne")
pressed = ui.table(
    ctx,
    ui.cached(aggregation.codes_to_route)(ctx),
    TO_ROUTE,
    key="codes_to_route",
    noun="codes",
    actions=[ui.Action("route", "Attribuer", "assignment_ind")] if may_write else (),
    empty="Aucun code à router : chaque compte en attente a son conseiller, ou n'a pas de code.",
)
if pressed.action == "route":
    provider, _, code = pressed.row.partition(":")
    route_code(int(provider), code)
with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Codes attribués")
    st.space("stretch")
    if may_write and st.button("Attribuer un code", icon=":material/add:", type="primary"):
        route_code()
changed = ui.table(
    ctx,
    ui.cached(aggregation.broker_routes)(ctx),
    ROUTES,
    key="broker_routes",
    noun="codes",
    actions=[ui.Action("edit", "Modifier", "edit")] if may_write else (),
    export="codes-courtier",
    export_needs=Permission.FEED_EXPORT,
    empty="Aucun code attribué.",
)
if changed.action == "edit":
    edit_route(int(changed.row))
ui.note(
    "Un nouveau compte reçu sous un code va au conseiller, ou aux conseillers de l'agence, que ce "
    "code désigne à la date de la situation. Un compte déjà rattaché n'en change pas."
)
