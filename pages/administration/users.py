"""Administration › Utilisateurs: who works here, with which rights (S-093)."""

import streamlit as st

from o2s_core import administration, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.users import edit_user, forget, new_user

ctx = ui.page("Utilisateurs", needs=Permission.USER_READ)

TONES = {"active": "good", "waiting": "warn", "disabled": "quiet"}
COLUMNS = [
    ui.Column("name", "Nom", width=170),
    ui.Column("login", "Identifiant", width=120),
    ui.Column("profile_label", "Profil", width=160),
    ui.Column("scope_label", "Périmètre", width=120),
    ui.Column("agency", "Agence", width=110),
    ui.Column("team", "Équipe", width=130),
    ui.Column("email", "E-mail", width=190, hidden=True),
    ui.Column("is_adviser", "Suit des clients", "yes_no", hidden=True),
    ui.Column("second_factor", "Double auth.", "yes_no"),
    ui.Column("sessions", "Sessions", "integer"),
    ui.Column("last_login_at", "Dernière connexion", "instant", missing="jamais"),
    ui.Column("state", "État", "badge", labels=administration.STATES, tones=TONES),
]
forget()
if ctx.may(Permission.USER_WRITE):
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Nouvel utilisateur", icon=":material/person_add:", type="primary"):
            new_user()
pressed = ui.table(
    ctx,
    administration.users(ctx),
    COLUMNS,
    key="users",
    noun="utilisateurs",
    actions=[ui.Action("open", "Ouvrir", "edit")],
    export="utilisateurs",
    export_needs=Permission.USER_EXPORT,
)
if pressed.action == "open":
    edit_user(int(pressed.row))
