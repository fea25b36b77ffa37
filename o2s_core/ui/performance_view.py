"""How a performance is shown: the figures and where they come from, curves, risk, flows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl
import streamlit as st

from o2s_core import charts, market, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.portfolio import Performance
from o2s_core.ui import boundary
from o2s_core.ui.cache import cached
from o2s_core.ui.chart import chart
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import empty, figures, note, section
from o2s_core.ui.look import current as theme
from o2s_core.ui.tables import table

CHOICES: Final[Mapping[str, str]] = {
    "ytd": "Année en cours", "1y": "1 an", "3y": "3 ans", "5y": "5 ans",
    "origin": "Origine", "free": "Période libre",
}  # fmt: skip
CURVES: Final = ("Base 100", "En euros", "Par année", "Par mois", "Baisse depuis le plus haut")
RISK: Final[Mapping[str, tuple[str, str, str]]] = {
    "volatility": ("Volatilité", "percent", "Écart-type annualisé des rendements"),
    "max_drawdown": ("Perte maximale", "percent", "Plus forte baisse depuis un plus haut"),
    "sharpe": ("Ratio de Sharpe", "number", "Taux sans risque nul"),
    "sortino": ("Ratio de Sortino", "number", "Seules les baisses comptent comme risque"),
    "value_at_risk": ("VaR historique 95 %", "percent", "Sur un pas de la série"),
    "beta": ("Bêta", "number", "Sensibilité à l'indice de référence"),
    "alpha": ("Alpha", "percent", "Annualisé, face à l'indice de référence"),
    "tracking_error": ("Écart de suivi", "percent", "Face à l'indice de référence"),
    "information_ratio": ("Ratio d'information", "number", "Écart moyen sur écart de suivi"),
}
#: A smaller effect than half a cent is a rounding.
CENT: Final = 0.005
RHYTHMS: Final = {"daily": "jour", "weekly": "semaine", "monthly": "mois"}
NATURES: Final = {**portfolio.MOVEMENT_KINDS, **portfolio.FLOW_LABELS}
FLOWS: Final = [
    Column("day", "Date", "day"),
    Column("account", "Contrat"),
    Column("kind", "Nature", labels=NATURES, width=240, wide=True),
    Column("amount_eur", "Montant", "eur", signed=True, total=True),
]  # fmt: skip
LINES: Final = [
    Column("label", "Support", sub="account"),
    Column("class_label", "Classe", wide=True),
    Column("gain_eur", "Gain", "eur", signed=True, total=True),
    Column("contribution", "Contribution", "percent", signed=True, decimals=2, total=True),
]
CURRENCY: Final = Column(
    "currency_eur", "dont change", "eur", signed=True, total=True, wide=True,
    help="Part du gain due à la devise du support ; le reste vient de son cours",
)  # fmt: skip
PERIOD_COLUMNS: Final = [
    Column("label", "Période", width=180),
    Column("since", "Depuis le", "day", missing="n.c."),
    Column("twr", "Rendement", "percent", signed=True, decimals=2, missing="n.c."),
]
RISK_COLUMNS: Final = [
    Column("label", "Mesure", sub="help", width=230),
    Column("value", "Valeur", missing="n.c."),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person chose on top of the page."""

    start: date | None
    end: date
    gross: bool
    benchmark: str | None


def asked(ctx: Context, *, key: str) -> Asked:
    """Let the person choose a period, net or gross, and an index to compare with."""
    choice = st.segmented_control(
        "Période", list(CHOICES), format_func=CHOICES.__getitem__, default="1y", required=True,
        key=f"perf_period_{key}", label_visibility="collapsed",
    )  # fmt: skip
    start, end = _days(ctx, choice or "1y", key)
    indices = cached(market.instruments)(ctx, market.InstrumentFilter(kinds=("index",)))
    names = {isin: label for isin, label in indices.select("isin", "label").iter_rows() if isin}
    benchmark = st.selectbox(
        "Indice de référence", ["", *names], key=f"perf_index_{key}", width=230,
        format_func=lambda isin: names.get(isin, "Sans indice de référence"),
        label_visibility="collapsed",
    )  # fmt: skip
    gross = st.toggle(
        "Brut de frais", key=f"perf_gross_{key}",
        help="Rajoute les frais prélevés dans les contrats ; net de frais par défaut.",
    )  # fmt: skip
    return Asked(start, end, bool(gross), benchmark or None)


def _days(ctx: Context, choice: str, key: str) -> tuple[date | None, date]:
    if choice == "origin":
        return None, ctx.today
    if choice != "free":
        return portfolio.start_of(choice, ctx.today, date.min), ctx.today
    chosen = st.date_input(
        "Du… au…", value=(ctx.today - timedelta(days=365), ctx.today), max_value=ctx.today,
        format="DD/MM/YYYY", key=f"perf_days_{key}", label_visibility="collapsed", width=230,
    )  # fmt: skip
    return chosen if isinstance(chosen, tuple) and len(chosen) == 2 else (None, ctx.today)


