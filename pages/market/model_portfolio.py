"""Outils › Portefeuille modèle: its lines, its past, who follows it and how far they are."""

from decimal import Decimal

import polars as pl
import streamlit as st

from o2s_core import charts, market, portfolio, ui
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.model_windows import (
    PERIODS,
    delete,
    duplicate,
    edit_lines,
    edit_model,
    past_start,
    publish,
)

ctx = ui.page("Portefeuille modèle", needs=Permission.MARKET_READ)
number = st.query_params.get("modele", "")
if not number.isdecimal():
    raise NotFoundError("Portefeuille modèle", number or "aucun numéro dans l'adresse")
card = market.model_portfolio(ctx, int(number))
may_write = ctx.may(Permission.MODEL_WRITE)

LINES = [
    ui.Column("label", "Support", width=230, sub="isin"),
    ui.Column("asset_class", "Classe d'actifs", labels=market.ASSET_CLASSES, wide=True),
    ui.Column("sri", "SRI", "integer", wide=True, missing="n.c."),
    ui.Column("weight", "Poids", "percent", total=True, decimals=1),
    ui.Column("minimum", "Min", "percent", decimals=1, missing="—"),
    ui.Column("maximum", "Max", "percent", decimals=1, missing="—"),
    ui.Column("status", "État", "badge", labels={**market.STATUSES, "active": ""},
              tones={"inactive": "bad", "provisional": "warn"}, hidden=True),
]  # fmt: skip
CLASSES = [
    ui.Column("asset_class", "Classe d'actifs", labels=market.ASSET_CLASSES),
    ui.Column("weight", "Poids", "percent", total=True, decimals=1),
]
SILENT = [
    ui.Column("label", "Support", width=220),
    ui.Column("months", "Mois sans cours", "integer"),
    ui.Column("of", "Sur", "integer"),
    ui.Column("last", "Dernier mois sans cours"),
]
#: Rates of the switch fees that contracts charge.
COSTS = {rate: Decimal(rate) for rate in ("0", "0.0025", "0.005", "0.0075", "0.01")}
FOLLOWERS = [
    ui.Column("account", "Compte", width=180, sub="number"),
    ui.Column("holders", "Titulaires", width=170),
    ui.Column("provider", "Partenaire", wide=True),
    ui.Column("since", "Suivi depuis", "day", wide=True),
    ui.Column("value_eur", "Valeur", "eur", total=True),
    ui.Column("drift", "À arbitrer", "percent", decimals=1, missing="n.c.",
              help="Part du compte à déplacer pour revenir au modèle"),
    ui.Column("widest", "Plus grand écart", "percent", decimals=1, missing="n.c."),
    ui.Column("outside", "Lignes hors bornes", "integer", missing="n.c."),
]  # fmt: skip

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section(card.name, market.RISK_LEVELS.get(card.risk_level, ""))
    st.space("stretch")
    if may_write:
        if st.button("Modifier les lignes", icon=":material/edit:", type="primary"):
            edit_lines(card.id)
        if card.draft and st.button("Publier", icon=":material/publish:"):
            publish(card.id)
        with st.popover("Plus", icon=":material/more_horiz:"):
            if st.button("Nom, risque, indice", type="tertiary"):
                edit_model(card.id)
            if st.button("Dupliquer", type="tertiary"):
                duplicate(card.id)
            if card.draft and st.button("Abandonner la préparation", type="tertiary"):
                market.drop_model_draft(ctx, card.id)
                ui.flash("Version en préparation abandonnée.")
                st.rerun()
            if st.button("Remettre en usage" if card.archived else "Archiver", type="tertiary"):
                market.archive_model(ctx, card.id, archived=not card.archived)
                ui.flash("Modèle remis en usage." if card.archived else "Modèle archivé.")
                st.rerun()
            if st.button("Supprimer", type="tertiary"):
                delete(card.id)

if card.archived:
    st.info("Ce modèle est archivé : il n'est plus proposé.", icon=":material/archive:")
if card.description:
    ui.note(card.description)
if not card.versions:
    ui.empty(
        "Ce modèle n'a pas encore de ligne.",
        "Composez ses lignes, puis publiez la version pour que des comptes le suivent.",
    )
    st.stop()

LABELS = {
    v.id: f"Version {v.number} · "
    + (f"dès le {ui.day(v.valid_from)}" if v.state == "published" else "en préparation")
    for v in card.versions
}
shown = card.in_force or card.versions[0]
chosen = st.selectbox(
    "Version", list(LABELS), index=list(LABELS).index(shown.id), format_func=LABELS.__getitem__,
    key=f"model_version_{card.id}_{card.version}", label_visibility="collapsed", width=320,
)  # fmt: skip
version = next(v for v in card.versions if v.id == chosen)
if version.comment:
    ui.note(version.comment)

