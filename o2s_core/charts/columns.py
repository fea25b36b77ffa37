"""How years compare: one upright bar each, losses below the line."""

import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import PALETTES, Theme, figure


def return_columns(
    frame: pl.DataFrame, label: str, value: str, *, theme: Theme = "light", height: int = 280
) -> go.Figure:
    """Return one bar per row of a frame of ratios, in percent, with its figure at the end."""
    sizes = (frame[value] * 100).to_list()
    gain, loss = PALETTES[theme][0], PALETTES[theme][3]
    trace = {
        "type": "bar",
        "x": frame[label].cast(pl.String).to_list(),
        "y": sizes,
        "marker": {"color": [gain if size >= 0 else loss for size in sizes]},
        "texttemplate": "%{y:+.1f}\u00a0%",
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{x} : %{y:+.2f}\u00a0%<extra></extra>",
        "width": 0.6 if len(sizes) > 1 else 0.2,
    }
    return figure(
        theme,
        height,
        [trace],
        margin={"l": 0, "r": 0, "t": 24, "b": 0},
        xaxis={"type": "category"},
        yaxis={"ticksuffix": "\u00a0%", "tickformat": ",.0f"},
    )
