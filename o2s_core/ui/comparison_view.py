"""How a comparison is asked for and shown: period, currency, curves, tables, limits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

import polars as pl
import streamlit as st

from o2s_core import charts, market
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market import Comparison
from o2s_core.ui import boundary
from o2s_core.ui.cache import cached
from o2s_core.ui.chart import chart
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import note, section
from o2s_core.ui.file_offer import offer_file
from o2s_core.ui.look import current as theme
from o2s_core.ui.tables import table

PERIODS: Final[Mapping[str, str]] = {
    "commune": "Commune", "1": "1 an", "3": "3 ans", "5": "5 ans", "10": "10 ans", "libre": "Libre",
}  # fmt: skip
CURRENCIES: Final[Mapping[str, str]] = {
    "": "Devise commune, sinon euro", "EUR": "En euros", "USD": "En dollars", "GBP": "En livres",
    "CHF": "En francs suisses", "own": "Chacune dans sa devise",
}  # fmt: skip
VIEWS: Final = ("Base 100", "Années civiles", "12 mois glissants", "Rendement et risque")
EARNED: Final = [
    Column("label", "Valeur", sub="isin", width=210, link="/support?support={instrument_id}"),
    Column("kind", "Famille", labels=market.INSTRUMENT_KINDS, wide=True),
    Column("period", "Période", "percent", signed=True, missing="n.c."),
    Column("annualised", "Par an", "percent", signed=True, missing="n.c."),
    Column("ytd", "Année en cours", "percent", signed=True, missing="n.c."),
    Column("1y", "1 an", "percent", signed=True, missing="n.c."),
    Column("3y", "3 ans", "percent", signed=True, missing="n.c."),
    Column("5y", "5 ans", "percent", signed=True, missing="n.c."),
    Column("10y", "10 ans", "percent", signed=True, missing="n.c."),
    Column("since", "Origine", "percent", signed=True, missing="n.c."),
    Column("first_on", "Premier cours", "day", wide=True),
]
RISKED: Final = [
    Column("label", "Valeur", width=210, link="/support?support={instrument_id}"),
    Column("volatility", "Volatilité", "percent", missing="n.c."),
    Column("max_drawdown", "Perte max.", "percent", signed=True, missing="n.c."),
    Column("sharpe", "Sharpe", "number", missing="n.c."),
    Column("best_month", "Meilleur mois", "percent", signed=True, missing="n.c."),
    Column("worst_month", "Pire mois", "percent", signed=True, missing="n.c."),
    Column("charge", "Coûts courants", missing="n.c."),
    Column("sri", "SRI", "integer", missing="n.c."),
    Column("sfdr", "SFDR", "integer", missing="n.c."),
    Column("points", "Cours", "integer", wide=True),
    Column("last_on", "Dernier cours", "day", wide=True),
]
#: Form of a file -> what its button says, and its media type.
FILES: Final[Mapping[str, tuple[str, Callable[[Context, Comparison], bytes]]]] = {
    "pdf": ("PDF", market.comparison_document),
    "xlsx": ("Excel", market.comparison_workbook),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person chose above the comparison."""

    start: date | None
    end: date | None
    currency: str
    frequency: market.Frequency | None
    rebased_on: date | None


