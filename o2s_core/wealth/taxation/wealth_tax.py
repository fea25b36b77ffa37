"""The tax on real estate wealth (IFI)."""

from datetime import date
from decimal import Decimal

from o2s_core.kernel.money import ZERO, cents
from o2s_core.kernel.parameters import parameter, scale
from o2s_core.wealth.taxation.progressive import by_slices


def main_home_base(value: Decimal, on: date) -> Decimal:
    """Return what counts of a main home (EUR): its value less the allowance of art. 973."""
    return value * (1 - parameter("ifi.main_home", on).value)


def real_estate_tax(base: Decimal, on: date) -> Decimal:
    """Return the IFI (EUR, to the cent) of a net base on 1 January; 0 up to the threshold.

    Before reductions for gifts and the cap by income. Source: art. 964 and 977.
    """
    if base <= parameter("ifi.threshold", on).value:
        return cents(ZERO)
    return cents(by_slices(base, scale("ifi.scale", on)) - _smoothing(base, on))


def _smoothing(base: Decimal, on: date) -> Decimal:
    if base >= parameter("ifi.smoothing_end", on).value:
        return ZERO
    start = parameter("ifi.smoothing_amount", on).value
    return start - parameter("ifi.smoothing_rate", on).value * base
