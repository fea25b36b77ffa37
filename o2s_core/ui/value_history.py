"""The value of a scope over time, with what is known of it since when."""

from datetime import date, timedelta
from typing import Final

import polars as pl
import streamlit as st

from o2s_core import charts, portfolio
from o2s_core.contacts import Scope
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.portfolio import ValueHistory
from o2s_core.ui import boundary
from o2s_core.ui.cache import cached
from o2s_core.ui.chart import chart
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import empty, note, section
from o2s_core.ui.look import current as theme

PERIODS: Final = {"1 an": 366, "3 ans": 1096, "5 ans": 1827, "Tout": None}
POINTS: Final = [
    Column("day", "Date", "day"),
    Column("value_eur", "Valeur", "eur"),
    Column("accounts", "Contrats connus", "integer"),
    Column("unpriced", "Lignes sans cours", "integer"),
]


@st.fragment
def value_history(ctx: Context, scope: Scope, on: date, *, key: str) -> None:
    """Show the value of a scope until a day, by week, over a chosen period."""
    with boundary.errors():
        section("Évolution de la valeur", f"{scope.name}, jusqu'au {french.day(on)}")
        period = st.segmented_control(
            "Période",
            list(PERIODS),
            default="3 ans",
            key=f"period_{key}",
            label_visibility="collapsed",
            required=True,
        )
        days = PERIODS[period or "3 ans"]
        start = on - timedelta(days=days) if days else None
        history = cached(portfolio.value_series)(ctx, scope, start, on)
        points = history.points.filter(pl.col("value_eur").is_not_null())
        if points.height < 2:
            empty("Une seule date est connue : la courbe viendra avec les prochaines situations.")
            return
        line = charts.value_line(points, theme=theme())
        chart(ctx, line, points, POINTS, key=f"line_{key}", alt="Valeur semaine après semaine")
        note(coverage(history, points["day"][0]))


def coverage(history: ValueHistory, first: date) -> str:
    """Say from when each contract is known, since the curve steps up when one enters."""
    later = [(label, day) for label, day in history.since if day > first]
    said = [f"{label} connu depuis le {french.day(day)}" for label, day in later[:4]]
    if len(later) > 4:
        said.append(f"{len(later) - 4} autres contrats connus plus tard")
    if history.unknown:
        said.append(f"jamais valorisés : {', '.join(history.unknown[:4])}")
    return " · ".join(said) or "Tous les contrats sont connus sur toute la période."
