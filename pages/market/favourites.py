"""Outils › Fonds préférés: the supports that one prefers, and those of the firm."""

import polars as pl
import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import favourite_windows, support_search

ctx = ui.page("Fonds préférés", needs=Permission.MARKET_READ)
shown = market.display(ctx, "favourites")
rows = support_search.with_charge(market.favourites(ctx))
USUAL = ("label", "asset_class", "decision", "sri", "sfdr", "charge", "perf_1y", "perf_3y",
         "perf_5y", "volatility")  # fmt: skip
columns = [*support_search.columns_of(shown, USUAL), ui.Column("comment", "Commentaire", width=200)]
own = rows.filter(pl.col("mine"))
firm = rows.filter(~pl.col("mine"))

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Mes fonds préférés", "proposés en premier dans les listes de choix")
    st.space("stretch")
    support_search.configure(ctx, "favourites", shown)
    if own.height > 1 and st.button("Comparer", icon=":material/compare_arrows:"):
        ui.go(ui.link("comparateur", supports=",".join(map(str, own["id"].head(10)))))
    if st.button("Ajouter", type="primary", icon=":material/add:"):
        favourite_windows.add_favourites()
actions = [
    ui.Action("up", "Monter", "arrow_upward"),
    ui.Action("comment", "Commenter", "edit_note"),
    ui.Action("remove", "Retirer", "delete"),
]
pressed = ui.table(
    ctx,
    support_search.sorted_as(own, shown),
    columns,
    key="favourites_mine",
    open="/support?support={id}",
    noun="fonds préférés",
    actions=actions,
    empty="Aucun fonds préféré : ajoutez-en ici, ou depuis la page d'un support.",
)
if pressed.action == "up":
    favourite_windows.move_up(ctx, own["id"].to_list(), int(pressed.row))
if pressed.action == "comment":
    favourite_windows.comment_favourite(int(pressed.row))
if pressed.action == "remove":
    market.prefer_no_more(ctx, int(pressed.row))
    ui.flash("Fonds retiré de vos préférés.")
    st.rerun()

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Fonds préférés du cabinet", "les mêmes pour tous")
    st.space("stretch")
    if ctx.may(Permission.CATALOGUE_WRITE) and st.button("Ajouter au cabinet"):
        favourite_windows.add_favourites(for_firm=True)
pressed = ui.table(
    ctx,
    support_search.sorted_as(firm, shown),
    columns,
    key="favourites_firm",
    open="/support?support={id}",
    noun="fonds du cabinet",
    actions=[actions[-1]] if ctx.may(Permission.CATALOGUE_WRITE) else (),
    empty="Le cabinet n'a pas encore de fonds préféré.",
)
if pressed.action == "remove":
    market.prefer_no_more_for_firm(ctx, int(pressed.row))
    ui.flash("Fonds retiré de ceux du cabinet.")
    st.rerun()
