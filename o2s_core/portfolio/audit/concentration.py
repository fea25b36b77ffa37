"""Does too much depend on one thing? (concentration)."""

from collections.abc import Callable

from o2s_core import market
from o2s_core.kernel import french
from o2s_core.portfolio.audit.audited import Audited, AuditedLine
from o2s_core.portfolio.audit.exposures import (
    UNKNOWN,
    Exposure,
    Part,
    by_currency,
    by_security,
    by_zone,
)
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
from o2s_core.portfolio.envelopes import envelope_label


def line_weight(view: Audited, limits: Thresholds) -> Measure:
    """Look for a support that is too heavy alone; cash and fonds euros have their own rules."""
    limit = float(limits["line.weight"])
    groups = [own for own in view.supports().values() if not own[0].amount]
    heavy = [own for own in groups if view.share(own) > limit]
    top = max((view.share(own) for own in groups), default=0.0)
    said = f"Premier support : {french.percent(top)} du total"
    return raised(said, [e for own in heavy for e in of_lines(own)]) if heavy else clear(said)


def security_weight(view: Audited, limits: Thresholds) -> Measure:
    """Look for one security that comes back in several supports."""
    return _exposed(by_security(view), limits, "security.weight")


def manager_weight(view: Audited, limits: Thresholds) -> Measure:
    """Look for a management company or an issuer that is behind too much."""
    missing = "la société de gestion ou l'émetteur"
    return _grouped(view, _house, limits, "manager.weight", missing)


def provider_weight(view: Audited, limits: Thresholds) -> Measure:
    """Look for a partner that keeps too much."""
    return _grouped(view, lambda line: line.provider, limits, "provider.weight", "le partenaire")


def envelope_weight(view: Audited, limits: Thresholds) -> Measure:
    """Look for an envelope in which too much lies."""
    return _grouped(view, _envelope, limits, "envelope.weight", "l'enveloppe")


def class_weight(view: Audited, limits: Thresholds) -> Measure:
    """Look for a class of assets that is too heavy; fonds euros and cash have their own rules."""
    return _grouped(view, _class, limits, "class.weight", "la classe d'actifs")


def zone_weight(view: Audited, limits: Thresholds) -> Measure:
    """Look for a zone that is too heavy among what has one."""
    exposed = by_zone(view)
    whole = sum(part.weight for part in exposed.values())
    if whole <= 0:
        return clear("Aucun actif exposé à une zone : liquidités et fonds en euros seulement")
    among = {name: Part(part.weight / whole, part.lines) for name, part in exposed.items()}
    return _exposed(among, limits, "zone.weight")


def currency_weight(view: Audited, limits: Thresholds) -> Measure:
    """Look for a foreign currency that is too heavy."""
    foreign = {name: part for name, part in by_currency(view).items() if name != "EUR"}
    return _exposed(foreign, limits, "currency.weight")


def currency_foreign(view: Audited, limits: Thresholds) -> Measure:
    """Add up what is not in euros and not known to be hedged."""
    limit = float(limits["currency.foreign"])
    parts = by_currency(view)
    foreign = {name: part for name, part in parts.items() if name not in {"EUR", UNKNOWN}}
    total = sum(part.weight for part in foreign.values())
    said = f"{french.percent(total)} en devises étrangères"
    if total > limit:
        return raised(said, _of_exposure(foreign))
    silent = _silent(parts)
    if silent > blind(limits):
        return unknown(f"la devise de {french.percent(silent, 0)} du total", said)
    return clear(said)


def _silent(parts: Exposure) -> float:
    return parts[UNKNOWN].weight if UNKNOWN in parts else 0.0


def _house(line: AuditedLine) -> str | None:
    if line.amount:
        return None
    return line.manager or (line.label if line.kind == "share" else UNKNOWN)


def _envelope(line: AuditedLine) -> str:
    return envelope_label(line.envelope) if line.envelope else UNKNOWN


def _class(line: AuditedLine) -> str | None:
    if line.asset_class in {"euro_fund", "cash"}:
        return None
    known = line.asset_class not in {"", "unknown"}
    return market.ASSET_CLASSES.get(line.asset_class, UNKNOWN) if known else UNKNOWN


