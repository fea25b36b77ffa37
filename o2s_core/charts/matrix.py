"""How alike do series move? A square of correlations, from -1 to 1."""

from collections.abc import Sequence

import plotly.graph_objects as go

from o2s_core.charts.palette import GROUNDS, PALETTES, Theme, figure

ROW = 40


def correlations(
    values: Sequence[Sequence[float | None]], names: Sequence[str], *, theme: Theme = "light"
) -> go.Figure:
    """Return a square of correlations, each written in its cell; null is left blank."""
    written = [["" if v is None else f"{v:.2f}".replace(".", ",") for v in row] for row in values]
    trace = {
        "type": "heatmap",
        "z": [[None if v is None else v for v in row] for row in values],
        "x": list(range(1, len(names) + 1)),
        "y": [f"{n}. {_short(name)}" for n, name in enumerate(names, 1)],
        "text": written,
        "texttemplate": "%{text}",
        "hovertemplate": "%{y} et n° %{x} : %{text}<extra></extra>",
        "colorscale": [[0, PALETTES[theme][3]], [0.5, GROUNDS[theme]], [1, PALETTES[theme][0]]],
        "zmin": -1,
        "zmax": 1,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    return figure(
        theme,
        ROW * len(names) + 48,
        [trace],
        xaxis={"side": "top", "ticks": "", "type": "category"},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )


def _short(name: str, limit: int = 26) -> str:
    return name if len(name) <= limit else name[: limit - 1].rstrip() + "…"
