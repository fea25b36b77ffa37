"""A frame as a Plotly figure: French separators, colours that stand out on either ground."""

from o2s_core.charts.bars import bars
from o2s_core.charts.before_after import before_after
from o2s_core.charts.columns import return_columns
from o2s_core.charts.grouped import grouped_columns
from o2s_core.charts.heatmap import monthly_heatmap
from o2s_core.charts.lines import value_line
from o2s_core.charts.matrix import correlations
from o2s_core.charts.palette import PALETTES, Theme
from o2s_core.charts.scatter import risk_and_return
from o2s_core.charts.shares import donut
from o2s_core.charts.waterfall import waterfall

__all__ = [
    "PALETTES",
    "Theme",
    "bars",
    "before_after",
    "correlations",
    "donut",
    "grouped_columns",
    "monthly_heatmap",
    "return_columns",
    "risk_and_return",
    "value_line",
    "waterfall",
]
