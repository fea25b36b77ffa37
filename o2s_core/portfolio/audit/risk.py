"""How much did it move, and how much can it? (risque)."""

from collections.abc import Callable

from o2s_core.kernel import french
from o2s_core.portfolio.audit.audited import Audited, Past
from o2s_core.portfolio.audit.findings import (
    Evidence,
    Measure,
    Rule,
    clear,
    of_line,
    raised,
    unknown,
)
from o2s_core.portfolio.audit.thresholds import Thresholds, blind

PERFORMANCE, HOLDINGS = "performance", "portefeuille-synthese"
NO_PAST = "un historique de valeur"


def high_sri(view: Audited, limits: Thresholds) -> Measure:
    """Add up the supports of a high risk indicator."""
    level, limit = float(limits["sri.high"]), float(limits["sri.weight"])
    risky = [line for line in view.lines if (line.sri or 0) >= level]
    share = view.share(risky)
    said = f"{french.percent(share)} du total en SRI {int(level)} ou 7"
    if share > limit:
        return raised(said, [of_line(line, f"SRI {line.sri}") for line in risky])
    silent = view.share(line for line in view.lines if not line.amount and line.sri is None)
    if silent > blind(limits):
        return unknown(f"le SRI de {french.percent(silent, 0)} du total", said)
    return clear(said)


def volatility(view: Audited, limits: Thresholds) -> Measure:
    """Compare the volatility of a year to a limit."""
    found = None if view.past is None else view.past.volatility
    if found is None:
        return unknown(f"{NO_PAST} d'au moins 26 observations sur un an")
    said = f"{french.percent(found)} sur un an"
    return raised(said, _heaviest(view)) if found > float(limits["volatility"]) else clear(said)


def drawdown(view: Audited, limits: Thresholds) -> Measure:
    """Compare the deepest fall of a year to a limit."""
    found = None if view.past is None else view.past.drawdown
    if found is None:
        return unknown(f"{NO_PAST} sur un an")
    said = f"{french.percent(found)} depuis un plus haut, sur un an"
    return raised(said, _heaviest(view)) if -found > float(limits["drawdown"]) else clear(said)


def value_move(view: Audited, limits: Thresholds) -> Measure:
    """Compare what the portfolio did in a month, flows apart, to a limit."""
    past: Past | None = view.past
    if past is None or past.month is None:
        return unknown(f"{NO_PAST} d'un mois")
    said = f"{french.percent(past.month, signed=True)} en un mois, hors flux"
    much = abs(past.month) > float(limits["value.move"])
    return raised(said, _heaviest(view)) if much else clear(said)


def line_loss(view: Audited, limits: Thresholds) -> Measure:
    """Look for lines well below their purchase cost."""
    limit = float(limits["line.loss"])
    return _gains(view, limits, lambda gain: gain <= -limit, "en moins-value")


def line_gain(view: Audited, limits: Thresholds) -> Measure:
    """Look for lines well above their purchase cost."""
    limit = float(limits["line.gain"])
    return _gains(view, limits, lambda gain: gain >= limit, "en plus-value")


def _gains(view: Audited, limits: Thresholds, much: Callable[[float], bool], noun: str) -> Measure:
    lines = [line for line in view.lines if not line.amount]
    known = [(line, line.gain_ratio) for line in lines if line.gain_ratio is not None]
    far = [(line, gain) for line, gain in known if much(gain)]
    said = f"{french.count(len(far), 'ligne')} {noun}"
    if far:
        return raised(said, [of_line(ln, french.percent(gain, signed=True)) for ln, gain in far])
    silent = view.share(line for line in lines if line.gain_ratio is None)
    if silent > blind(limits) * view.share(lines):
        return unknown(f"le prix de revient de {french.percent(silent, 0)} du total")
    return clear(said)


def _heaviest(view: Audited) -> list[Evidence]:
    lines = [line for line in view.lines if not line.amount]
    return [of_line(line) for line in sorted(lines, key=lambda line: -line.value_eur)[:10]]


RULES = (
    Rule("SRI", "Supports à risque élevé", "medium", high_sri,
         ("sri.high", "sri.weight", "coverage"),
         "L'indicateur synthétique de risque (SRI, de 1 à 7) de ces supports est parmi les plus "
         "hauts.",
         "Vérifier que cette part convient au client.", HOLDINGS),
    Rule("VOLATILITY", "Volatilité", "medium", volatility, ("volatility",),
         "Écart-type annualisé des rendements de l'ensemble : l'ampleur ordinaire des variations.",
         "Renforcer les supports moins volatils.", PERFORMANCE),
    Rule("DRAWDOWN", "Perte depuis le plus haut", "medium", drawdown, ("drawdown",),
         "La plus forte baisse de l'ensemble depuis un plus haut, sur un an.",
         "Revoir avec le client la perte qu'il accepte.", PERFORMANCE),
    Rule("VAL_MOVE", "Variation du mois", "high", value_move, ("value.move",),
         "La valeur a beaucoup changé en un mois, versements et retraits mis à part.",
         "Regarder quelles lignes l'expliquent, et contrôler leurs cours.", PERFORMANCE),
    Rule("LINE_LOSS", "Lignes en forte moins-value", "low", line_loss, ("line.loss", "coverage"),
         "La ligne vaut nettement moins que son prix de revient.",
         "Décider de conserver, de renforcer ou de solder.", HOLDINGS),
    Rule("LINE_GAIN", "Lignes en forte plus-value", "low", line_gain, ("line.gain", "coverage"),
         "La ligne vaut nettement plus que son prix de revient.",
         "Examiner une prise de bénéfice, selon la fiscalité de l'enveloppe.", HOLDINGS),
)  # fmt: skip
