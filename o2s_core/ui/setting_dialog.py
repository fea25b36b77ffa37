"""The window in which a setting is changed, for oneself, one's team or the firm."""

from typing import Any, Final

import streamlit as st

from o2s_core import administration
from o2s_core.administration.settings import Scope, SettingSpec
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import saving
from o2s_core.ui.session import context

LEVELS: Final = {"user": "Pour moi", "team": "Pour mon équipe", "firm": "Pour tout le cabinet"}
INHERITED: Final = "Valeur héritée"


@dialog("Modifier un réglage", width="small")
def change_setting(key: str) -> None:
    """Change a setting at one level; « Valeur héritée » goes back to the level above."""
    ctx = context()
    known = administration.setting(ctx, key)
    st.markdown(f"**{known.spec.label}**")
    st.caption(f"Aujourd'hui : {known.label} ({known.origin_label}). {known.spec.hint}")
    levels = _levels(ctx, known.spec)
    if not levels:
        st.info("Ce réglage revient à l'administrateur du cabinet.")
        return
    with st.form(f"setting_{key}", border=False):
        level = st.selectbox("Niveau", levels, format_func=LEVELS.__getitem__)
        choices: list[Any] = [None, *known.spec.choices]
        value = st.selectbox(
            "Valeur",
            choices,
            index=choices.index(known.value) if known.value in choices else 0,
            format_func=lambda v: INHERITED if v is None else known.spec.choices[v],
        )
        sent = st.form_submit_button("Enregistrer", type="primary")
    if sent:
        with saving(f"setting_{key}", "Réglage enregistré."):
            administration.save_setting(ctx, level, key, value)


def _levels(ctx: Context, spec: SettingSpec) -> list[Scope]:
    """Return the levels at which this person may set it."""
    rights = {"user": Permission.SELF_MANAGE, "team": Permission.TEAM_SETTINGS_WRITE}
    levels: tuple[Scope, ...] = ("user", "team", "firm")
    return [
        level for level in levels if level in spec.scopes and ctx.may(rights.get(level, spec.needs))
    ]
