"""Life insurance: the taxable part of a surrender, and what capitals pay at death."""

from datetime import date
from decimal import Decimal

from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import ZERO, cents
from o2s_core.kernel.parameters import parameter, scale
from o2s_core.wealth.taxation.progressive import by_slices


def surrender_gain(surrender: Decimal, premiums: Decimal, value: Decimal) -> Decimal:
    """Return the gain in a surrender (EUR, to the cent, below 0 for a loss): S - P x S / V.

    `premiums` are those not yet repaid, `value` that of the contract before the surrender.
    """
    if not 0 < surrender <= value:
        raise InvalidInputError(
            "Le rachat doit être positif et ne pas dépasser la valeur du contrat."
        )
    return cents(surrender - premiums * surrender / value)


def death_levy(capital: Decimal, on: date) -> Decimal:
    """Return the levy (EUR, to the cent) of one beneficiary on premiums paid before 70.

    A spouse or PACS partner is exempt: not to be asked. Source: art. 990 I.
    """
    allowance = parameter("life_insurance.death_allowance", on).value
    taxed = max(capital - allowance, ZERO)
    return cents(by_slices(taxed, scale("life_insurance.death_scale", on)))


def late_premiums_base(premiums: Decimal, on: date) -> Decimal:
    """Return what premiums paid after 70 add to the estate (EUR); gains are exempt (art. 757 B).

    The allowance is one for all the beneficiaries of the deceased.
    """
    return max(premiums - parameter("life_insurance.late_allowance", on).value, ZERO)
