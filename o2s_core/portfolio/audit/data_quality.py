"""Can the figures be trusted? Prices, situations, costs, and what is left out."""

from collections.abc import Iterable
from datetime import date

from o2s_core.kernel import french
from o2s_core.portfolio.audit.audited import Audited, LeftOut
from o2s_core.portfolio.audit.findings import (
    HOLDINGS,
    Evidence,
    Measure,
    Rule,
    clear,
    of_line,
    raised,
)
from o2s_core.portfolio.audit.thresholds import Thresholds, blind

ACCOUNTS = "portefeuille-comptes"


def stale_prices(view: Audited, limits: Thresholds) -> Measure:
    """Add up what is valued by prices older than the delay of their kind."""
    old = [line for line in view.lines if line.stale]
    said = f"{french.percent(view.share(old))} du total sur des cours anciens"
    if view.share(old) <= float(limits["stale.weight"]):
        return clear(said)
    return raised(said, [of_line(ln, f"cours du {french.day(ln.data_on)}") for ln in old])


def stale_accounts(view: Audited, limits: Thresholds) -> Measure:
    """Look for accounts of which no recent situation is known."""
    limit = int(limits["situation.age"].value)
    late = [a for a in view.silent if a.on is None or (view.on - a.on).days > limit]
    said = f"{french.count(len(late), 'compte')} sur {len(view.silent)}"
    if not late:
        return clear(said)
    return raised(said, [
        Evidence(a.label, _since(a.on), account=a.label, account_id=a.account_id) for a in late
    ])  # fmt: skip


def unpriced(view: Audited, limits: Thresholds) -> Measure:  # noqa: ARG001
    """Name the lines that nothing values: they are in no total."""
    return _left_out(line for line in view.left_out if line.unpriced)


def excluded(view: Audited, limits: Thresholds) -> Measure:  # noqa: ARG001
    """Name the other lines left out of the total, with the reason."""
    return _left_out(line for line in view.left_out if not line.unpriced)


def missing_cost(view: Audited, limits: Thresholds) -> Measure:
    """Add up the securities whose purchase cost is unknown."""
    lines = [line for line in view.lines if not line.amount]
    silent = [line for line in lines if line.gain_ratio is None]
    said = f"{french.count(len(silent), 'ligne')} sans prix de revient"
    if view.share(silent) <= blind(limits) * view.share(lines):
        return clear(said)
    return raised(said, [of_line(line) for line in silent])


def doubtful_prices(view: Audited, limits: Thresholds) -> Measure:  # noqa: ARG001
    """Name the lines of which a price waits for a decision."""
    lines = [line for line in view.lines if line.instrument_id in view.doubtful]
    said = f"{french.count(len(lines), 'ligne')} concernée{'s' if len(lines) > 1 else ''}"
    return raised(said, [of_line(line) for line in lines]) if lines else clear(said)


def followed(view: Audited, limits: Thresholds) -> Measure:  # noqa: ARG001
    """Name the supports that the firm no longer follows, or follows with care."""
    told = [(line, FOLLOWED.get(line.decision) or FOLLOWED.get(line.status)) for line in view.lines]
    kept = [(line, words) for line, words in told if words]
    said = f"{french.count(len(kept), 'ligne')}"
    return raised(said, [of_line(line, words) for line, words in kept]) if kept else clear(said)


def to_complete(view: Audited, limits: Thresholds) -> Measure:  # noqa: ARG001
    """Name the supports that a partner's file made and that nobody completed."""
    lines = [line for line in view.lines if line.status in TO_COMPLETE]
    said = f"{french.count(len(lines), 'ligne')}"
    if not lines:
        return clear(said)
    return raised(said, [of_line(line, TO_COMPLETE[line.status]) for line in lines])


def corrected(view: Audited, limits: Thresholds) -> Measure:  # noqa: ARG001
    """Name the lines of which a figure was corrected by hand."""
    lines = [line for line in view.lines if line.corrected]
    said = f"{french.count(len(lines), 'ligne')} corrigée{'s' if len(lines) > 1 else ''} à la main"
    return raised(said, [of_line(line) for line in lines]) if lines else clear(said)


FOLLOWED = {"inactive": "support inactif", "watched": "sous surveillance", "excluded": "exclu"}
TO_COMPLETE = {"provisional": "à compléter", "unidentified": "non identifié"}


def _left_out(lines: Iterable[LeftOut]) -> Measure:
    kept = list(lines)
    said = f"{french.count(len(kept), 'ligne')} hors du total"
    if not kept:
        return clear("Aucune ligne")
    return raised(said, [
        Evidence(
            line.label, line.reason, account=line.account, account_id=line.account_id,
            value_eur=line.reported_eur,
        )
        for line in kept
    ])  # fmt: skip


def _since(on: date | None) -> str:
    return "aucune situation reçue" if on is None else f"situation du {french.day(on)}"


RULES = (
    Rule("PRICE_STALE", "Cours anciens", "medium", stale_prices, ("stale.weight",),
         "Le dernier cours est plus vieux que le délai de sa famille de supports.",
         "Compléter ou demander les cours.", "cours"),
    Rule("ACCOUNT_STALE", "Comptes sans donnée récente", "medium", stale_accounts,
         ("situation.age",),
         "Aucune situation récente : la valeur affichée peut ne plus être la bonne.",
         "Relancer le partenaire ou saisir la situation.", ACCOUNTS),
    Rule("UNPRICED", "Lignes sans cours", "high", unpriced, (),
         "Aucun cours n'est connu : ces lignes ne sont dans aucun total.",
         "Saisir un cours ou corriger le support.", HOLDINGS),
    Rule("EXCLUDED", "Lignes non comptées", "medium", excluded, (),
         "Ces lignes sont hors du total : taux de change manquant, droit démembré, détail non "
         "transmis.",
         "Lire la raison de chaque ligne.", HOLDINGS),
    Rule("NO_COST", "Prix de revient manquants", "low", missing_cost, ("coverage",),
         "Sans prix de revient, la plus-value n'est pas calculable.",
         "Saisir le prix de revient, ou le demander au partenaire.", HOLDINGS),
    Rule("DOUBTFUL", "Cours à confirmer", "medium", doubtful_prices, (),
         "Un cours reçu s'écarte trop du précédent et attend une décision.",
         "Accepter ou refuser le cours.", "cours-a-confirmer"),
    Rule("FOLLOWED", "Supports inactifs, surveillés ou exclus", "medium", followed, (),
         "Le cabinet ne suit plus ce support, ou le suit avec réserve.",
         "Choisir un support de remplacement.", "supports"),
    Rule("TO_COMPLETE", "Supports à compléter", "low", to_complete, (),
         "Le support vient du fichier d'un partenaire : classe et famille restent à confirmer.",
         "Compléter la fiche du support.", "supports"),
    Rule("CORRECTED", "Lignes corrigées à la main", "low", corrected, (),
         "Un chiffre saisi au cabinet remplace celui du partenaire.",
         "Vérifier que la correction vaut encore.", HOLDINGS),
)  # fmt: skip
