"""Does it suit what the client said, and whom the supports are meant for? (adéquation)."""

from o2s_core.kernel import french
from o2s_core.portfolio.audit.audited import Audited
from o2s_core.portfolio.audit.findings import (
    HOLDINGS,
    Measure,
    Rule,
    clear,
    of_line,
    raised,
    unknown,
)
from o2s_core.portfolio.audit.means import mean_sri
from o2s_core.portfolio.audit.thresholds import Thresholds, blind


def profile(view: Audited, limits: Thresholds) -> Measure:
    """Compare the mean risk indicator to the highest one of the client's profile."""
    if view.sri_most is None:
        return unknown("le profil de risque du client")
    found = mean_sri(view)
    if found.value is None or (found.coverage or 0) < float(limits["coverage"]):
        return unknown("le SRI des supports")
    most = french.number(view.sri_most, 1)
    said = f"SRI moyen {french.number(found.value, 1)}, profil jusqu'à {most}"
    above = [line for line in view.lines if (line.sri or 0) > view.sri_most]
    if found.value <= view.sri_most:
        return clear(said)
    return raised(said, [of_line(line, f"SRI {line.sri}") for line in above])


def durability(view: Audited, limits: Thresholds) -> Measure:  # noqa: ARG001
    """Compare the share of article 8 and 9 supports to what the client wants."""
    if view.sustainable is None:
        return unknown("les préférences de durabilité du client")
    green = view.share(line for line in view.lines if (line.sfdr or 0) >= 8)
    said = f"{french.percent(green)} en article 8 ou 9, souhaité {french.percent(view.sustainable)}"
    if green >= view.sustainable:
        return clear(said)
    silent = [line for line in view.lines if line.fund and line.sfdr is None]
    if green + view.share(silent) >= view.sustainable:
        return unknown(f"l'article SFDR de {french.percent(view.share(silent), 0)} du total", said)
    others = [line for line in view.lines if not line.amount and (line.sfdr or 0) < 8]
    return raised(said, [of_line(line, _article(line.sfdr)) for line in others])


def retail_target(view: Audited, limits: Thresholds) -> Measure:
    """Look for supports whose manufacturer excludes retail clients."""
    funds = [line for line in view.lines if not line.amount and line.kind != "share"]
    outside = [line for line in funds if line.retail == "negative"]
    if not funds:
        return clear("Aucun support soumis à un marché cible")
    said = f"{french.count(len(outside), 'ligne')} hors marché cible"
    if outside:
        return raised(said, [of_line(line, "client de détail : non") for line in outside])
    silent = view.share(line for line in funds if not line.retail)
    if silent > blind(limits) * view.share(funds):
        return unknown(f"le marché cible (EMT) de {french.percent(silent, 0)} du total")
    return clear(said)


def _article(sfdr: int | None) -> str:
    return "article n.c." if sfdr is None else f"article {sfdr}"


RULES = (
    Rule("RISK_OUT", "Risque et profil du client", "high", profile, ("coverage",),
         "Le risque moyen des supports dépasse celui que le profil du client autorise.",
         "Réduire les supports les plus risqués, ou revoir le profil avec le client.", HOLDINGS),
    Rule("ESG", "Durabilité et préférences du client", "medium", durability, (),
         "La part de supports article 8 ou 9 (SFDR) est sous celle que le client souhaite.",
         "Proposer des supports article 8 ou 9.", HOLDINGS),
    Rule("RETAIL", "Supports non destinés aux particuliers", "high", retail_target, ("coverage",),
         "Le producteur exclut les clients de détail du marché cible de ce support.",
         "Vérifier la catégorie du client et documenter le choix.", "supports"),
)  # fmt: skip
