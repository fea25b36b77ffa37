"""How much is hard to sell, complex, or idle? (classes et liquidité)."""

from collections.abc import Callable
from typing import Final

from o2s_core.kernel import french
from o2s_core.kernel.money import ZERO
from o2s_core.portfolio.audit.audited import Audited, AuditedLine
from o2s_core.portfolio.audit.findings import HOLDINGS, Measure, Rule, clear, of_lines, raised
from o2s_core.portfolio.audit.thresholds import Thresholds

#: Kinds that no market quotes: one sells them at the issuer's pace.
UNLISTED: Final = frozenset({"scpi", "sci", "opci", "fcpr", "fcpi", "fip", "fpci", "private"})
IDLE: Final = frozenset({"cash", "money_market"})


def unlisted(view: Audited, limits: Thresholds) -> Measure:
    """Add up what no market quotes: real-estate companies and private funds."""
    return _share(view, limits, "unlisted.weight", lambda line: line.kind in UNLISTED)


def structured(view: Audited, limits: Thresholds) -> Measure:
    """Add up the structured products."""
    return _share(view, limits, "structured.weight", lambda line: line.asset_class == "structured")


def crypto(view: Audited, limits: Thresholds) -> Measure:
    """Add up the crypto-assets."""
    return _share(view, limits, "crypto.weight", lambda line: line.asset_class == "crypto")


def euro_funds(view: Audited, limits: Thresholds) -> Measure:
    """Add up the fonds euros."""
    return _share(view, limits, "euro_fund.weight", lambda line: line.asset_class == "euro_fund")


def idle_cash(view: Audited, limits: Thresholds) -> Measure:
    """Add up cash and money-market funds: too much as an amount, or as a share."""
    lines = [line for line in view.lines if line.asset_class in IDLE]
    amount = sum((line.value_eur for line in lines), ZERO)
    said = f"{french.eur(amount, 0)}, {french.percent(view.share(lines))} du total"
    much = amount > limits["cash.amount"].value
    return raised(said, of_lines(lines)) if much or _over(view, lines, limits) else clear(said)


def _over(view: Audited, lines: list[AuditedLine], limits: Thresholds) -> bool:
    return view.share(lines) > float(limits["cash.weight"])


def _share(
    view: Audited, limits: Thresholds, code: str, counted: Callable[[AuditedLine], bool]
) -> Measure:
    lines = [line for line in view.lines if counted(line)]
    share = view.share(lines)
    said = f"{french.percent(share)} du total"
    return raised(said, of_lines(lines)) if share > float(limits[code]) else clear(said)


RULES = (
    Rule("UNLISTED", "Part non cotée", "high", unlisted, ("unlisted.weight",),
         "SCPI, SCI, OPCI et capital-investissement se revendent lentement, parfois pas avant "
         "l'échéance.",
         "Vérifier que le client peut s'en passer aussi longtemps.", HOLDINGS),
    Rule("STRUCTURED", "Part de produits structurés", "medium", structured,
         ("structured.weight",),
         "Le remboursement dépend d'une formule et de la solidité d'un émetteur.",
         "Étaler les émetteurs et les échéances.", HOLDINGS),
    Rule("CRYPTO", "Part de crypto-actifs", "medium", crypto, ("crypto.weight",),
         "Des actifs très volatils, sans valeur de référence.",
         "Ramener la part à ce que le client peut perdre.", HOLDINGS),
    Rule("EURO_FUND", "Part de fonds en euros", "low", euro_funds, ("euro_fund.weight",),
         "Le capital est garanti, mais le rendement peut rester sous l'inflation.",
         "Examiner une diversification selon l'horizon du client.", HOLDINGS),
    Rule("IDLE_CASH", "Liquidités peu employées", "medium", idle_cash,
         ("cash.amount", "cash.weight"),
         "Au-delà de l'épargne de précaution, ces sommes rapportent peu. "
         "L'un des deux seuils suffit.",
         "Demander le besoin de trésorerie du client, puis placer l'excédent.", HOLDINGS),
)  # fmt: skip
