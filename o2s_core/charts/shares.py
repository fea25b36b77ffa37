"""How a whole is shared out: a ring with its legend."""

from typing import Final

import numpy as np
import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import GROUNDS, PALETTES, Theme, figure
from o2s_core.kernel.french import NBSP, percent

MOST: Final = 8  #: slices; the smallest are put together beyond
OTHERS: Final = "Autres"


def donut(
    frame: pl.DataFrame,
    label: str,
    value: str,
    *,
    theme: Theme = "light",
    height: int = 260,
    unit: str = "€",
) -> go.Figure:
    """Return the shares of a whole, largest first, the smallest together under « Autres ».

    Parameters
    ----------
    frame
        One row per slice; `value` is any number, nulls and amounts of 0 or less
        are not drawn (a ring cannot show a debt: the table beside it does).
    """
    names, sizes = _slices(frame, label, value)
    suffix = f"{NBSP}{unit}" if unit else ""
    whole = float(sizes.sum()) or 1.0
    trace = {
        "type": "pie",
        "labels": names,
        "values": sizes,
        "hole": 0.62,
        "sort": False,
        "direction": "clockwise",
        "text": [percent(size / whole, 0) for size in sizes],
        "customdata": [percent(size / whole) for size in sizes],
        "texttemplate": "%{text}",
        "textposition": "inside",
        "insidetextorientation": "horizontal",
        "insidetextfont": {"color": GROUNDS[theme]},
        "hovertemplate": "%{label}<br>%{value:,.2f}" + suffix + " · %{customdata}<extra></extra>",
        "marker": {"line": {"width": 1.5, "color": GROUNDS[theme]}, "colors": PALETTES[theme]},
    }
    legend = {"orientation": "v", "x": 1.02, "y": 0.5, "yanchor": "middle"}
    uniform = {"minsize": 10, "mode": "hide"}
    return figure(theme, height, [trace], legend=legend, uniformtext=uniform)


def _slices(frame: pl.DataFrame, label: str, value: str) -> tuple[list[str], np.ndarray]:
    """Return names and sizes, largest first, at most `MOST`."""
    known = (
        frame.select(name=pl.col(label).cast(pl.String), size=pl.col(value).cast(pl.Float64))
        .filter(pl.col("size") > 0)
        .sort("size", descending=True, maintain_order=True)
    )
    names, sizes = known["name"].to_list(), known["size"].to_numpy()
    if len(names) <= MOST:
        return names, sizes
    rest = sizes[MOST - 1 :].sum()
    return [*names[: MOST - 1], OTHERS], np.append(sizes[: MOST - 1], rest)
