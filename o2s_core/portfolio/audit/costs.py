"""What do the supports cost, beside the others of their class? (coûts)."""

from typing import Final

from o2s_core.kernel import french
from o2s_core.portfolio.audit.audited import Audited, AuditedLine
from o2s_core.portfolio.audit.findings import (
    HOLDINGS,
    Evidence,
    Measure,
    Rule,
    clear,
    of_line,
    raised,
    unknown,
)
from o2s_core.portfolio.audit.means import mean_cost
from o2s_core.portfolio.audit.thresholds import Thresholds, blind

#: Fewer supports that say their costs make no median.
ENOUGH: Final = 5
NO_COST: Final = "les coûts (EMT ou DIC)"


def mean_high(view: Audited, limits: Thresholds) -> Measure:
    """Compare the mean ongoing cost of the funds to a limit."""
    found, limit = mean_cost(view), float(limits["cost.mean"])
    if found.coverage is None:
        return clear("Aucun support à frais courants")
    known = f"connu pour {french.percent(found.coverage, 0)} des fonds"
    said = f"{french.percent(found.value, 2)} par an en moyenne, {known}"
    dear = [line for line in view.lines if line.fund and (line.ongoing or 0) > limit]
    enough = found.coverage >= float(limits["coverage"])
    if not enough or found.value is None:
        return unknown(f"{NO_COST} de {french.percent(1 - found.coverage, 0)} des fonds", said)
    return raised(said, [_with_cost(line) for line in dear]) if found.value > limit else clear(said)


def above_class(view: Audited, limits: Thresholds) -> Measure:
    """Look for funds dearer than the median of their class in the firm's list."""
    gap = float(limits["cost.above_class"])
    funds = [line for line in view.lines if line.fund]
    known = {n: c.median for n, c in view.class_costs.items() if c.supports >= ENOUGH}
    judged = [ln for ln in funds if ln.ongoing is not None and ln.asset_class in known]
    dear = [ln for ln in judged if (ln.ongoing or 0) > known[ln.asset_class] + gap]
    if not funds:
        return clear("Aucun support à frais courants")
    said = f"{french.count(len(dear), 'ligne')} sur {len(judged)} comparées"
    if dear:
        return raised(said, [_beside(line, known[line.asset_class]) for line in dear])
    silent = view.share(funds) - view.share(judged)
    if silent > blind(limits) * view.share(funds):
        missing = f"{NO_COST} du support et d'au moins {ENOUGH} supports de sa classe"
        return unknown(missing, said if judged else "")
    return clear(said)


def retroceded(view: Audited, limits: Thresholds) -> Measure:
    """Look for share classes that pay a high retrocession where a clean one may exist."""
    limit = float(limits["cost.retrocession"])
    funds = [line for line in view.lines if line.fund]
    if not funds:
        return clear("Aucun support à frais courants")
    paying = [line for line in funds if (line.distribution or 0) > limit]
    said = f"{french.percent(view.share(paying))} du total en parts rétrocédantes"
    if paying:
        return raised(said, [_paid(line) for line in paying])
    silent = view.share(line for line in funds if line.distribution is None)
    if silent > blind(limits) * view.share(funds):
        return unknown("la rétrocession des parts (EMT)")
    return clear(said)


def _with_cost(line: AuditedLine) -> Evidence:
    return of_line(line, f"{french.percent(line.ongoing, 2)} par an")


def _paid(line: AuditedLine) -> Evidence:
    return of_line(line, f"rétrocession {french.percent(line.distribution, 2)}")


def _beside(line: AuditedLine, median: float) -> Evidence:
    said = f"{french.percent(line.ongoing, 2)}, médiane {french.percent(median, 2)}"
    return of_line(line, said)


RULES = (
    Rule("COST_MEAN", "Coût courant moyen", "medium", mean_high, ("cost.mean", "coverage"),
         "Les coûts des fonds se retranchent chaque année du rendement, quel qu'il soit.",
         "Chercher des parts ou des supports moins chers dans la même classe.", HOLDINGS),
    Rule("COST_CLASS", "Coût au-dessus de sa classe", "medium", above_class,
         ("cost.above_class", "coverage"),
         "Le support coûte nettement plus que la médiane des supports de sa classe au cabinet.",
         "Comparer avec les autres supports de la classe.", "supports"),
    Rule("RETROCESSION", "Parts rétrocédantes", "low", retroceded,
         ("cost.retrocession", "coverage"),
         "La part verse une rétrocession élevée : une part sans rétrocession du même fonds peut "
         "exister.",
         "Vérifier si le contrat donne accès à une part sans rétrocession.", "supports"),
)  # fmt: skip
