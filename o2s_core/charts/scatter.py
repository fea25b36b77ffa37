"""What return for what risk? One point a series, its name beside it."""

import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import PALETTES, Theme, figure

ROOM = 0.15  #: of the span, on each side, for the names


def risk_and_return(
    frame: pl.DataFrame,
    label: str,
    risk: str,
    earned: str,
    *,
    theme: Theme = "light",
    height: int = 320,
) -> go.Figure:
    """Return a point per row of a frame of ratios, in percent; a row without both has none."""
    traces = [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [row[risk] * 100],
            "y": [row[earned] * 100],
            "name": row[label],
            "text": [row[label]],
            "textposition": "top center",
            "marker": {"size": 11, "color": PALETTES[theme][n % len(PALETTES[theme])]},
            "hovertemplate": "Volatilité %{x:.2f}\u00a0%<br>Rendement %{y:+.2f}\u00a0%"
            f"<extra>{row[label]}</extra>",
        }
        for n, row in enumerate(frame.iter_rows(named=True))
        if row[risk] is not None and row[earned] is not None
    ]
    return figure(
        theme,
        height,
        traces,
        showlegend=False,
        xaxis={
            "title": {"text": "Volatilité annualisée"},
            "ticksuffix": "\u00a0%",
            "range": _span([t["x"][0] for t in traces], zero=True),
        },
        yaxis={
            "title": {"text": "Rendement"},
            "ticksuffix": "\u00a0%",
            "range": _span([t["y"][0] for t in traces]),
        },
    )


def _span(values: list[float], *, zero: bool = False) -> list[float]:
    """Return an axis around some values, with room for what is written beside them."""
    if not values:
        return [0.0, 1.0]
    low, high = (0.0 if zero else min(values)), max(values)
    room = (high - low or abs(high) or 1.0) * ROOM
    return [low if zero else low - room, high + room]
