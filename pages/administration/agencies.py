"""Administration › Agences et équipes: places, teams, and who leads whom."""

import streamlit as st

from o2s_core import administration, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.organisation import edit_agency, edit_team

ctx = ui.page("Agences et équipes", needs=Permission.FIRM_READ)

TEAMS = [
    ui.Column("name", "Équipe", width=180),
    ui.Column("manager", "Responsable", width=160, missing="aucun"),
    ui.Column("members", "Membres", "integer"),
    ui.Column("people", "Composition", width=320),
]
may_write = ctx.may(Permission.TEAM_WRITE)
found = administration.agencies(ctx)
if may_write:
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Nouvelle équipe", icon=":material/group_add:", disabled=not found):
            edit_team()
        if st.button("Nouvelle agence", icon=":material/add_home_work:", type="primary"):
            edit_agency()
if not found:
    ui.empty("Aucune agence.", "Ouvrez-en une avec « Nouvelle agence ».")
for agency in found:
    with st.container(horizontal=True, vertical_alignment="center"):
        ui.section(agency.name, agency.aside)
        if may_write:
            st.space("stretch")
            if st.button("Modifier", key=f"agency_{agency.id}", type="tertiary"):
                edit_agency(agency)
    if not agency.teams:
        ui.empty("Aucune équipe dans cette agence.")
        continue
    pressed = ui.table(
        ctx,
        agency.team_rows,
        TEAMS,
        key=f"teams_{agency.id}",
        noun="équipes",
        actions=[ui.Action("edit", "Modifier", "edit")] if may_write else [],
        tools=False,
    )
    if pressed.action == "edit":
        edit_team(agency.team(int(pressed.row)))
