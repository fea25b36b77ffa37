"""How amounts compare: horizontal bars, longest on top."""

from typing import Final

import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import Theme, figure

ROOM: Final = 1.28  #: how far the axis goes beyond the longest bar, for its figure


def bars(
    frame: pl.DataFrame,
    label: str,
    value: str,
    *,
    theme: Theme = "light",
    unit: str = "€",
    decimals: int = 0,
    row_height: int = 30,
) -> go.Figure:
    """Return one bar per row, in the order of the frame, each with its figure at the end."""
    names = [_short(name) for name in frame[label].cast(pl.String).fill_null("n.c.").to_list()]
    sizes = frame[value].cast(pl.Float64).to_numpy()
    form = f",.{decimals}f"
    suffix = f"\u00a0{unit}" if unit else ""
    height = max(2 * row_height, row_height * len(names) + 16)
    trace = {
        "type": "bar",
        "x": sizes,
        "y": names,
        "orientation": "h",
        "texttemplate": f"%{{x:{form}}}{suffix}",
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": f"%{{y}}<br>%{{x:{form}}}{suffix}<extra></extra>",
        "width": 0.62 if len(names) > 1 else 0.4,
    }
    lowest, highest = (float(sizes.min()), float(sizes.max())) if len(sizes) else (0.0, 0.0)
    span = [min(0.0, lowest) * ROOM, max(0.0, highest) * ROOM or 1]
    xaxis = {"visible": False, "range": span}
    return figure(
        theme, height, [trace], xaxis=xaxis, yaxis={"autorange": "reversed", "showgrid": False}
    )


def _short(name: str, limit: int = 34) -> str:
    return name if len(name) <= limit else name[: limit - 1].rstrip() + "…"
