"""How amounts compare: horizontal bars, longest on top."""

from typing import Final

import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import Theme, figure

GLYPH: Final = 7  #: pixels that a character of a figure takes, at most
ROOM: Final = 1.28  #: how far the axis goes beyond the longest negative bar, for its figure


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
    xaxis = {"visible": False, "range": [min(0.0, lowest) * ROOM, max(0.0, highest) or 1]}
    # The longest bar's figure stands in the margin: a share of the width would cut it on a phone.
    longest = max(len(f"{size:{form}}{suffix}") for size in (lowest, highest))
    return figure(
        theme,
        height,
        [trace],
        xaxis=xaxis,
        yaxis={"autorange": "reversed", "showgrid": False},
        margin={"l": 0, "r": GLYPH * (longest + 1), "t": 8, "b": 0},
    )


def _short(name: str, limit: int = 34) -> str:
    return name if len(name) <= limit else name[: limit - 1].rstrip() + "…"
