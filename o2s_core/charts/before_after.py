"""How shares change: two horizontal bars a row, before and after."""

from typing import Final

import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import PALETTES, Theme, figure

ROOM: Final = 1.2  #: how far the axis goes beyond the longest bar, for its figure


def before_after(
    frame: pl.DataFrame,
    label: str,
    before: str,
    after: str,
    *,
    theme: Theme = "light",
    row_height: int = 46,
) -> go.Figure:
    """Return two bars per row of ratios (0.125 is 12,5 %), in the order of the frame."""
    names = frame[label].cast(pl.String).to_list()
    series = (("Avant", before, PALETTES[theme][1]), ("Après", after, PALETTES[theme][0]))
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": (frame[column].cast(pl.Float64) * 100).to_list(),
            "y": names,
            "orientation": "h",
            "marker": {"color": color},
            "texttemplate": "%{x:,.1f}\u00a0%",
            "textposition": "outside",
            "cliponaxis": False,
            "hovertemplate": f"%{{y}}<br>{name} %{{x:,.2f}}\u00a0%<extra></extra>",
        }
        for name, column, color in series
    ]
    sizes = [size for column in (before, after) for size in frame[column].drop_nulls()]
    longest = 100 * max(sizes, default=0)
    return figure(
        theme,
        row_height * max(2, len(names)) + 40,
        traces,
        barmode="group",
        bargap=0.35,
        xaxis={"visible": False, "range": [0, (longest or 1) * ROOM]},
        yaxis={"autorange": "reversed", "showgrid": False},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"l": 0, "r": 0, "t": 32, "b": 0},
    )