def asked(ctx: Context) -> Asked:
    """Let the person choose the period, the currency and the step; the address keeps them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.segmented_control(
            "Période", list(PERIODS), format_func=PERIODS.__getitem__, required=True,
            default=_known("periode", PERIODS, "commune"), key="compare_period",
            on_change=remember,
        )  # fmt: skip
        start, end = _days(ctx, str(period))
        currency = st.selectbox(
            "Devise", list(CURRENCIES), format_func=CURRENCIES.__getitem__, width=230,
            index=list(CURRENCIES).index(_known("devise", CURRENCIES, "")),
            key="compare_currency", on_change=remember,
        )  # fmt: skip
        steps = {"": "La plus fine possible", **{str(k): v for k, v in market.FREQUENCIES.items()}}
        step = st.selectbox(
            "Fréquence", list(steps), format_func=steps.__getitem__, width=210,
            index=list(steps).index(_known("pas", steps, "")), key="compare_step",
            on_change=remember,
        )  # fmt: skip
        chosen = next((each for each in market.FREQUENCIES if each == step), None)
        base = st.date_input(
            "Base 100 au", value=None, max_value=ctx.today, format="DD/MM/YYYY", width=160,
            key="compare_base", help="Le premier jour de la période, sans autre choix.",
        )  # fmt: skip
    return Asked(start, end, currency, chosen, base if isinstance(base, date) else None)


def _known(name: str, choices: Mapping[str, str], default: str) -> str:
    said = st.query_params.get(name, default)
    return said if said in choices else default


def remember() -> None:
    """Keep what is compared in the address, so that it can be shared."""
    kept = {
        "supports": ",".join(map(str, st.session_state.get("compare_ids", ()))),
        "periode": st.session_state.get("compare_period"),
        "devise": st.session_state.get("compare_currency"),
        "pas": st.session_state.get("compare_step"),
        "fusions": "1" if st.session_state.get("compare_chain") else "",
    }
    st.query_params.from_dict({name: value for name, value in kept.items() if value})


def _days(ctx: Context, period: str) -> tuple[date | None, date | None]:
    if period == "libre":
        chosen = st.date_input(
            "Du… au…", value=(ctx.today - timedelta(days=365), ctx.today), max_value=ctx.today,
            format="DD/MM/YYYY", key="compare_days", width=230,
        )  # fmt: skip
        return chosen if isinstance(chosen, tuple) and len(chosen) == 2 else (None, None)
    if period == "commune":
        return None, None
    return market.years_before(ctx.today, int(period)), None


def chaining(ctx: Context, ids: Sequence[int]) -> bool:
    """Ask whether the history of an absorbed support goes before its heir's, where there is one."""
    heirs = cached(market.absorptions)(ctx)["new_id"]
    if set(ids).isdisjoint(heirs):
        return False
    return st.toggle(
        "Enchaîner l'historique des supports absorbés", value=st.query_params.get("fusions") == "1",
        key="compare_chain", on_change=remember,
    )  # fmt: skip


def headline(ctx: Context, found: Comparison) -> None:
    """Say which days are compared, in which currency, at which step, and offer the files."""
    money = "chacune dans sa devise" if found.currency == "own" else f"en {found.currency}"
    step = market.FREQUENCIES[found.frequency].lower()
    with st.container(horizontal=True, vertical_alignment="center"):
        section(
            f"Du {french.day(found.start)} au {french.day(found.end)}",
            f"{money}, fréquence {step} ; période commune du {french.day(found.common[0])} "
            f"au {french.day(found.common[1])}",
        )
        st.space("stretch")
        if ctx.may(Permission.MARKET_EXPORT):
            _files(ctx, found)


def _files(ctx: Context, found: Comparison) -> None:
    """Offer the comparison as a document or as a workbook, each taken away once."""
    for form, (label, made) in FILES.items():
        name = f"comparaison-{ctx.today:%Y-%m-%d}.{form}"
        offer_file(ctx, label, name, partial(made, ctx, found), key=f"compare_{form}")


def limits(found: Comparison) -> None:
    """Say what limits the figures, under them."""
    for said in found.notes:
        note(said)


@st.fragment
def curves(ctx: Context, found: Comparison) -> None:
    """Show the securities in the way that the person prefers."""
    with boundary.errors():
        with st.container(horizontal=True, vertical_alignment="bottom"):
            shown = st.segmented_control(
                "Courbe", list(VIEWS), default=VIEWS[0], required=True, key="compare_view",
                label_visibility="collapsed",
            )  # fmt: skip
        key = "compare_" + "_".join(found.names)
        view = VIEWS.index(str(shown))
        (_base_100, _years, _rolling, _scatter)[view](ctx, found, f"{key}_{view}")


