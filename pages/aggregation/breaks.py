"""Services › Agrégation › Écarts: what contradicts itself, how old, and whose work it is."""

import streamlit as st

from o2s_core import administration, aggregation, ui
from o2s_core.aggregation import BreakFilter
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.break_windows import BREAK_COLUMNS, SEE_BREAK, break_window

ctx = ui.page("Écarts", needs=Permission.FEED_READ)

with st.container(horizontal=True, vertical_alignment="bottom"):
    states = st.multiselect(
        "État",
        list(aggregation.BREAK_STATES),
        default=["open", "explained"],
        format_func=aggregation.BREAK_STATES.__getitem__,
        key="breaks_states",
    )
    codes = st.multiselect(
        "Contrôle",
        list(aggregation.BREAK_CODES),
        format_func=aggregation.BREAK_CODES.__getitem__,
        placeholder="Tous",
        key="breaks_codes",
    )
    asked = st.query_params.get("responsable", "")
    owners = {adviser.id: adviser.name for adviser in administration.advisers(ctx)}
    owner = st.selectbox(
        "Responsable",
        list(owners),
        index=list(owners).index(int(asked)) if asked in map(str, owners) else None,
        format_func=owners.__getitem__,
        placeholder="Tous",
        key="breaks_owner",
    )
found = ui.cached(aggregation.breaks)(ctx, BreakFilter(tuple(states), tuple(codes), owner))
counts = aggregation.break_counts(found)
ui.figures(
    [
        ("Écarts", ui.number(found.height, 0)),
        *[(label, ui.number(counts[code], 0)) for code, label in aggregation.BREAK_CODES.items()],
        ("Plus de 30 jours", ui.number(counts["old"], 0)),
    ]
)
pressed = ui.table(
    ctx,
    found,
    BREAK_COLUMNS,
    key="breaks",
    noun="écarts",
    actions=[SEE_BREAK],
    export="ecarts",
    export_needs=Permission.FEED_EXPORT,
    empty="Aucun écart : situations, mouvements, cours et taux concordent.",
)
if pressed.action:
    break_window(int(pressed.row))
