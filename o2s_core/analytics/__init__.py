"""Pure numbers: returns, risk, attribution, cost, loans. Arrays and frames in and out.

Rates are ratios (0.05 is 5 %) and floats; `None` means that the question has no answer,
which a page shows as "n.c.".
"""

from o2s_core.analytics import (
    attribution,
    benchmarks,
    contribution,
    cost,
    indicators,
    loans,
    returns,
    risk,
)

__all__ = [
    "attribution",
    "benchmarks",
    "contribution",
    "cost",
    "indicators",
    "loans",
    "returns",
    "risk",
]
