"""Outils › Supports: find a support by what one remembers of it, or by what one wants of it."""

from dataclasses import replace

import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import support_search
from o2s_core.ui.instrument_windows import new_instrument

ctx = ui.page("Supports", needs=Permission.MARKET_READ)
shown = market.display(ctx, "supports")

STATES = {
    "current": "Tous",
    "to_complete": "À compléter",
    "inactive": "Retirés",
}
STATUSES = {
    "current": ("active", "provisional", "unidentified"),
    "to_complete": ("provisional", "unidentified"),
    "inactive": ("inactive",),
}

with st.container(horizontal=True, vertical_alignment="bottom"):
    text = st.text_input(
        "Rechercher",
        value=st.query_params.get("q", ""),
        placeholder="Libellé, ISIN, société de gestion, code d'un partenaire…",
        icon=":material/search:",
        key="instruments_text",
        label_visibility="collapsed",
        on_change=support_search.remember,
        width=420,
    )
    asked = st.query_params.get("etat", "current")
    state = st.segmented_control(
        "Afficher",
        list(STATES),
        default=asked if asked in STATES else "current",
        required=True,
        format_func=STATES.__getitem__,
        key="instruments_state",
        label_visibility="collapsed",
        on_change=support_search.remember,
    )
    st.space("stretch")
    support_search.configure(ctx, "supports", shown)
    if ctx.may(Permission.INSTRUMENT_WRITE) and st.button(
        "Ajouter", type="primary", icon=":material/add:"
    ):
        new_instrument()

named = any(name not in {"q", "etat"} for name in st.query_params)
with st.expander(
    "Plus de critères", icon=":material/tune:", key="o2s_instruments_more", expanded=named
):
    wanted = support_search.facets(ctx)

found = ui.cached(market.supports)(ctx, replace(wanted, text=text, statuses=STATUSES[str(state)]))
answer = ui.table(
    ctx,
    support_search.with_charge(support_search.sorted_as(found, shown)),
    support_search.columns_of(shown),
    key=f"instruments_{state}",
    open="/support?support={id}",
    noun="supports",
    page_size=20,
    select=True,
    export="supports",
    export_needs=Permission.MARKET_EXPORT,
    empty="Aucun support ne correspond : élargissez la recherche, ou demandez sa création.",
)
if answer.selected:
    with st.container(horizontal=True, vertical_alignment="center"):
        many = len(answer.selected)
        if st.button(f"Comparer ({many})", icon=":material/compare_arrows:", disabled=many < 2):
            ui.go(ui.link("comparateur", supports=",".join(answer.selected[:10])))
        if st.button("Ajouter à mes préférés", icon=":material/star:"):
            for each in answer.selected:
                market.prefer(ctx, int(each))
            ui.flash(f"{ui.count(many, 'support ajouté', 'supports ajoutés')} à vos préférés.")
            st.rerun()
