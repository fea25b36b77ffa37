"""Every rule of the audit, family by family: the order of the screen."""

from dataclasses import replace
from typing import Final

from o2s_core.portfolio.audit import (
    concentration,
    costs,
    data_quality,
    diversification,
    liquidity,
    risk,
    suitability,
)
from o2s_core.portfolio.audit.findings import Rule

_FAMILIES: Final = {
    "concentration": concentration.RULES,
    "diversification": diversification.RULES,
    "liquidity": liquidity.RULES,
    "cost": costs.RULES,
    "risk": risk.RULES,
    "suitability": suitability.RULES,
    "data": data_quality.RULES,
}
RULES: Final[tuple[Rule, ...]] = tuple(
    replace(rule, family=family) for family, rules in _FAMILIES.items() for rule in rules
)
