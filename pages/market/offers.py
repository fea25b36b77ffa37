"""Outils › Produits: which partner offers what, found by what it asks and costs."""

import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import offers_view

ctx = ui.page("Produits", needs=Permission.MARKET_READ)

wanted = offers_view.facets()
found = ui.cached(market.products)(ctx, wanted)
ui.table(
    ctx,
    offers_view.readable(found),
    offers_view.OFFER_COLUMNS,
    key="offers",
    noun="produits",
    page_size=50,
    export="produits",
    export_needs=Permission.MARKET_EXPORT,
    empty="Aucun produit ne correspond : élargissez la recherche.",
)
ui.note("Frais maximums et taux déclarés par le cabinet ; « n.c. » quand rien n'est renseigné.")
if st.button("Voir les distributeurs", type="tertiary"):
    ui.go(ui.link("distributeurs"))
