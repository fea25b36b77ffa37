"""How gains are shown: the figures, the lines held, the years, the sales, the currency."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import market
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import COST_METHODS, Gains
from o2s_core.ui import boundary
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import empty, figures, note, section
from o2s_core.ui.grouped_table import Grouping, grouped_table
from o2s_core.ui.tables import table

BY: Final = {"account": "Par contrat", "asset_class": "Par classe", "instrument": "Par support"}
SOURCES: Final = {"partner": "PRU du partenaire", "movements": "d'après les mouvements"}
LATENT: Final = [
    Column("label", "Support", sub="small"),
    Column("quantity", "Quantité", "quantity", wide=True),
    Column("unit_cost_eur", "Prix de revient", "eur", missing="n.c.", wide=True),
    Column("cost_eur", "Coût", "eur", total=True, missing="n.c.", wide=True),
    Column("value_eur", "Valeur", "eur", total=True),
    Column("gain_eur", "+/- value", "eur", signed=True, total=True, missing="n.c."),
    Column("gain_ratio", "En %", "percent", signed=True, missing="n.c.", wide=True),
    Column("why", "Coût d'après", width=190, wide=True),
]
YEARS: Final = [
    Column("year", "Année", width=70),
    Column("sales", "Cessions", "integer", total=True, wide=True),
    Column("proceeds_eur", "Produit", "eur", total=True, wide=True),
    Column("cost_eur", "Coût", "eur", total=True, wide=True),
    Column("gain_eur", "Réalisé", "eur", signed=True, total=True),
    Column("currency_eur", "dont change", "eur", signed=True, total=True, wide=True),
    Column("unknown", "n.c.", "integer", total=True, help="Cessions dont le coût est inconnu"),
    Column("unknown_eur", "Produit n.c.", "eur", total=True, wide=True),
]
SOLD: Final = [
    Column("day", "Date", "day"),
    Column("label", "Support", sub="account", width=220),
    Column("kind", "Nature", wide=True),
    Column("quantity", "Quantité", "quantity", wide=True),
    Column("proceeds_eur", "Produit", "eur", total=True, missing="n.c.", wide=True),
    Column("cost_eur", "Coût", "eur", total=True, missing="n.c.", wide=True),
    Column("gain_eur", "+/- value", "eur", signed=True, total=True, missing="n.c."),
    Column("reason", "Pourquoi n.c.", width=240, wide=True),
]
#: Columns that are there to warn: shown when there is something to say.
NOTEWORTHY: Final = {"currency_eur", "unknown", "unknown_eur", "reason"}
FOREIGN: Final = [
    Column("label", "Support", sub="account"),
    Column("currency", "Devise", wide=True),
    Column("price_eur", "Effet cours", "eur", signed=True, total=True, missing="n.c.", wide=True),
    Column("currency_eur", "Effet change", "eur", signed=True, total=True, missing="n.c."),
    Column("euro_gain_eur", "Gain en euros", "eur", signed=True, total=True, missing="n.c."),
    Column("currency_reason", "Pourquoi n.c.", width=240, wide=True),
]


def chosen_method(*, key: str) -> str:
    """Let the person choose at which cost units leave."""
    methods = list(COST_METHODS)
    chosen = st.segmented_control(
        "Méthode", methods, default=methods[0], required=True, key=f"gains_method_{key}",
        format_func=COST_METHODS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    return chosen or methods[0]


def headline(found: Gains) -> None:
    """Show the latent gain, what was realised this year and in all, and how much is known."""
    now = found.years.filter(year=found.on.year)
    this_year, in_all = (sum(rows["gain_eur"], ZERO) for rows in (now, found.years))
    figures(
        [
            ("+/- value latente", french.eur(found.latent_eur, signed=True), _latent(found)),
            (f"Réalisé en {found.on.year}", french.eur(this_year, signed=True), _missed(now)),
            ("Réalisé en tout", french.eur(in_all, signed=True), _missed(found.years)),
            (f"Valeur au {french.day(found.on)}", french.eur(found.total_eur), "total des avoirs"),
        ]
    )
    said = [f"méthode : {COST_METHODS[found.method].lower()}"]
    if found.method == "average" and found.partner_eur is not None:
        same = french.eur(found.partner_eur, signed=True)
        said.append(f"dont {same} aux PRU transmis par les partenaires, comme en Synthèse")
    note(" · ".join(said))


def _latent(found: Gains) -> str:
    if found.latent_eur is None:
        return "non calculable : aucun coût connu"
    known = french.percent(found.coverage, 0)
    return (
        f"{french.percent(found.latent_ratio, signed=True)}, coût connu pour {known} de la valeur"
    )


def _missed(years: pl.DataFrame) -> str:
    sales, unknown = int(years["sales"].sum()), int(years["unknown"].sum())
    if not sales:
        return "aucune cession"
    missed = f", dont {unknown} n.c." if unknown else ""
    return french.count(sales, "cession") + missed


@st.fragment
def latent(ctx: Context, found: Gains, *, key: str) -> None:
    """Show the lines held under their contract or class, with what each cost and gained."""
    with boundary.errors():
        section("Lignes détenues", french.count(found.lines.height, "ligne"))
        by = st.segmented_control(
            "Regroupement", list(BY), default="account", required=True, key=f"gains_by_{key}",
            format_func=BY.__getitem__, label_visibility="collapsed",
        )  # fmt: skip
        rows = _told(found.lines)
        options = {
            "key": f"gains_lines_{by}_{found.method}_{key}", "id": "line", "noun": "lignes",
            "export": "plus-values-latentes", "export_needs": Permission.PORTFOLIO_EXPORT,
            "empty": "Rien n'est détenu aujourd'hui.",
        }  # fmt: skip
        totals = {"gain_ratio": found.latent_ratio}
        if by == "account":
            opening = "/compte?compte={account_id}"
            group = Grouping(
                by="account_id",
                label="account",
                open=opening,
                totals=totals,
                subtotals=found.ratios("account_id"),
            )
            grouped_table(ctx, rows, LATENT, group, **options)
        elif by == "asset_class":
            group = Grouping(
                by="asset_class",
                label="class_label",
                totals=totals,
                subtotals=found.ratios("asset_class"),
            )
            grouped_table(ctx, rows.sort("class_label", maintain_order=True), LATENT, group,
                          **options)  # fmt: skip
        else:
            table(ctx, rows.sort("value_eur", descending=True), LATENT, **options)
        if found.unknown.height:
            note(
                "« n.c. » : le coût d'achat est inconnu, la ligne n'entre ni dans le coût ni dans "
                "la plus-value ; sa valeur compte dans le total."
            )


def _told(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with their code, their class and where their cost comes from."""
    source = pl.col("known_by").replace(SOURCES)
    return lines.with_columns(
        small=pl.coalesce("isin", pl.lit("")),
        class_label=pl.col("asset_class").replace(market.ASSET_CLASSES),
        why=pl.when(pl.col("reason") != "").then("reason").otherwise(source),
    )


