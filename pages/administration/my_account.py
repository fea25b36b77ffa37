"""Mon compte: my password, my second factor, my sessions, my preferences."""

import streamlit as st

from o2s_core import administration, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.own_access import change_password, set_up_second_factor
from o2s_core.ui.session import current_sid

ctx = ui.page("Mon compte", needs=Permission.HOME_VIEW)

SESSIONS = [
    ui.Column("device", "Appareil", width=200),
    ui.Column("started_at", "Ouverte le", "instant"),
    ui.Column("last_seen_at", "Dernière activité", "instant"),
    ui.Column("mark", "", "badge"),
]
card = administration.me(ctx)
ui.facts(
    [
        ("Nom", card.name),
        ("Identifiant", card.login),
        ("Profil", card.profile_label),
        ("E-mail", card.email),
        ("Cabinet", card.firm_name),
    ]
)
ui.section("Accès")
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button("Changer mon mot de passe", icon=":material/key:"):
        change_password()
    factor = "Changer de téléphone" if card.has_second_factor else "Double authentification"
    if st.button(factor, icon=":material/phonelink_lock:"):
        set_up_second_factor()
    if card.has_second_factor:
        ui.note(f"Codes de secours restants : {administration.codes_left(ctx)}")

ui.section("Mes sessions", "fermez celles que vous ne reconnaissez pas")
pressed = ui.table(
    ctx,
    administration.session_rows(ctx, current_sid()),
    SESSIONS,
    key="my_sessions",
    id="sid",
    noun="sessions",
    tools=False,
    actions=[ui.Action("close", "Fermer", "logout")],
)
if pressed.action == "close":
    with ui.saving("my_sessions", "Session fermée."):
        administration.close_my_session(ctx, pressed.row)

ui.section("Mes préférences")
for held in administration.all_settings(ctx):
    if "user" not in held.spec.scopes:
        continue
    codes = list(held.spec.choices)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            held.spec.label,
            codes,
            index=codes.index(held.value),
            format_func=held.spec.choices.__getitem__,
            key=f"own_{held.spec.key}_{held.value}_{held.origin}",
            help=held.spec.hint or None,
            width=280,
        )
        ui.note(held.origin_label)
        inherit = held.origin == "user" and st.button(
            "Reprendre la valeur commune", key=f"own_{held.spec.key}_reset", type="tertiary"
        )
    if inherit or chosen != held.value:
        with ui.saving(f"own_{held.spec.key}", "Préférence enregistrée."):
            administration.save_setting(ctx, "user", held.spec.key, None if inherit else chosen)
