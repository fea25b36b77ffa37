"""Contacts › Portefeuille › Saisir une situation: what an account held on a day, by hand."""

import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import SituationForm
from o2s_core.ui import situation_grid
from o2s_core.ui.opened_file import opened_account

ctx = ui.page("Saisir une situation", needs=Permission.SITUATION_WRITE)
card = opened_account(ctx)
key = f"situation_{card.id}"

ui.section(card.label, f"{card.envelope_label} · {card.provider} · n° {card.number}")
ui.badges([("Déclaratif", "warn")])
head = situation_grid.situation_head(card, ctx.today)
read = situation_grid.situation_lines(ctx, card)
form = situation_grid.may_replace(ctx, card, SituationForm(**head, lines=read.lines))
check = portfolio.check_situation(ctx, card.id, form)
ready = situation_grid.situation_check(form, check, read)

with st.container(horizontal=True, horizontal_alignment="right"):
    if st.button("Annuler"):
        ui.go(ui.link("compte", compte=card.id))
    if st.button("Enregistrer la situation", type="primary", disabled=not ready):
        with ui.saving(key, "Situation enregistrée.", then=ui.link("compte", compte=card.id)):
            portfolio.type_situation(ctx, card.id, form, key=ui.once(key))
            situation_grid.forget(card)
