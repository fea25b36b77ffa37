"""How the performance of each part is shown: by contract, support, class, holder."""

from typing import Final

import streamlit as st

from o2s_core import portfolio
from o2s_core.contacts import Scope
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import Performance
from o2s_core.ui import boundary
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import empty, note, section
from o2s_core.ui.performance_view import Asked
from o2s_core.ui.tables import table

PARTS: Final = [
    Column("label", "Part", sub="sub"),
    Column("opening_eur", "Ouverture", "eur", total=True, wide=True),
    Column("flows_eur", "Flux nets", "eur", signed=True, total=True, wide=True),
    Column("gain_eur", "Gain", "eur", signed=True, total=True),
    Column("closing_eur", "Clôture", "eur", total=True, wide=True),
    Column("twr", "Rendement", "percent", signed=True, missing="n.c."),
    Column("contribution", "Contribution", "percent", signed=True, total=True, wide=True),
]


@st.fragment
def parts(ctx: Context, scope: Scope, found: Performance, chosen: Asked, *, key: str) -> None:
    """Show what each part did over the period; the parts make the whole."""
    with boundary.errors():
        section("Par partie", f"du {french.day(found.start)} au {french.day(found.end)}")
        axes = dict(portfolio.PART_AXES)
        by = st.segmented_control(
            "Axe", list(axes), default="account", required=True, key=f"perf_axis_{key}",
            format_func=axes.__getitem__, label_visibility="collapsed",
        )  # fmt: skip
        rows = cached(portfolio.performance_parts)(
            ctx, scope, chosen.start, chosen.end, by=by or "account", gross=chosen.gross
        )
        if rows.is_empty():
            empty("Aucune part n'a de valeur sur la période.")
            return
        table(
            ctx, rows.with_row_index("id"), PARTS, key=f"perf_parts_{by}_{key}", noun="parts",
            export="performance-par-partie", export_needs=Permission.PORTFOLIO_EXPORT,
        )  # fmt: skip
        note(
            "Ouverture + flux nets + gain = clôture, ligne par ligne et au total. Ce qui passe "
            "d'une part à l'autre (arbitrage, transfert interne) est un flux de chacune et "
            "s'annule au total ; les contributions font le rendement de l'ensemble."
        )
