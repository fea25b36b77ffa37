"""Services › Cours: how much of the assets is priced, and what is missing by amount held."""

import streamlit as st

from o2s_core import charts, market, portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.instrument_windows import type_price

ctx = ui.page("Cours", needs=Permission.PORTFOLIO_READ)
seen = ui.cached(portfolio.price_coverage)(ctx)

AGE_TONES = {
    "today": "good",
    "fresh": "",
    "stale": "warn",
    "very_stale": "bad",
    "unvalued": "bad",
    "amount": "quiet",
}
MISSING = [
    ui.Column("label", "Support", width=220, sub="isin"),
    ui.Column("value_eur", "Montant détenu", "eur", total=True, missing="n.c."),
    ui.Column("weight", "Part des encours", "percent"),
    ui.Column("age", "Cours", "badge", labels=portfolio.AGES, tones=AGE_TONES),
    ui.Column("priced_on", "Dernier cours le", "day", missing="aucun"),
    ui.Column("days", "Âge", "integer", help="Dans l'unité du délai de la famille", wide=True),
    ui.Column("limit", "Délai", wide=True, width=120),
    ui.Column("source", "Source", wide=True, width=150),
    ui.Column("kind", "Famille", labels=market.INSTRUMENT_KINDS, wide=True),
    ui.Column("lines", "Lignes", "integer", wide=True),
]
COVERED = [
    ui.Column("label", "Cours", width=180),
    ui.Column("value_eur", "Encours", "eur", total=True),
    ui.Column("weight", "Part", "percent", total=True),
    ui.Column("lines", "Lignes", "integer", total=True),
    ui.Column("instruments", "Supports", "integer", wide=True),
]
KINDS = [
    ui.Column("label", "Famille", width=150),
    ui.Column("value_eur", "Encours", "eur", total=True),
    ui.Column("today", "Du jour", "percent", missing="n.c."),
    ui.Column("in_time", "Dans le délai", "progress", missing="n.c."),
    ui.Column("late_eur", "Hors délai", "eur", total=True),
    ui.Column("limit", "Délai", missing="sans objet", width=120),
]

ui.figures(
    [
        ("Encours valorisés", ui.eur(seen.total_eur), f"au {ui.day(seen.on)}"),
        ("Au cours du jour", ui.percent(seen.today), "des encours"),
        ("Dans le délai", ui.percent(seen.in_time), "liquidités comprises"),
        (
            "Hors délai",
            ui.eur(seen.late_eur),
            f"{ui.number(seen.missing.height, 0)} supports à revoir",
        ),
        ("Lignes sans valeur", ui.number(seen.unvalued, 0), "laissées hors du total"),
    ]
)
ui.section("Cours manquants ou anciens", "les plus gros montants d'abord")
answer = ui.table(
    ctx,
    seen.missing,
    MISSING,
    key="missing_prices",
    id="instrument_id",
    open="/support?support={instrument_id}",
    noun="supports",
    page_size=20,
    actions=[ui.Action("price", "Saisir un cours", "edit")]
    if ctx.may(Permission.PRICE_WRITE)
    else (),
    export="cours-manquants",
    export_needs=Permission.PORTFOLIO_EXPORT,
    empty="Chaque support détenu a un cours dans le délai de sa famille.",
)
left, right = st.columns(2, gap="medium")
with left:
    ui.section("Par âge du cours", "part des encours")
    ui.chart(
        ctx,
        charts.bars(seen.by_age, "label", "value_eur", theme=ui.theme()),
        seen.by_age,
        COVERED,
        key="coverage_age",
        alt="Encours par âge du cours qui les valorise.",
    )
    ui.section("Par source du cours")
    ui.table(ctx, seen.by_source, COVERED, key="coverage_source", id="code", noun="sources")
with right:
    ui.section("Par famille de supports", "le délai dépend de la famille")
    ui.table(
        ctx,
        seen.by_kind,
        KINDS,
        key="coverage_kind",
        id="kind",
        noun="familles",
        export="couverture-des-cours",
        export_needs=Permission.PORTFOLIO_EXPORT,
    )
if answer.action == "price":
    type_price(int(answer.row))