def headline(found: Performance, chosen: Asked) -> None:
    """Show the two returns, the gain and the closing value, and how they hang together."""
    span = f"du {french.day(found.start)} au {french.day(found.end)}"
    yearly = french.percent(found.twr_annual, 2, signed=True)
    shown = [
        ("Rendement (TWR)", french.percent(found.twr, 2, signed=True),
         f"{yearly} par an" if found.twr_annual is not None else span),
        ("Rendement du capital (MWR)", french.percent(found.mwr, 2, signed=True),
         "par an" if found.twr_annual is not None else "sur la période"),
        ("Gain", french.eur(found.gain_eur, signed=True), span),
        (f"Valeur au {french.day(found.end)}", french.eur(found.closing_eur), "total des avoirs"),
    ]  # fmt: skip
    if found.reference:
        earned = french.percent(found.reference_return, 2, signed=True)
        shown.append((found.reference, earned, span))
    figures(shown)
    note(_explained(found, chosen))


def _explained(found: Performance, chosen: Asked) -> str:
    """Write the sum that the gain comes from."""
    fees = "brut" if chosen.gross else "net"
    asked_later = chosen.start is not None and found.start > chosen.start
    later = f" (rien de connu avant le {french.day(found.start)})" if asked_later else ""
    return (
        f"Ouverture {french.eur(found.opening_eur)} au {french.day(found.start)}{later} · "
        f"flux nets {french.eur(found.net_flows_eur, signed=True)} · "
        f"gain {french.eur(found.gain_eur, signed=True)} · "
        f"clôture {french.eur(found.closing_eur)} au {french.day(found.end)} · "
        f"{fees} des frais prélevés dans les contrats"
    )


@st.fragment
def curves(ctx: Context, found: Performance, *, key: str) -> None:
    """Show the series in the way that the person prefers."""
    with boundary.errors():
        section("Évolution", f"du {french.day(found.start)} au {french.day(found.end)}")
        shown = st.segmented_control(
            "Courbe", list(CURVES), default=CURVES[0], required=True, key=f"perf_curve_{key}",
            label_visibility="collapsed",
        )  # fmt: skip
        _curve(ctx, found, shown or CURVES[0], key=f"perf_{key}_{CURVES.index(shown or CURVES[0])}")


def _curve(ctx: Context, found: Performance, shown: str, *, key: str) -> None:
    if shown == CURVES[0]:
        _base_100(ctx, found, key)
    elif shown == CURVES[1]:
        _in_euros(ctx, found, key)
    elif shown == CURVES[2]:
        _by_year(ctx, found, key)
    elif shown == CURVES[3]:
        _by_month(ctx, found, key)
    else:
        _below_peak(ctx, found, key)


def _base_100(ctx: Context, found: Performance, key: str) -> None:
    rows = found.series.select(
        "day", mine=pl.col("index") * 100, reference=pl.col("reference") * 100
    )
    names = {"mine": found.scope_name}
    columns = [Column("day", "Date", "day"), Column("mine", "Base 100", "number")]
    if found.reference:
        names["reference"] = found.reference
        columns.append(Column("reference", found.reference, "number"))
    drawn = charts.value_line(rows, series=names, theme=theme(), unit="", decimals=1)
    chart(ctx, drawn, rows, columns, key=key, alt="Performance en base 100, jour après jour")


def _in_euros(ctx: Context, found: Performance, key: str) -> None:
    names = {"value_eur": "Valeur", "invested_eur": "Capital investi"}
    columns = [Column("day", "Date", "day"), *(Column(c, n, "eur") for c, n in names.items())]
    drawn = charts.value_line(found.series, series=names, theme=theme())
    chart(ctx, drawn, found.series, columns, key=key, alt="Valeur et capital investi, par jour")


def _by_year(ctx: Context, found: Performance, key: str) -> None:
    part = pl.when("whole").then(pl.lit("")).otherwise(pl.lit(" (partielle)"))
    rows = portfolio.by_year(found.series).with_columns(label=pl.col("year").cast(pl.String) + part)
    columns = [Column("label", "Année"), Column("return", "Rendement", "percent", decimals=2)]
    drawn = charts.return_columns(rows, "label", "return", theme=theme())
    chart(ctx, drawn, rows, columns, key=key, alt="Rendement de chaque année civile")


def _by_month(ctx: Context, found: Performance, key: str) -> None:
    rows = portfolio.by_month(found.series)
    columns = [
        Column("year", "Année", "integer"),
        Column("month", "Mois", "integer"),
        Column("return", "Rendement", "percent", decimals=2),
    ]
    drawn = charts.monthly_heatmap(rows, theme=theme())
    chart(ctx, drawn, rows, columns, key=key, alt="Rendement de chaque mois")


