"""How a value moves with time: one line a series, a thousand points at most."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import PALETTES, Theme, figure

POINTS: Final = 1000


def value_line(  # noqa: PLR0913
    frame: pl.DataFrame,
    day: str = "day",
    series: Mapping[str, str] | None = None,
    *,
    theme: Theme = "light",
    height: int = 280,
    unit: str = "€",
    decimals: int = 0,
    equals: bool = False,
) -> go.Figure:
    """Return the values of a frame over time.

    Parameters
    ----------
    frame
        One row per day, ascending; nulls are gaps, never bridged.
    series
        Column to name in the legend; `{"value_eur": "Encours"}` by default.
    equals
        All series count alike; otherwise the first is the subject, the others references.
    """
    shown = thinned(frame, POINTS)
    days = shown[day].cast(pl.Datetime("ms")).to_numpy()
    wanted = dict(series or {"value_eur": "Encours"})
    suffix = f"\u00a0{unit}" if unit else ""
    traces = [
        {
            "type": "scatter",
            "x": days,
            "y": shown[column].cast(pl.Float64).to_numpy(),
            "name": name,
            "mode": "lines" if len(days) > 1 else "markers",
            "line": _alike(rank) if equals else _behind(rank),
            "hovertemplate": f"%{{y:,.{decimals}f}}{suffix}<extra>{name}</extra>",
        }
        for rank, (column, name) in enumerate(wanted.items())
    ]
    return figure(
        theme,
        height,
        traces,
        hovermode="x unified",
        showlegend=len(wanted) > 1,
        xaxis={"hoverformat": "%d/%m/%Y", "tickformatstops": _dates()},
        yaxis={"tickformat": f",.{_tick_decimals(shown.select(*wanted))}f", "ticksuffix": suffix},
    )


def _tick_decimals(values: pl.DataFrame) -> int:
    """Return how many decimals tell the marks of the axis apart: two marks never read alike."""
    cells = values.cast(pl.Float64).fill_nan(None)
    told = [cell for cell in cells.min().row(0) + cells.max().row(0) if cell is not None]
    spread = max(told) - min(told) if told else 0.0
    return 0 if spread >= 5 or not spread else 1 if spread >= 0.5 else 2


def _behind(rank: int) -> dict[str, object]:
    return {"width": 1.5, "dash": "dot"} if rank else {"width": 2}


def _alike(rank: int) -> dict[str, object]:
    """Return a plain line, broken once every colour has served."""
    return {"width": 1.8, "dash": "dash" if rank >= len(PALETTES["light"]) else "solid"}


def thinned(frame: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return at most `most` rows, evenly spaced, the first and the last among them."""
    if frame.height <= most:
        return frame
    return frame[np.unique(np.linspace(0, frame.height - 1, most).round().astype(int))]


def _dates() -> list[dict[str, object]]:
    """Return how days are written on the axis as one zooms out: 05/03, mars 2026, 2026."""
    day, month, year = 86_400_000, "M1", "M12"
    return [
        {"dtickrange": [None, 28 * day], "value": "%d/%m/%y"},
        {"dtickrange": [month, "M11"], "value": "%m/%Y"},
        {"dtickrange": [year, None], "value": "%Y"},
    ]