def realised(ctx: Context, found: Gains, *, key: str) -> None:
    """Show what was gained on what was sold: by year, then sale by sale."""
    section("Plus-values réalisées", "par année civile, frais de cession déduits")
    if found.sold.is_empty():
        empty("Aucune cession connue : rien n'a été réalisé.")
        return
    years = found.years.with_columns(pl.col("year").cast(pl.String))
    table(
        ctx, years, _saying(YEARS, years), key=f"gains_years_{found.method}_{key}", id="year",
        noun="années", tools=False,
    )  # fmt: skip
    rows = found.sold.reverse().with_row_index("id")
    table(
        ctx, rows, _saying(SOLD, rows), key=f"gains_sold_{found.method}_{key}", noun="cessions",
        export="plus-values-realisees", export_needs=Permission.PORTFOLIO_EXPORT, height=420,
    )  # fmt: skip
    note(
        "Une vente, un arbitrage sortant et un rachat de parts sont des cessions ; un transfert "
        "entre deux comptes du dossier garde son coût et n'en est pas une, pas plus que des parts "
        "prélevées en frais. Ces montants sont économiques : la fiscalité dépend de l'enveloppe."
    )


def _saying(columns: list[Column], rows: pl.DataFrame) -> list[Column]:
    """Return the columns, less those that would say nothing of any row: all zero, or empty."""
    silent = {
        name
        for name in NOTEWORTHY & set(rows.columns)
        if not (rows[name] != ("" if rows.schema[name] == pl.String else 0)).any()
    }
    return [column for column in columns if column.name not in silent]


def currency_effect(ctx: Context, found: Gains, *, key: str) -> None:
    """Show, of supports in another currency, what the price did and what the currency did."""
    if found.foreign.is_empty():
        return
    section("Effet de change", "supports dans une autre devise")
    table(
        ctx, found.foreign, FOREIGN, key=f"gains_currency_{found.method}_{key}", id="line",
        noun="lignes", tools=False,
    )  # fmt: skip
    note(
        "Effet cours + effet change = gain en euros. L'effet cours compte les deux côtés au taux "
        "du jour, l'effet change ce que la devise a fait depuis les achats."
    )