def _grouped(
    view: Audited,
    key: Callable[[AuditedLine], str | None],
    limits: Thresholds,
    code: str,
    missing: str,
) -> Measure:
    """Compare the heaviest groups to a limit; a pass needs the groups of most lines.

    Lines whose key is null are not concerned.
    """
    groups = view.grouped(key)
    named = {name: view.share(lines) for name, lines in groups.items() if name}
    top = next(iter(named), UNKNOWN)
    said = f"{top} : {french.percent(named[top])} du total" if top else ""
    heavy = [name for name, weight in named.items() if weight > float(limits[code])]
    if heavy:
        return raised(said, [e for name in heavy for e in of_lines(groups[name], name)])
    silent = view.share(groups.get(UNKNOWN, []))
    if silent > blind(limits) or (silent and not named):
        return unknown(f"{missing} de {french.percent(silent, 0)} du total", said)
    return clear(said or "Aucune ligne concernée")


def _exposed(parts: Exposure, limits: Thresholds, code: str) -> Measure:
    """Compare the parts of an exposure to a limit; a pass needs that most of it is known."""
    named = {name: part for name, part in parts.items() if name != UNKNOWN}
    top = max(named, key=lambda name: named[name].weight, default=UNKNOWN)
    said = f"{top} : {french.percent(named[top].weight)}" if top else ""
    heavy = {name: part for name, part in named.items() if part.weight > float(limits[code])}
    if heavy:
        return raised(said, _of_exposure(heavy))
    silent = _silent(parts)
    if silent > blind(limits):
        return unknown(f"l'inventaire (TPT) de fonds qui font {french.percent(silent, 0)}", said)
    return clear(said or "Aucune")


def _of_exposure(parts: Exposure) -> list[Evidence]:
    return [
        of_line(line, part=f"{name} ({french.percent(part.weight)})")
        for name, part in parts.items()
        for line in sorted(part.lines, key=lambda line: -line.value_eur)
    ]


RULES = (
    Rule("LINE", "Poids d'un même support", "high", line_weight, ("line.weight",),
         "Un seul support décide d'une grande partie du résultat : sa chute pèse sur l'ensemble.",
         "Alléger le support ou renforcer les autres par un arbitrage.", HOLDINGS),
    Rule("SECURITY", "Poids d'un même titre, par transparence", "medium", security_weight,
         ("security.weight", "coverage"),
         "Le même titre revient en direct et dans plusieurs fonds : la diversification est moindre "
         "que le nombre de supports ne le laisse croire.",
         "Remplacer l'un des fonds qui le détiennent.", HOLDINGS),
    Rule("MANAGER", "Poids d'une société de gestion ou d'un émetteur", "medium", manager_weight,
         ("manager.weight", "coverage"),
         "Les supports d'une même maison partagent ses choix et ses difficultés.",
         "Ouvrir l'allocation à d'autres sociétés de gestion.", HOLDINGS),
    Rule("PROVIDER", "Poids d'un partenaire", "medium", provider_weight,
         ("provider.weight", "coverage"),
         "Assureur ou dépositaire unique : ses plafonds de garantie et ses contraintes "
         "s'appliquent à presque tout.",
         "Examiner l'ouverture d'un contrat chez un autre partenaire.", "portefeuille-comptes"),
    Rule("ENVELOPE", "Poids d'une enveloppe", "low", envelope_weight,
         ("envelope.weight", "coverage"),
         "Une seule enveloppe : une fiscalité, une règle de retrait et de transmission.",
         "Examiner les autres enveloppes ouvertes au client.", "portefeuille-comptes"),
    Rule("CLASS", "Poids d'une classe d'actifs", "medium", class_weight,
         ("class.weight", "coverage"),
         "Une classe dominante fait le rendement et la perte de l'ensemble.",
         "Rééquilibrer vers l'allocation visée.", HOLDINGS),
    Rule("ZONE", "Poids d'une zone géographique", "low", zone_weight, ("zone.weight", "coverage"),
         "Les actifs investis dépendent d'une même économie. Liquidités et fonds en euros exclus.",
         "Ajouter des supports exposés à d'autres zones.", HOLDINGS),
    Rule("CURRENCY", "Poids d'une devise étrangère", "medium", currency_weight,
         ("currency.weight", "coverage"),
         "Une devise étrangère fait varier la valeur en euros, sans lien avec la qualité des "
         "supports. Un fonds coté en euros n'est jugé que par son inventaire.",
         "Choisir des parts couvertes contre le change ou répartir les devises.", HOLDINGS),
    Rule("FX", "Total en devises étrangères", "medium", currency_foreign,
         ("currency.foreign", "coverage"),
         "Ce qui n'est pas en euros n'est pas couvert, faute d'information contraire.",
         "Examiner une part couverte ou un support en euros.", HOLDINGS),
)  # fmt: skip
