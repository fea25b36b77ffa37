"""How holdings are shown: lines by contract, allocation, what is left out, freshness."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import charts, market, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import Holdings
from o2s_core.ui import boundary
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import figures, note, section
from o2s_core.ui.grouped_table import Grouping, grouped_table
from o2s_core.ui.look import current as theme
from o2s_core.ui.override_windows import CORRECT
from o2s_core.ui.tables import Action, Answer, table

KINDS: Final = {
    "partner": "partenaire",
    "manual": "déclaratif",
    "takeover": "reprise",
    "computed": "calculé",
}
LINES: Final = [
    Column("label", "Support", sub="code", hint="source", width=230),
    Column("quantity", "Quantité", "quantity", wide=True),
    Column("unit_cost", "PRU", "number", decimals=4, wide=True, help="Prix de revient"),
    Column("price", "Cours", "number", decimals=4, wide=True),
    Column("data_on", "Au", "day", sub="freshness", wide=True, help="Jour du cours, de la valeur"),
    Column("value_eur", "Valeur", "eur", total=True),
    Column("weight", "Poids", "percent", total=True, decimals=1),
    Column("gain_eur", "+/- value", "eur", signed=True, missing="n.c."),
    Column("gain_ratio", "+/- value %", "percent", signed=True, decimals=1, missing="n.c."),
    Column("currency", "Devise", hidden=True),
    Column("asset_class", "Classe", hidden=True, labels=market.ASSET_CLASSES),
    Column("situation_on", "Situation du", "day", hidden=True),
    Column("situation_value_eur", "Valeur à la situation", "eur", total=True, hidden=True,
           missing="n.c."),
    Column("source", "Origine", hidden=True),
    Column("share", "Part", "percent", decimals=2, hidden=True),
]  # fmt: skip
BREAKDOWN: Final = [
    Column("label", "Répartition", width=180),
    Column("value_eur", "Valeur", "eur", total=True),
    Column("weight", "Poids", "percent", total=True, decimals=1),
    Column("lines", "Lignes", "integer", total=True),
]
EXCLUDED: Final = [
    Column("label", "Support", sub="isin", width=220),
    Column("account", "Contrat", sub="number"),
    Column("quantity", "Quantité", "quantity"),
    Column("reason", "Pourquoi", width=320),
    Column("reported_eur", "Dernière valeur connue", "eur", missing="n.c."),
]
ORIGIN: Final = Action("origin", "Origine du chiffre", "fact_check")


def holding_figures(held: Holdings) -> None:
    """Show the total of the day and that of the partners, each with its date, and the gain."""
    accounts, lines = held.accounts.height, held.lines.height
    counts = ("Contrats", french.number(accounts, 0), french.count(lines, "ligne"))
    shown = [
        (f"Valeur au {french.day(held.on)}", french.eur(held.total_eur), _span(held)),
        ("Situations des partenaires", french.eur(held.situation_total_eur), _situations(held)),
        ("+/- value latente", french.eur(held.gain_eur, signed=True), _gain(held)),
        counts,
    ]
    if held.outside_eur:
        shown.append(
            ("Hors périmètre affiché", french.eur(held.outside_eur), "part d'autres titulaires")
        )
    figures(shown)


def freshness(held: Holdings) -> None:
    """Say how old the figures are, which lines are stale, what was typed."""
    said = []
    if held.stale_lines:
        names = held.lines.filter("stale")["label"].unique(maintain_order=True).to_list()
        more = f" et {len(names) - 3} autres" if len(names) > 3 else ""
        share = french.percent(held.stale_share)
        said.append(f"Cours périmés : {', '.join(names[:3])}{more} ({share} de la valeur)")
    if held.excluded.height:
        left_out = french.count(held.excluded.height, "ligne non comptée", "lignes non comptées")
        said.append(f"{left_out}, voir plus bas")
    if held.situation_missing:
        said.append(f"{held.situation_missing} sans valeur transmise par le partenaire")
    if held.declared:
        said.append("Comporte des données déclaratives")
    if said:
        note(" · ".join(said))


def holding_lines(ctx: Context, held: Holdings, *, key: str, by_class: bool = False) -> Answer:
    """Show the lines under their contract, with subtotals; a button asks for the origin.

    `by_class` groups the lines of one contract by asset class instead.
    """
    totals = {"gain_eur": held.gain_eur, "gain_ratio": held.gain_ratio}
    return grouped_table(
        ctx,
        told(held),
        LINES,
        _by_class(held, totals) if by_class else _by_contract(held, totals),
        key=key,
        id="line",
        noun="lignes",
        actions=[ORIGIN, CORRECT] if ctx.may(Permission.POSITION_CORRECT) else [ORIGIN],
        export="avoirs",
        export_needs=Permission.PORTFOLIO_EXPORT,
        empty="Aucun avoir à cette date.",
    )


def _by_contract(held: Holdings, totals: Mapping[str, Any]) -> Grouping:
    subtotals = {
        row["account_id"]: {"gain_eur": row["gain_eur"], "gain_ratio": row["gain_ratio"]}
        for row in held.accounts.iter_rows(named=True)
    }
    return Grouping(
        by="account_id",
        label="account",
        note="contract",
        open="/compte?compte={account_id}",
        totals=totals,
        subtotals=subtotals,
    )


def _by_class(held: Holdings, totals: Mapping[str, Any]) -> Grouping:
    subtotals = {
        row["key"]: {"gain_eur": row["gain_eur"], "gain_ratio": row["gain_ratio"]}
        for row in held.by("asset_class").iter_rows(named=True)
    }
    return Grouping(by="asset_class", label="class_label", totals=totals, subtotals=subtotals)


def told(held: Holdings) -> pl.DataFrame:
    """Return the lines with what is written small: codes, freshness, contract, source."""
    contracts = {row["account_id"]: contract(row) for row in held.accounts.iter_rows(named=True)}
    plain_cash = (pl.col("asset_class") == "cash") & (pl.col("currency") == "EUR")
    return held.lines.with_columns(
        # Euros are no quantity at a price of one: their value says it all.
        *(pl.when(~plain_cash).then(name).alias(name) for name in ("quantity", "price")),
        code=pl.coalesce("isin", pl.lit("")),
        freshness=pl.when("stale")
        .then(pl.lit("périmé"))
        .when(pl.col("corrected") != "")
        .then(pl.lit("corrigé à la main"))
        .otherwise(pl.lit("")),
        contract=pl.col("account_id").replace_strict(contracts, return_dtype=pl.String),
        source=_source(),
        class_label=pl.col("asset_class").replace(market.ASSET_CLASSES),
    )


def _source() -> pl.Expr:
    """Say how a line is known; a figure corrected by hand has its mark."""
    known = pl.col("known_by").replace(KINDS)
    return pl.when(pl.col("corrected") != "").then(known + ", corrigé à la main").otherwise(known)


def contract(row: Mapping[str, Any]) -> str:
    """Say what a contract is: envelope, provider, number, day of its situation, what came after."""
    parts = [
        portfolio.envelope_label(row["envelope"]),
        row["provider"],
        f"n° {row['number']}",
        _known_by(row["kind"], row["situation_on"]),
    ]
    if later := row["later_movements"]:
        parts.append(f"{french.count(later, 'mouvement')} depuis")
    if row["share"] != 1:
        whole = round(row["share"] * 100, 6).is_integer()
        parts.append(f"part {french.percent(row['share'], 0 if whole else 2)}")
    return " · ".join(parts)


def _known_by(kind: str, situation_on: date | None) -> str:
    if situation_on is None:
        return "d'après les mouvements"
    declared = " déclarative" if kind == "manual" else ""
    return f"situation{declared} du {french.day(situation_on)}"


@st.fragment
def allocation(ctx: Context, held: Holdings, *, key: str) -> None:
    """Show how the total splits along the chosen axis: a ring and its table."""
    with boundary.errors():
        section("Répartition", f"{held.scope_name}, au {french.day(held.on)}")
        axes = list(portfolio.AXES)
        axis = st.segmented_control(
            "Axe",
            axes,
            default=axes[0],
            format_func=portfolio.AXES.__getitem__,
            key=f"axis_{key}",
            label_visibility="collapsed",
            required=True,
        )
        parts = held.by(axis or axes[0])
        ring, figures_ = st.columns([2, 3], vertical_alignment="center")
        with ring:
            st.plotly_chart(
                charts.donut(parts, "label", "value_eur", theme=theme()),
                theme=None,
                config={"displayModeBar": False, "locale": "fr"},
                key=f"ring_{key}",
                alt=f"Répartition par {portfolio.AXES[axis or axes[0]].lower()}",
            )
        with figures_:
            table(ctx, parts, BREAKDOWN, key=f"parts_{key}", id="key", tools=False, noun="parts")


def left_out(ctx: Context, held: Holdings, *, key: str) -> None:
    """Name what is not in the total, and why."""
    if held.excluded.is_empty():
        return
    n = held.excluded.height
    section("Non compté dans le total", french.count(n, "ligne"))
    table(
        ctx, held.excluded, EXCLUDED, key=f"excluded_{key}", id="label", tools=False, page_size=10
    )


def _span(held: Holdings) -> str:
    if held.oldest_data_on is None:
        return ""
    oldest, newest = french.day(held.oldest_data_on), french.day(held.newest_data_on)
    return f"cours du {newest}" if oldest == newest else f"cours du {oldest} au {newest}"


def _situations(held: Holdings) -> str:
    if held.oldest_situation_on is None:
        return "aucune situation reçue"
    oldest, newest = french.day(held.oldest_situation_on), french.day(held.newest_situation_on)
    return f"au {newest}" if oldest == newest else f"du {oldest} au {newest}"


def _gain(held: Holdings) -> str:
    if held.gain_eur is None:
        return "non calculable : PRU non transmis"
    known = french.percent(held.gain_coverage, 0)
    return f"{french.percent(held.gain_ratio, signed=True)}, PRU connu pour {known} de la valeur"
