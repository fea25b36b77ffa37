"""How risky is a support by the published formulas? Computed here, beside what is published."""

from dataclasses import dataclass

import numpy as np

from o2s_core.analytics import indicators
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.market.comparison.histories import histories
from o2s_core.market.comparison.period import is_sparse, years_before
from o2s_core.market.comparison.question import require_known
from o2s_core.market.price_index import EPOCH
from o2s_core.market.price_matrix import filled

#: Years held, where no file of the manufacturer says it.
HOLDING_YEARS = 5.0


@dataclass(frozen=True, slots=True)
class ComputedRisk:
    """Classes of risk of a support, None where its prices do not allow them."""

    srri: int | None
    srri_volatility: float | None
    market_class: int | None  #: MRM; the SRI adds the credit risk
    equivalent_volatility: float | None
    holding_years: float
    why_not: str  #: what is missing, when something is


def computed_risk(
    ctx: Context, instrument_id: int, holding_years: float | None = None
) -> ComputedRisk:
    """Return the SRRI and the market risk class of a support, from its prices.

    Income paid out is not added back: the classes of a distributing share may
    differ from those of its manufacturer.
    """
    ctx.require(Permission.MARKET_READ)
    require_known(ctx, instrument_id)
    (history,) = histories(ctx, [instrument_id], ctx.today)
    years = holding_years or HOLDING_YEARS
    if not len(history.days) or is_sparse(history):
        return ComputedRisk(None, None, None, None, years, "Cours trop rares pour ces formules.")
    last = int(history.days[-1])
    start = (years_before(ctx.today, 5) - EPOCH).days
    weeks = np.arange(last - 7 * indicators.SRRI_WEEKS, last + 1, 7)
    weekly = filled(history.days, history.values, weeks)
    volatility = indicators.srri_volatility(weekly[1:] / weekly[:-1] - 1)
    recent = history.values[history.days >= start]
    equivalent = indicators.var_equivalent_volatility(recent[1:] / recent[:-1] - 1, years)
    return ComputedRisk(
        srri=indicators.srri(volatility),
        srri_volatility=volatility,
        market_class=indicators.market_risk_class(equivalent),
        equivalent_volatility=equivalent,
        holding_years=years,
        why_not="" if volatility is not None else "Moins de cinq ans de cours.",
    )