def _base_100(ctx: Context, found: Comparison, key: str) -> None:
    columns = [Column("day", "Date", "day")]
    columns += [Column(name, label, "number") for name, label in found.names.items()]
    drawn = charts.value_line(
        found.curve, series=found.names, theme=theme(), unit="", decimals=1, height=360, equals=True
    )
    alt = f"Base 100 au {french.day(found.rebased_on)} : {', '.join(found.names.values())}."
    chart(ctx, drawn, found.curve, columns, key=key, alt=alt)


def _years(ctx: Context, found: Comparison, key: str) -> None:
    part = pl.when("whole").then(pl.lit("")).otherwise(pl.lit(" (partielle)"))
    rows = found.years.with_columns(
        pl.format("{}{}", "year", part).alias("year"), pl.col("instrument_id").cast(pl.String)
    ).pivot("instrument_id", index="year", values="return")
    columns = [Column("year", "Année")]
    columns += [
        Column(name, label, "percent", signed=True, missing="n.c.")
        for name, label in found.names.items()
    ]
    drawn = charts.grouped_columns(rows, "year", found.names, theme=theme(), height=360)
    chart(ctx, drawn, rows, columns, key=key, alt="Performance de chaque année civile.")


def _rolling(ctx: Context, found: Comparison, key: str) -> None:
    rows = found.rolling.with_columns(pl.col(name) * 100 for name in found.names)
    columns = [Column("day", "Date", "day")]
    columns += [
        Column(name, label, "percent", signed=True, missing="n.c.")
        for name, label in found.names.items()
    ]
    drawn = charts.value_line(
        rows, series=found.names, theme=theme(), unit="%", decimals=1, height=360, equals=True
    )
    alt = "Performance des douze derniers mois, jour après jour."
    chart(ctx, drawn, found.rolling, columns, key=key, alt=alt)


def _scatter(ctx: Context, found: Comparison, key: str) -> None:
    long = (found.end - found.start).days > 365
    earned = "annualised" if long else "period"
    rows = found.figures.drop_nulls(["volatility", earned])
    columns = [
        Column("label", "Valeur"),
        Column("volatility", "Volatilité", "percent"),
        Column(earned, "Rendement par an" if long else "Rendement", "percent", signed=True),
    ]
    drawn = charts.risk_and_return(rows, "label", "volatility", earned, theme=theme(), height=380)
    alt = "Rendement et volatilité de chaque valeur."
    chart(ctx, drawn, rows, columns, key=key, alt=alt)


def tables(ctx: Context, found: Comparison) -> None:
    """Show what each earned, then how risky and how dear it is."""
    key = "_".join(found.names)
    section("Performances", f"au {french.day(found.end)}, revenus distribués non compris")
    table(ctx, found.figures, EARNED, key=f"earned_{key}", id="instrument_id", tools=False)
    section("Risque et coûts", "sur la période, taux sans risque nul")
    charges = [
        None if ratio is None else french.percent(ratio, 2) for ratio in found.figures["ongoing"]
    ]
    rows = found.figures.with_columns(charge=pl.Series(charges, dtype=pl.String))
    table(ctx, rows, RISKED, key=f"risked_{key}", id="instrument_id", tools=False)


def correlation(ctx: Context, found: Comparison) -> None:
    """Show how alike the securities move, those priced too seldom left out."""
    if found.correlation.is_empty():
        return
    section("Corrélation", "des rendements de la période, de -1 (opposés) à 1 (semblables)")
    names = [found.names[str(i)] for i in found.correlation["instrument_id"]]
    ids = [str(i) for i in found.correlation["instrument_id"]]
    values = [list(row) for row in found.correlation.select(ids).rows()]
    rows = found.correlation.with_columns(label=pl.Series(names))
    columns = [Column("label", "Valeur")]
    columns += [
        Column(i, label, "number", missing="n.c.") for i, label in zip(ids, names, strict=True)
    ]
    drawn = charts.correlations(values, names, theme=theme())
    chart(ctx, drawn, rows, columns, key=f"correlation_{'_'.join(ids)}", alt="Corrélations.")
