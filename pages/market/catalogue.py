"""Outils › Catalogue: the ranges that the firm offers, with what is in each."""

import polars as pl
import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import catalogue_view

ctx = ui.page("Catalogue", needs=Permission.MARKET_READ)
may_write = ctx.may(Permission.CATALOGUE_WRITE)
ranges = ui.cached(market.ranges)(ctx)

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Gammes du cabinet", "composées par le cabinet, les mêmes pour tous")
    st.space("stretch")
    every = may_write and st.toggle("Avec les gammes masquées", key="catalogue_hidden")
    if may_write and st.button("Nouvelle gamme", type="primary", icon=":material/add:"):
        catalogue_view.new_range()

chosen = ranges if every else ranges.filter(pl.col("in_catalogue"))
if chosen.is_empty():
    ui.empty(
        "Le catalogue est vide.",
        "Une gamme réunit des supports et des produits que le cabinet propose ensemble.",
    )
for row in chosen.iter_rows(named=True):
    with st.container(border=True):
        catalogue_view.one_range(ctx, row)
