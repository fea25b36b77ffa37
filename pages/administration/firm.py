"""Administration › Société: what the firm says of itself."""

import streamlit as st

from o2s_core import administration, ui
from o2s_core.administration import FIRM_FORM, FirmForm
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.firm_logo import firm_logo

ctx = ui.page("Société", needs=Permission.FIRM_READ)

card = administration.firm(ctx)
if card.is_demo:
    ui.badges([("Cabinet de démonstration : tout est inventé", "info")])
if ctx.may(Permission.FIRM_WRITE):
    values = ui.form(FIRM_FORM, key="firm", defaults=card.form.values, version=card.version)
    if values is not None:
        with ui.saving("firm", "Fiche du cabinet enregistrée."):
            administration.edit_firm(ctx, FirmForm.of(values), ui.opened_version("firm"))
else:
    ui.facts(card.facts)

if ctx.may(Permission.FIRM_WRITE):
    firm_logo(ctx)
if ctx.may(Permission.SECURITY_WRITE):
    ui.section("Sécurité", "vaut pour tout le cabinet")
    wanted = st.toggle(
        "Exiger la double authentification",
        value=card.totp_required,
        key=f"totp_{card.version}",
        help="Chacun la met en place à sa prochaine connexion.",
    )
    if wanted != card.totp_required:
        with ui.saving("totp", "Règle de connexion enregistrée."):
            administration.require_second_factor(ctx, required=wanted)
    idle = administration.setting(ctx, "session.idle_minutes")
    chosen = st.selectbox(
        idle.spec.label,
        list(idle.spec.choices),
        index=list(idle.spec.choices).index(idle.value),
        format_func=idle.spec.choices.__getitem__,
        key=f"idle_{idle.value}",
        help=idle.spec.hint,
        width=320,
    )
    ui.note(f"Fermeture après inactivité : {idle.origin_label}.")
    if chosen != idle.value:
        with ui.saving("idle", "Durée enregistrée."):
            administration.save_setting(ctx, "firm", "session.idle_minutes", chosen)
