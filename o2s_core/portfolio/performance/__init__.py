"""How the accounts of a scope have done over time [Portefeuille > Performance]."""

from o2s_core.portfolio.performance.figures import Performance, performance
from o2s_core.portfolio.performance.periods import PERIODS, start_of

__all__ = ["PERIODS", "Performance", "performance", "start_of"]
