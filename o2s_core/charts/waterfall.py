"""How parts make a whole: each step starts where the one before ended, the total last."""

from collections.abc import Sequence

import plotly.graph_objects as go

from o2s_core.charts.palette import LINES, PALETTES, Theme, figure


def waterfall(
    steps: Sequence[tuple[str, float]],
    total: str,
    *,
    theme: Theme = "light",
    unit: str = "%",
    decimals: int = 2,
    height: int = 300,
) -> go.Figure:
    """Return steps named in order, each with its figure, and their sum as the last bar."""
    gain, loss = PALETTES[theme][0], PALETTES[theme][3]
    form, suffix = f"%{{delta:+.{decimals}f}}", f"\u00a0{unit}"
    trace = {
        "type": "waterfall",
        "x": [*(name for name, _ in steps), total],
        "y": [*(size for _, size in steps), 0],
        "measure": [*("relative" for _ in steps), "total"],
        "texttemplate": [*(form + suffix for _ in steps), f"%{{final:+.{decimals}f}}{suffix}"],
        "textposition": "outside",
        "cliponaxis": False,
        "increasing": {"marker": {"color": gain}},
        "decreasing": {"marker": {"color": loss}},
        "totals": {"marker": {"color": PALETTES[theme][4]}},
        "connector": {"line": {"color": LINES[theme], "width": 1}},
        "hovertemplate": "%{x}<extra></extra>",
    }
    return figure(
        theme,
        height,
        [trace],
        margin={"l": 0, "r": 0, "t": 24, "b": 0},
        showlegend=False,
        xaxis={"type": "category"},
        yaxis={"ticksuffix": suffix, "tickformat": ",.1f"},
    )
