"""Administration: who may come in, who is in, who was refused."""

import streamlit as st

from o2s_core import administration, charts, ui
from o2s_core.kernel.permissions import Permission

ctx = ui.page("Administration", needs=Permission.FIRM_READ)

PROFILES = [
    ui.Column("profile", "Profil", width=200),
    ui.Column("users", "Utilisateurs actifs", "integer", total=True),
    ui.Column("second_factor", "Avec double authentification", "integer", total=True),
]
ATTENTION = [
    ui.Column("what", "Point", width=190),
    ui.Column("why", "Constat", width=220),
]
SIGN_INS = [
    ui.Column("day", "Jour", "day"),
    ui.Column("accepted", "Connexions", "integer", total=True),
    ui.Column("refused", "Refus", "integer", total=True),
]
seen = administration.overview(ctx)
required = "exigée" if seen.totp_required else "au choix de chacun"
ui.figures(
    [
        ("Utilisateurs actifs", str(seen.active_users), ui.count(seen.disabled_users, "désactivé")),
        ("Sessions ouvertes", str(seen.open_sessions), "en ce moment"),
        ("Connexions refusées", str(seen.refused_today), "aujourd'hui"),
        ("Sans double authentification", str(seen.without_second_factor), required),
        ("Journal d'audit", ui.number(seen.audit_lines, 0), "lignes chaînées"),
    ]
)
table, chart = st.columns([2, 3])
with table:
    ui.section("À regarder")
    ui.table(
        ctx,
        seen.attention,
        ATTENTION,
        key="attention",
        id="what",
        open="{href}",
        noun="points",
        tools=False,
        empty="Rien à signaler.",
    )
    ui.section("Profils", "utilisateurs actifs")
    ui.table(ctx, seen.by_profile, PROFILES, key="profiles", noun="profils", tools=False)
with chart:
    ui.section("Connexions", "30 derniers jours")
    figure = charts.value_line(
        seen.sign_ins,
        "day",
        {"accepted": "Connexions", "refused": "Refus"},
        theme=ui.theme(),
        unit="",
        height=300,
    )
    figure.update_yaxes(rangemode="tozero", range=[0, max(4, seen.busiest_day + 1)], nticks=5)
    ui.chart(
        ctx,
        figure,
        seen.sign_ins,
        SIGN_INS,
        key="sign_ins",
        alt="Connexions acceptées et refusées par jour sur trente jours.",
    )
