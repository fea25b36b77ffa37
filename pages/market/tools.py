"""Outils: whether the list of supports is in order, and the way to each tool."""

import streamlit as st

from o2s_core import charts, market, ui
from o2s_core.kernel.permissions import Permission

ctx = ui.page("Outils", needs=Permission.MARKET_READ)
seen = ui.cached(market.market_overview)(ctx)

FRESHNESS_TONES = {"stale": "warn", "unpriced": "bad", "fresh": "good"}
STATUS_TONES = {"provisional": "warn", "unidentified": "bad", "active": ""}
EXCEPTIONS = market.STATUSES | {"active": ""}
TO_DO = [
    ui.Column("label", "Support", width=230, sub="isin"),
    ui.Column("kind", "Famille", labels=market.INSTRUMENT_KINDS, width=130),
    ui.Column("status", "État", "badge", labels=EXCEPTIONS, tones=STATUS_TONES),
    ui.Column("freshness", "Cours", "badge", labels=market.FRESHNESS, tones=FRESHNESS_TONES),
    ui.Column("price_on", "Dernier cours le", "day", missing="—"),
]
COUNTS = [
    ui.Column("label", "Libellé", width=160),
    ui.Column("instruments", "Supports", "integer", total=True),
]

ui.figures(
    [
        ("Supports suivis", ui.number(seen.instruments, 0), "hors supports retirés"),
        ("À compléter", ui.number(seen.to_complete, 0), "créés par un fichier de partenaire"),
        ("Cours anciens", ui.number(seen.stale, 0), "au-delà du délai de leur famille"),
        ("Sans cours", ui.number(seen.unpriced, 0), "comptés à la valeur du partenaire"),
        ("Cours le plus récent", ui.day(seen.newest_price_on) or "n.c."),
        ("Distributeurs", ui.number(seen.providers, 0)),
    ]
)

wanted = st.text_input(
    "Rechercher un support",
    placeholder="Rechercher un support : libellé, ISIN, société de gestion…",
    icon=":material/search:",
    key="tools_search",
    label_visibility="collapsed",
    width=520,
)
if wanted:
    ui.go(ui.link("supports", q=wanted))

work, split = st.columns([3, 2], gap="medium")
with work:
    ui.section("À traiter", "à compléter d'abord, puis sans cours récent")
    ui.table(
        ctx,
        seen.to_do,
        TO_DO,
        key="tools_to_do",
        open="/support?support={id}",
        noun="supports",
        page_size=20,
        empty="Rien à traiter : chaque support est complet et son cours est récent.",
    )
with split:
    ui.section("Supports suivis", "nombre de supports")
    by = st.segmented_control(
        "Répartition",
        ["asset_class", "kind"],
        default="asset_class",
        required=True,
        format_func={"asset_class": "Par classe d'actifs", "kind": "Par famille"}.__getitem__,
        key="tools_split",
        label_visibility="collapsed",
    )
    counts = seen.by_kind if by == "kind" else seen.by_class
    ui.chart(
        ctx,
        charts.bars(counts, "label", "instruments", theme=ui.theme(), unit=""),
        counts,
        COUNTS,
        key=f"tools_{by}",
        alt="Nombre de supports par famille ou par classe d'actifs.",
    )
