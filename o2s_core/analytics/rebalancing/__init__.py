"""What to sell and what to buy so that a portfolio comes back to its model (arbitrage)."""

from o2s_core.analytics.rebalancing.proposing import ORDERS, UNPLACED, Orders, propose
from o2s_core.analytics.rebalancing.terms import Constraints

__all__ = ["ORDERS", "UNPLACED", "Constraints", "Orders", "propose"]
