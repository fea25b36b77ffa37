"""The colours of the charts, and the figure they all start from."""

from typing import Any, Final, Literal

import plotly.graph_objects as go

Theme = Literal["light", "dark"]

#: Eight series for each ground, every one at least 3:1 against it (WCAG 2.2, 1.4.11).
PALETTES: Final[dict[Theme, tuple[str, ...]]] = {
    "light": (
        "#14505C", "#B0701A", "#5A8049", "#8C4A5B", "#4F62A0", "#857A64", "#2F8388", "#8F7B1F",
    ),
    "dark": (
        "#6FB3B8", "#E0A84E", "#9CC187", "#D48FA2", "#93A5DD", "#C2B698", "#4E9FA6", "#CFC06A",
    ),
}  # fmt: skip
GROUNDS: Final[dict[Theme, str]] = {"light": "#FBFBF9", "dark": "#10181B"}
INKS: Final[dict[Theme, str]] = {"light": "#1D2A2E", "dark": "#E4EAE8"}
LINES: Final[dict[Theme, str]] = {"light": "#DDE1DD", "dark": "#2B393E"}
#: Decimal comma, narrow no-break space between thousands.
SEPARATORS: Final = ",\u202f"


def figure(theme: Theme, height: int, traces: list[Any], **layout: Any) -> go.Figure:  # noqa: ANN401
    """Return a figure with the colours, the margins and the separators of the house.

    `layout` adds to the layout or replaces parts of it; `xaxis` and `yaxis` are
    merged with those of the house. It is built in one go: each later update of
    a Plotly figure costs milliseconds.
    """
    xaxis = {"showgrid": False, "ticks": "outside", "ticklen": 4, "tickcolor": LINES[theme]}
    yaxis = {"gridcolor": LINES[theme], "zeroline": False, "ticks": "outside", "ticklen": 6}
    yaxis["tickcolor"] = "rgba(0,0,0,0)"
    whole = {
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
        "colorway": PALETTES[theme],
        "separators": SEPARATORS,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "color": INKS[theme], "family": "Source Sans, sans-serif"},
        "hoverlabel": {
            "bgcolor": GROUNDS[theme],
            "bordercolor": LINES[theme],
            "font": {"color": INKS[theme]},
        },
        "legend": {"orientation": "h", "y": -0.15, "x": 0},
        "template": None,
    }
    axes = {
        "xaxis": {"automargin": True, **xaxis, **layout.pop("xaxis", {})},
        "yaxis": {"automargin": True, **yaxis, **layout.pop("yaxis", {})},
    }
    return go.Figure({"data": traces, "layout": {**whole, **axes, **layout}})
