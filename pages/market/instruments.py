"""Outils › Supports: find a support by what one remembers of it."""

import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.market import InstrumentFilter
from o2s_core.ui.instrument_windows import new_instrument

ctx = ui.page("Supports", needs=Permission.MARKET_READ)

FRESHNESS_TONES = {"stale": "warn", "unpriced": "bad", "fresh": ""}
STATUS_TONES = {"provisional": "warn", "unidentified": "bad", "inactive": "quiet", "active": ""}
#: What goes without saying is not said on every line.
EXCEPTIONS = market.STATUSES | {"active": ""}
AGES = market.FRESHNESS | {"fresh": ""}
COLUMNS = [
    ui.Column("label", "Libellé", width=180),
    ui.Column("isin", "ISIN", width=120, wide=True),
    ui.Column("kind", "Famille", labels=market.INSTRUMENT_KINDS, width=130, wide=True),
    ui.Column("asset_class", "Classe d'actifs", labels=market.ASSET_CLASSES, width=110, wide=True),
    ui.Column("manager", "Société de gestion", width=130, wide=True),
    ui.Column("provider", "Assureur", hidden=True),
    ui.Column("sri", "SRI", "integer", wide=True),
    ui.Column("sfdr", "SFDR", "integer", wide=True),
    ui.Column("price", "Dernier cours", "number", decimals=4),
    ui.Column("price_currency", "Devise"),
    ui.Column("price_on", "Au", "day"),
    ui.Column("freshness", "Cours", "badge", labels=AGES, tones=FRESHNESS_TONES),
    ui.Column("status", "État", "badge", labels=EXCEPTIONS, tones=STATUS_TONES),
]
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


def remember() -> None:
    """Keep what is searched in the address, so that it can be shared."""
    st.query_params["q"] = st.session_state["instruments_text"]
    st.query_params["etat"] = st.session_state["instruments_state"]


with st.container(horizontal=True, vertical_alignment="bottom"):
    text = st.text_input(
        "Rechercher",
        value=st.query_params.get("q", ""),
        placeholder="Libellé, ISIN, société de gestion, code d'un partenaire…",
        icon=":material/search:",
        key="instruments_text",
        label_visibility="collapsed",
        on_change=remember,
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
        on_change=remember,
    )
    st.space("stretch")
    if ctx.may(Permission.INSTRUMENT_WRITE) and st.button(
        "Ajouter", type="primary", icon=":material/add:"
    ):
        new_instrument()

with st.expander("Plus de critères", icon=":material/tune:", key="o2s_instruments_more"):
    kind, group, house, risk, durable = st.columns([3, 3, 3, 2, 2])
    kinds = kind.multiselect(
        "Famille", list(market.INSTRUMENT_KINDS), format_func=market.INSTRUMENT_KINDS.__getitem__,
        placeholder="Toutes", key="instruments_kinds",
    )  # fmt: skip
    classes = group.multiselect(
        "Classe d'actifs", list(market.ASSET_CLASSES), format_func=market.ASSET_CLASSES.__getitem__,
        placeholder="Toutes", key="instruments_classes",
    )  # fmt: skip
    houses = house.multiselect(
        "Société de gestion", market.managers(ctx), placeholder="Toutes", key="instruments_managers"
    )
    sri = risk.selectbox(
        "SRI au plus", list(range(1, 8)), index=None, placeholder="Tous", key="instruments_sri"
    )
    sfdr = durable.selectbox(
        "SFDR au moins", [6, 8, 9], index=None, placeholder="Tous", key="instruments_sfdr"
    )

found = ui.cached(market.priced_instruments)(
    ctx,
    InstrumentFilter(
        text=text,
        kinds=tuple(kinds),
        asset_classes=tuple(classes),
        managers=tuple(houses),
        statuses=STATUSES[str(state)],
        sri_at_most=sri,
        sfdr_at_least=sfdr,
    ),
)
ui.table(
    ctx,
    found,
    COLUMNS,
    key=f"instruments_{state}",
    open="/support?support={id}",
    noun="supports",
    page_size=20,
    export="supports",
    export_needs=Permission.MARKET_EXPORT,
    empty="Aucun support ne correspond : élargissez la recherche, ou ajoutez le support.",
)
