"""Outils › Comparateur: several securities side by side, on the days that they share."""

import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import comparison_view
from o2s_core.ui.support_picker import pick_supports

ctx = ui.page("Comparateur", needs=Permission.MARKET_READ)

named = st.query_params.get("supports", "")
ids = pick_supports(
    ctx,
    [int(each) for each in named.split(",") if each.isdecimal()][:10],
    key="compare_ids",
    label="De 2 à 10 valeurs",
    most=10,
    on_change=comparison_view.remember,
)
asked = comparison_view.asked(ctx)
if len(ids) < 2:
    ui.empty(
        "Choisissez au moins deux valeurs à comparer.",
        "FCPI et FIP, SICAV, FCP et ETF, indices : dix au plus, sur leur période commune.",
    )
    st.stop()

chain = comparison_view.chaining(ctx, ids)
found = ui.cached(market.comparison)(
    ctx,
    ids,
    asked.start,
    asked.end,
    currency=asked.currency,
    frequency=asked.frequency,
    rebased_on=asked.rebased_on,
    chain=chain,
)
comparison_view.headline(ctx, found)
comparison_view.curves(ctx, found)
comparison_view.limits(found)
comparison_view.tables(ctx, found)
comparison_view.correlation(ctx, found)
