"""How months compare: one row a year, one cell a month, losses and gains in two colours."""

from typing import Final

import numpy as np
import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import GROUNDS, PALETTES, Theme, figure

MONTHS: Final = ("janv.", "févr.", "mars", "avr.", "mai", "juin",
                 "juil.", "août", "sept.", "oct.", "nov.", "déc.")  # fmt: skip
ROW: Final = 34


def monthly_heatmap(frame: pl.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Return the monthly returns of a frame `year, month, return`, the latest year on top.

    A month without return is left blank. The colours are as deep as the largest move.
    """
    years = sorted(frame["year"].unique().to_list(), reverse=True)
    cells = np.full((len(years), 12), np.nan)
    for year, month, value in frame.select("year", "month", "return").iter_rows():
        cells[years.index(year), month - 1] = value * 100
    most = float(np.nanmax(np.abs(cells))) if frame.height else 1.0
    written = [["" if np.isnan(v) else f"{v:+.1f}".replace(".", ",") for v in row] for row in cells]
    trace = {
        "type": "heatmap",
        "z": cells,
        "x": MONTHS,
        "y": [str(year) for year in years],
        "text": written,
        "texttemplate": "%{text}",
        "hovertemplate": "%{x} %{y} : %{text}\u00a0%<extra></extra>",
        "colorscale": [[0, PALETTES[theme][3]], [0.5, GROUNDS[theme]], [1, PALETTES[theme][0]]],
        "zmin": -most,
        "zmax": most,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
    }
    return figure(
        theme,
        ROW * len(years) + 40,
        [trace],
        xaxis={"side": "top", "ticks": ""},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )
