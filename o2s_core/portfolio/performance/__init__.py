"""How the accounts of a scope have done over time [Portefeuille > Performance]."""

from o2s_core.portfolio.performance.calendar import by_month, by_year, drawdowns
from o2s_core.portfolio.performance.contracts import CONTRACTS
from o2s_core.portfolio.performance.figures import METHODS, Performance, performance
from o2s_core.portfolio.performance.flows import FLOW_LABELS
from o2s_core.portfolio.performance.parts import PART_AXES, PARTS, performance_parts
from o2s_core.portfolio.performance.periods import PERIODS, start_of

__all__ = [
    "CONTRACTS",
    "FLOW_LABELS",
    "METHODS",
    "PARTS",
    "PART_AXES",
    "PERIODS",
    "Performance",
    "by_month",
    "by_year",
    "drawdowns",
    "performance",
    "performance_parts",
    "start_of",
]