def _below_peak(ctx: Context, found: Performance, key: str) -> None:
    rows = portfolio.drawdowns(found.series).with_columns(drawn=pl.col("drawdown") * 100)
    columns = [
        Column("day", "Date", "day"),
        Column("drawdown", "Baisse", "percent", decimals=2),
    ]
    drawn = charts.value_line(
        rows, series={"drawn": "Baisse depuis le plus haut"}, theme=theme(), unit="%", decimals=1
    )
    chart(ctx, drawn, rows, columns, key=key, alt="Baisse depuis le plus haut, jour après jour")


def lines(ctx: Context, found: Performance, *, key: str) -> None:
    """Show which classes and which supports made the return."""
    section("Contributions", f"au rendement de {french.percent(found.twr, 2, signed=True)}")
    if found.twr is None or found.lines.is_empty():
        empty("Aucun support n'a gagné ni perdu sur la période.")
        return
    named = pl.col("asset_class").replace_strict(market.ASSET_CLASSES, default="Frais et écarts")
    rows = found.lines.with_columns(class_label=named)
    steps = (
        rows.group_by("class_label")
        .agg(pl.col("contribution").sum())
        .sort("contribution", descending=True)
    )
    drawn = charts.waterfall(
        [(name, part * 100) for name, part in steps.iter_rows()], "Rendement", theme=theme()
    )
    by_class = [
        Column("class_label", "Classe"),
        Column("contribution", "Contribution", "percent", signed=True, decimals=2, total=True),
    ]
    chart(ctx, drawn, steps, by_class, key=f"perf_classes_{key}", alt="Contribution par classe")
    abroad = bool((rows["currency_eur"].abs() >= CENT).any())
    columns = [*LINES[:-1], CURRENCY, LINES[-1]] if abroad else LINES
    table(ctx, rows, columns, key=f"perf_lines_{key}", height=360)


def usual_periods(ctx: Context, found: Performance, *, key: str) -> None:
    """Show the time-weighted return of each usual period, all ending on the same day."""
    section("Rendements", f"pondérés par le temps, au {french.day(found.end)}")
    since = found.coverage.since
    rows = [
        (label, _start(name, found, since), found.periods[name])
        for name, label in portfolio.PERIODS.items()
    ]
    schema = {"label": pl.String, "since": pl.Date, "twr": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    table(ctx, frame, PERIOD_COLUMNS, key=f"perf_periods_{key}", tools=False)


def _start(name: str, found: Performance, since: date) -> date | None:
    start = portfolio.start_of(name, found.end, since)
    return start if start >= since else None


def risk_figures(ctx: Context, found: Performance, *, key: str) -> None:
    """Show the risk of the period, in French, what is not known said so."""
    section("Risque", f"rendements par {RHYTHMS[found.rhythm]}, même période")
    rows = [
        (label, help_, _written(found.risk[name], form))
        for name, (label, form, help_) in RISK.items()
        if name in found.risk
    ]
    schema = {"label": pl.String, "help": pl.String, "value": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    table(ctx, frame, RISK_COLUMNS, key=f"perf_risk_{key}", tools=False)


def _written(value: float | None, form: str) -> str | None:
    if value is None:
        return None
    return french.percent(value, 2) if form == "percent" else french.number(value, 2)


def flows(ctx: Context, found: Performance, *, key: str) -> None:
    """Show what came in and left, which is no gain."""
    section("Flux de la période", french.eur(found.net_flows_eur, signed=True) + " nets")
    if found.flows.is_empty():
        empty("Aucun versement, retrait ni changement de périmètre sur la période.")
        return
    table(ctx, found.flows, FLOWS, key=f"perf_flows_{key}", height=360)


def method(found: Performance) -> None:
    """Say how it was computed, and what is missing."""
    known = found.coverage
    said = [
        portfolio.METHODS[found.method],
        "Arbitrages, revenus, frais et prélèvements restent dans la performance ; "
        "versements, retraits, transferts et entrées de comptes n'y comptent pas",
        f"Avoirs connus depuis le {french.day(known.since)}",
    ]
    if known.deduced:
        said.append(f"{french.count(known.deduced, 'flux déduit', 'flux déduits')} des quantités")
    if known.without_amount:
        said.append(
            f"{french.count(known.without_amount, 'flux sans montant', 'flux sans montant')}, "
            "laissé de côté : le rendement est à vérifier"
        )
    if known.only_totals:
        said.append(
            "Valorisés au total transmis, sans le détail des lignes : "
            f"{', '.join(known.only_totals[:4])}"
        )
    if known.unknown_accounts:
        said.append(f"Jamais valorisés : {', '.join(known.unknown_accounts[:4])}")
    note(" · ".join(said))
