"""What a switch would cost in tax, where the envelope is taxed; or why that is not known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from o2s_core.kernel import french
from o2s_core.kernel.money import ZERO, cents
from o2s_core.kernel.parameters import parameter
from o2s_core.portfolio.switches.eligibility import INSURANCE, PEA, SAVINGS
from o2s_core.portfolio.switches.portrait import Support

NOT_TAXED: Final = {
    **dict.fromkeys(INSURANCE, "Pas d'impôt : un arbitrage dans le contrat n'est pas un rachat."),
    **dict.fromkeys(PEA, "Pas d'impôt : une vente dans le plan n'est pas un retrait."),
    **dict.fromkeys(SAVINGS, "Pas d'impôt : un arbitrage dans le plan n'est pas un déblocage."),
}


@dataclass(frozen=True, slots=True)
class TaxEstimate:
    """Gain and tax of the sales; null is n.c., and `note` says why or how it was made."""

    gain_eur: Decimal | None
    tax_eur: Decimal | None
    note: str


def tax_estimate(envelope: str, sold: Iterable[tuple[Support, Decimal]], on: date) -> TaxEstimate:
    """Return what the sales of a switch would pay (`sold`: support and amount sold).

    A securities account: gain over the weighted average cost (CGI, art. 150-0 D) times
    the PFU of the day; gains and losses of the switch offset each other, other gains of
    the year and losses carried forward are not counted. Insurance, PEA and company
    savings: nothing leaves the envelope, nothing is taxed.
    """
    if envelope in NOT_TAXED:
        return TaxEstimate(None, ZERO, NOT_TAXED[envelope])
    if envelope != "compte_titres":
        return TaxEstimate(None, None, "La fiscalité de cette enveloppe n'est pas calculée.")
    sales = [(support, amount) for support, amount in sold if support.kind != "cash"]
    if unknown := [s.label for s, _ in sales if s.cost_eur is None]:
        names = ", ".join(unknown)
        return TaxEstimate(None, None, f"Prix de revient inconnu : {names}.")
    gain = cents(sum((_gain(support, amount) for support, amount in sales), ZERO))
    income, social = (parameter(f"pfu.{part}", on) for part in ("income_tax", "social_levies"))
    rate = income.value + social.value
    note = (
        f"PFU {french.percent(rate, 1)} au {french.day(on)} ({income.source} ; {social.source}), "
        "au prix moyen pondéré ; hors autres plus et moins-values de l'année et option barème."
    )
    return TaxEstimate(gain, cents(max(gain, ZERO) * rate), note)


def _gain(support: Support, amount: Decimal) -> Decimal:
    """Return the gain of a sale: the part of the cost that leaves with the part sold."""
    cost = support.cost_eur or ZERO
    return amount - cost * amount / support.value_eur if support.value_eur else ZERO
