"""Are the lines many enough, few enough, and different from one another? (diversification)."""

from collections.abc import Mapping
from itertools import combinations

from o2s_core.kernel import french
from o2s_core.portfolio.audit.audited import Audited, AuditedLine, Held
from o2s_core.portfolio.audit.findings import (
    HOLDINGS,
    Evidence,
    Measure,
    Rule,
    clear,
    of_line,
    of_lines,
    raised,
    unknown,
)
from o2s_core.portfolio.audit.thresholds import Thresholds, blind


def too_many(view: Audited, limits: Thresholds) -> Measure:
    """Count the supports: the same one in two accounts counts once."""
    supports = {name: own for name, own in view.supports().items() if own[0].kind != "cash"}
    said = f"{french.count(len(supports), 'support')} hors liquidités"
    if len(supports) <= float(limits["lines.most"]):
        return clear(said)
    return raised(said, [e for own in reversed(supports.values()) for e in of_lines(own)])


def too_few(view: Audited, limits: Thresholds) -> Measure:
    """Count the supports in which something is invested; fonds euros alone is no matter here."""
    supports = [own for own in view.supports().values() if not own[0].amount]
    said = f"{french.count(len(supports), 'support')} hors fonds en euros et liquidités"
    if not supports or len(supports) >= float(limits["lines.fewest"]):
        return clear(said)
    return raised(said, [e for own in supports for e in of_lines(own)])


def small_lines(view: Audited, limits: Thresholds) -> Measure:
    """Look for supports too small to count; cash is left out."""
    limit = float(limits["lines.small"])
    supports = [own for own in view.supports().values() if own[0].kind != "cash"]
    small = [own for own in supports if 0 < view.share(own) < limit]
    said = f"{french.count(len(small), 'support')} sous {limits['lines.small'].said} du total"
    return raised(said, [e for own in small for e in of_lines(own)]) if small else clear(said)


def overlap(view: Audited, limits: Thresholds) -> Measure:
    """Look for two funds that hold the same securities: the sum of the lesser weights."""
    funds = {own[0].instrument_id or 0: own for own in view.supports().values() if own[0].fund}
    known = {id_: view.inventories[id_] for id_ in funds if id_ in view.inventories}
    if len(funds) < 2:
        return clear("Moins de deux fonds à comparer")
    pairs = {
        (one, other): shared(known[one], known[other])
        for one, other in combinations(sorted(known), 2)
    }
    limit = float(limits["overlap.share"])
    high = {pair: part for pair, part in pairs.items() if part > limit}
    said = f"Recouvrement le plus élevé : {french.percent(max(pairs.values(), default=0.0), 0)}"
    if high:
        return raised(
            said,
            [
                e
                for pair, part in high.items()
                for e in _both(funds, pair, f"{french.percent(part, 0)} en commun")
            ],
        )
    silent = view.share(line for id_, own in funds.items() if id_ not in known for line in own)
    invested = view.share(line for own in funds.values() for line in own)
    if silent > blind(limits) * invested:
        missing = f"un inventaire (TPT) pour {len(funds) - len(known)} fonds sur {len(funds)}"
        return unknown(missing, said if pairs else "")
    return clear(said)


def shared(one: tuple[Held, ...], other: tuple[Held, ...]) -> float:
    """Return the part of two funds that is the same: by code, the lesser of both weights."""
    mine, theirs = _by_code(one), _by_code(other)
    return sum(min(weight, theirs[code]) for code, weight in mine.items() if code in theirs)


def _by_code(lines: tuple[Held, ...]) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for line in lines:
        if line.code and line.weight > 0:
            weights[line.code] = weights.get(line.code, 0.0) + line.weight
    return weights


def correlated(view: Audited, limits: Thresholds) -> Measure:
    """Look for two sizeable supports that move as one."""
    least, limit = float(limits["correlation.weight"]), float(limits["correlation.pair"])
    sized = {
        own[0].instrument_id or 0: own
        for own in view.supports().values()
        if own[0].instrument_id and not own[0].amount and view.share(own) >= least
    }
    asked = list(combinations(sorted(sized), 2))
    if not asked:
        return clear("Moins de deux supports de taille à comparer")
    known = {pair: view.pairs[pair] for pair in asked if pair in view.pairs}
    high = {pair: value for pair, value in known.items() if value > limit}
    said = f"Corrélation la plus élevée : {french.number(max(known.values(), default=0.0), 2)}"
    if high:
        return raised(
            said,
            [
                e
                for pair, v in high.items()
                for e in _both(sized, pair, f"corrélation {french.number(v, 2)}")
            ],
        )
    if len(known) < float(limits["coverage"]) * len(asked):
        missing = f"un an de cours pour {len(asked) - len(known)} paires sur {len(asked)}"
        return unknown(missing, said if known else "")
    return clear(said)


def _both(
    supports: Mapping[int, list[AuditedLine]], pair: tuple[int, int], said: str
) -> list[Evidence]:
    names = " et ".join(supports[id_][0].label for id_ in pair)
    return [of_line(line, part=f"{names} : {said}") for id_ in pair for line in supports[id_]]


RULES = (
    Rule("TOO_MANY", "Trop de supports", "low", too_many, ("lines.most",),
         "Au-delà, chaque ligne pèse peu, le suivi s'alourdit et les choix se compensent.",
         "Regrouper les supports voisins.", HOLDINGS),
    Rule("TOO_FEW", "Peu de supports", "medium", too_few, ("lines.fewest",),
         "La part investie repose sur trop peu de supports pour se diversifier.",
         "Répartir la part investie sur davantage de supports.", HOLDINGS),
    Rule("SMALL", "Petites lignes", "low", small_lines, ("lines.small",),
         "Une ligne si petite ne change pas le résultat, mais demande un suivi et des frais.",
         "Solder ces lignes ou leur donner un vrai poids.", HOLDINGS),
    Rule("OVERLAP", "Fonds qui détiennent les mêmes titres", "medium", overlap,
         ("overlap.share", "coverage"),
         "Deux fonds aux mêmes titres font payer deux fois la même gestion.",
         "Ne garder que l'un des deux.", HOLDINGS),
    Rule("CORRELATION", "Supports qui varient ensemble", "low", correlated,
         ("correlation.pair", "correlation.weight", "coverage"),
         "Des supports très corrélés montent et baissent ensemble : rendements hebdomadaires sur "
         "un an, dans la devise de chaque cours.",
         "Remplacer l'un d'eux par un support qui réagit autrement.", HOLDINGS),
)  # fmt: skip
