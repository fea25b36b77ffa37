"""How amounts compare: horizontal bars, longest on top."""

import plotly.graph_objects as go
import polars as pl

from o2s_core.charts.palette import Theme, figure


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
    made = figure(theme, max(2 * row_height, row_height * len(names) + 16))
    made.add_bar(
        x=sizes,
        y=names,
        orientation="h",
        texttemplate=f"%{{x:{form}}}{suffix}",
        textposition="outside",
        cliponaxis=False,
        hovertemplate=f"%{{y}}<br>%{{x:{form}}}{suffix}<extra></extra>",
        width=0.62 if len(names) > 1 else 0.4,
    )
    widest = float(sizes.max()) if len(sizes) else 0.0
    made.update_xaxes(visible=False, range=[min(0.0, float(sizes.min()) if len(sizes) else 0.0),
                                            widest * 1.28 or 1])  # fmt: skip
    made.update_yaxes(autorange="reversed", showgrid=False)
    return made


def _short(name: str, limit: int = 34) -> str:
    return name if len(name) <= limit else name[: limit - 1].rstrip() + "…"
