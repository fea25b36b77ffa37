"""The income tax by the scale: before the rebate (décote), reductions and credits."""

from datetime import date
from decimal import Decimal
from typing import Final

from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import cents
from o2s_core.kernel.parameters import scale
from o2s_core.wealth.taxation.progressive import by_slices

HALF: Final = Decimal("0.5")


def gross_income_tax(taxable: Decimal, parts: Decimal, *, couple: bool, year: int) -> Decimal:
    """Return the gross tax (EUR, to the cent) of a taxable income, benefit of the parts capped.

    `year` is that of the incomes; a year without scale raises `MissingParameterError`.
    Hors décote, réductions, crédits, plafonds propres au parent isolé et au veuf,
    CEHR et CDHR. Source: art. 193 and 197 of the tax code.
    """
    base = Decimal(2 if couple else 1)
    if taxable < 0 or parts < base:
        raise InvalidInputError(
            f"Revenu négatif ou moins de {base} part(s) : corrigez la situation du foyer."
        )
    on = date(year, 12, 31)
    ((cap, _),) = scale("income_tax.half_share_cap", on)
    allowed = (parts - base) / HALF * cap
    return cents(max(_by_parts(taxable, parts, on), _by_parts(taxable, base, on) - allowed))


def _by_parts(taxable: Decimal, parts: Decimal, on: date) -> Decimal:
    return by_slices(taxable / parts, scale("income_tax.scale", on)) * parts
