"""How several series compare year by year: one group a year, one bar a series."""

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import Theme, figure


def grouped_columns(
    frame: pl.DataFrame,
    label: str,
    series: Mapping[str, str],
    *,
    theme: Theme = "light",
    height: int = 300,
) -> go.Figure:
    """Return one group of bars per row of a frame of ratios, in percent; nulls have no bar."""
    names = frame[label].cast(pl.String).to_list()
    traces = [
        {
            "type": "bar",
            "x": names,
            "y": (frame[column].cast(pl.Float64) * 100).to_numpy(),
            "name": name,
            "hovertemplate": f"%{{y:+.2f}}\u00a0%<extra>{name}</extra>",
        }
        for column, name in series.items()
    ]
    return figure(
        theme,
        height,
        traces,
        barmode="group",
        bargap=0.25,
        hovermode="x unified",
        showlegend=len(series) > 1,
        xaxis={"type": "category"},
        yaxis={"ticksuffix": "\u00a0%", "tickformat": ",.0f"},
    )