left, right = st.columns([3, 2], gap="medium")
with left:
    ui.section("Lignes", LABELS[version.id])
    ui.table(
        ctx, version.lines, LINES, key=f"model_lines_{version.id}", id="instrument_id",
        open="/support?support={instrument_id}", noun="supports", export="portefeuille-modele",
        export_needs=Permission.MARKET_EXPORT,
    )  # fmt: skip
with right:
    ui.section("Répartition", "poids par classe d'actifs")
    classes = version.by_class()
    named = classes.with_columns(
        label=pl.col("asset_class").replace(market.ASSET_CLASSES), size=pl.col("weight") * 100
    )
    ui.chart(
        ctx, charts.donut(named, "label", "size", theme=ui.theme(), unit="%"), classes, CLASSES,
        key=f"model_classes_{version.id}", alt="Poids de chaque classe d'actifs du modèle.",
    )  # fmt: skip

ui.section("Simulation passée", "les poids de la version, sur les cours connus")
with st.container(horizontal=True, vertical_alignment="bottom"):
    period = st.segmented_control(
        "Période", list(PERIODS), default="5 ans", required=True, key=f"past_{card.id}"
    )
    rhythm = st.selectbox(
        "Rééquilibrage", list(market.RHYTHM_LABELS), index=2, width=200,
        format_func=market.RHYTHM_LABELS.__getitem__, key=f"rhythm_{card.id}",
    )  # fmt: skip
    cost = st.selectbox(
        "Frais d'arbitrage", list(COSTS), index=2, width=180,
        format_func=lambda rate: ui.percent(COSTS[rate], 2), key=f"cost_{card.id}",
    )  # fmt: skip
past = ui.cached(market.backtest)(
    ctx, card.id, version.id, past_start(ctx, str(period)), ctx.today,
    rhythm=rhythm, switch_cost=COSTS[str(cost)],
)  # fmt: skip
if past.path.height < 2:
    ui.empty("Aucun cours connu sur la période : la simulation n'est pas possible.")
else:
    span = f"du {ui.day(past.start)} au {ui.day(past.end)}"
    ui.figures(
        [
            ("Performance", ui.percent(past.total_return, 1, signed=True), span),
            ("Par an", ui.percent(past.annual_return, 1, signed=True), "au-delà d'un an"),
            ("Volatilité", ui.percent(past.volatility, 1), "annualisée, cours quotidiens"),
            ("Perte maximale", ui.percent(past.max_drawdown, 1), "depuis un plus haut"),
            ("Frais payés", ui.percent(past.costs, 2), f"{past.rebalanced} rééquilibrages"),
            *(
                [(card.benchmark, ui.percent(past.benchmark_return, 1, signed=True), span)]
                if card.benchmark
                else []
            ),
        ]
    )
    series = {"index": card.name} | ({"benchmark": card.benchmark} if card.benchmark else {})
    ui.chart(
        ctx,
        charts.value_line(past.path, series=series, theme=ui.theme(), unit="", decimals=1),
        past.path,
        [ui.Column("day", "Date", "day"), *(ui.Column(n, s, "number") for n, s in series.items())],
        key=f"past_{version.id}_{period}_{rhythm}_{cost}",
        alt="Valeur du modèle, base 100 au début de la période.",
    )  # fmt: skip
    said = []
    if past.left_out:
        said.append(
            f"Sans cours, non comptés : {', '.join(past.left_out)} ; la simulation porte sur "
            f"{ui.percent(past.coverage, 0)} du modèle, ramenés à 100 %."
        )
    if past.begun_by:
        said.append(f"La période commence au premier cours de {past.begun_by}.")
    said.append("Les performances passées ne préjugent pas des performances futures.")
    ui.note(" ".join(said))
    if not past.silent.is_empty():
        with st.expander(f"Mois sans cours ({past.silent.height} supports)"):
            ui.note("Le dernier cours connu est reporté sur ces mois.")
            ui.table(ctx, past.silent, SILENT, key=f"silent_{version.id}_{period}", id="label")

if ctx.may(Permission.PORTFOLIO_READ):
    ui.section("Comptes qui suivent ce modèle", "dans votre périmètre, le plus éloigné d'abord")
    ui.table(
        ctx, ui.cached(portfolio.model_followers)(ctx, card.id), FOLLOWERS,
        key=f"model_followers_{card.id}", id="account_id", open="/compte?compte={account_id}",
        noun="comptes", page_size=20, export="comptes-du-modele",
        export_needs=Permission.PORTFOLIO_EXPORT,
        empty="Aucun compte ne suit ce modèle : affectez-le depuis Portefeuille › Arbitrage.",
    )  # fmt: skip
