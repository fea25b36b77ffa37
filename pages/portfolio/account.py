"""Contacts › Portefeuille › Compte: one contract, its lines, its movements, its situations."""

import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import account_windows, holdings_view
from o2s_core.ui.account_view import account_head, holder_links, holders, situation_history
from o2s_core.ui.break_windows import account_breaks
from o2s_core.ui.movement_windows import offer_movement
from o2s_core.ui.movements_view import movement_filter, movement_table
from o2s_core.ui.opened_file import opened_account
from o2s_core.ui.origins import show_line_origin
from o2s_core.ui.override_windows import account_corrections, correct_line

ctx = ui.page("Compte", needs=Permission.PORTFOLIO_READ)
card = opened_account(ctx)
key = f"account_{card.id}"
held = ui.cached(portfolio.holdings_of_account)(ctx, card.id)

with st.container(horizontal=True, vertical_alignment="center"):
    account_head(card)
    st.space("stretch")
    if ctx.may(Permission.SITUATION_WRITE) and st.button(
        "Saisir une situation", icon=":material/edit_note:", type="primary"
    ):
        ui.go(ui.link("situation", compte=card.id))
    if ctx.may(Permission.ACCOUNT_WRITE) and st.button("Modifier", icon=":material/edit:"):
        account_windows.edit_account(card.id)
    if ctx.may(Permission.ACCOUNT_REASSIGN) and st.button(
        "Réattribuer", icon=":material/swap_horiz:"
    ):
        account_windows.reassign_account(card.id)

holder_links(card)
holdings_view.holding_figures(held)
holdings_view.freshness(held)
tab = st.segmented_control(
    "Rubrique",
    ["Positions", "Mouvements", "Situations", "Écarts et corrections", "Titulaires"],
    default="Positions",
    key=f"tab_{key}",
    label_visibility="collapsed",
    required=True,
)
if tab == "Positions":
    answer = holdings_view.holding_lines(ctx, held, key=f"lines_{key}", by_class=True)
    if answer.action == "origin":
        show_line_origin(held, int(answer.row))
    if answer.action == "correct":
        correct_line(held, int(answer.row))
    holdings_view.left_out(ctx, held, key=key)
    holdings_view.allocation(ctx, held, key=key)
elif tab == "Mouvements" and ctx.may(Permission.MOVEMENT_READ):
    if not card.aggregated:
        offer_movement(ctx, {card.id: card.label}, key=key)
    wanted = movement_filter({card.id: card.label}, key=key)
    rows = ui.cached(portfolio.movements_of_account)(ctx, card.id, wanted)
    movement_table(ctx, rows, key=f"movements_{key}", one_account=True)
elif tab == "Situations":
    situation_history(ctx, card)
elif tab == "Écarts et corrections":
    if ctx.may(Permission.FEED_READ):
        account_breaks(ctx, card.id)
    ui.section("Corrections à la main", "le chiffre du cabinet remplace celui du partenaire")
    account_corrections(ctx, card.id)
elif tab == "Titulaires":
    holders(ctx, card)
