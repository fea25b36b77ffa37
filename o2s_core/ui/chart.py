"""A chart on a page, with the table it draws and the day it was asked."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from o2s_core.kernel.context import Context
from o2s_core.kernel.french import day
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import empty, note
from o2s_core.ui.tables import table

CONFIG: Final = {"displayModeBar": False, "locale": "fr", "responsive": True}


def chart(
    ctx: Context,
    figure: go.Figure,
    frame: pl.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    alt: str,
    asked_on: date | None = None,
) -> None:
    """Show a figure; its data are one click away, and the day of the query is said.

    Parameters
    ----------
    frame, columns
        What the figure draws, as the table shows it.
    alt
        What the chart shows, in one sentence, for who cannot see it.
    """
    if frame.is_empty():
        empty("Aucune donnée à représenter.")
        return
    st.plotly_chart(figure, theme=None, config=CONFIG, key=key, alt=alt)
    with st.container(key=f"o2s_under_{key}", horizontal=True, vertical_alignment="center"):
        note(f"Données consultées le {day(asked_on or ctx.today)}")
        with st.popover("Voir les données", type="tertiary"):
            table(ctx, frame, columns, key=f"{key}_data", tools=False, height=360)
