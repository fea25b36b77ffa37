"""What an envelope may receive, as far as the kinds of supports tell."""

from dataclasses import dataclass
from typing import Final

from o2s_core.kernel.errors import InvalidInputError
from o2s_core.market.kinds import ASSET_CLASSES, INSTRUMENT_KINDS
from o2s_core.portfolio.envelopes import envelope_label

INSURANCE: Final = frozenset(
    {"assurance_vie", "capitalisation", "per_individuel", "perp", "madelin", "article_83"}
)
SAVINGS: Final = frozenset({"per_collectif", "per_obligatoire", "pee", "pei", "perco"})
PEA: Final = frozenset({"pea", "pea_pme"})
SWITCHABLE: Final = INSURANCE | SAVINGS | PEA | {"compte_titres"}
#: A contract's own guaranteed support: no other contract has it.
GUARANTEED: Final = frozenset({"fonds_euros", "euro_croissance"})
NEVER_BOUGHT: Final = frozenset({"cash", "index", "right", "option", "other"})
IN_PEA: Final = frozenset({"share", "opcvm", "etf"})
STATUS_REASONS: Final = {
    "inactive": "support retiré des listes",
    "provisional": "support à compléter avant de l'acheter",
    "unidentified": "support à compléter avant de l'acheter",
}


@dataclass(frozen=True, slots=True)
class Bought:
    """A support as one thinks of buying it."""

    kind: str
    asset_class: str
    status: str
    provider_id: int | None  #: the insurer of a fonds euros
    eligible: str = ""  #: envelopes that may hold it, joined by commas; empty when nobody says


def require_switchable(envelope: str) -> None:
    """Refuse an envelope in which nothing is switched (a passbook, shares of a SCPI)."""
    if envelope not in SWITCHABLE:
        raise InvalidInputError(
            f"« {envelope_label(envelope)} » ne s'arbitre pas : choisissez un contrat ou un compte "
            "qui porte plusieurs supports."
        )


def refusal(envelope: str, insurer_id: int, support: Bought) -> str:
    """Return why a support cannot be bought in an envelope, empty when nothing forbids it."""
    if said := STATUS_REASONS.get(support.status, ""):
        return said
    kind = INSTRUMENT_KINDS.get(support.kind, support.kind)
    if support.kind in NEVER_BOUGHT:
        return f"la famille « {kind} » ne s'achète pas par arbitrage"
    if support.kind in GUARANTEED:
        own = envelope in INSURANCE and support.provider_id in {None, insurer_id}
        return "" if own else "ce fonds en euros n'est pas celui du contrat"
    if envelope in PEA:
        return _outside_pea(envelope, support, kind)
    if envelope not in INSURANCE and support.kind == "sci":
        return f"la famille « {kind} » ne se loge que dans un contrat d'assurance"
    return ""


def doubt(envelope: str, support: Bought) -> str:
    """Return what must be checked before a support is bought, empty when nothing."""
    if envelope not in PEA or support.eligible:
        return ""
    return f"éligibilité au {envelope_label(envelope)} à vérifier : elle n'est pas renseignée"


def _outside_pea(envelope: str, support: Bought, kind: str) -> str:
    """Return why a PEA refuses a support: what is said of it first, then its kind."""
    if support.eligible:
        held = envelope in support.eligible.split(",")
        return "" if held else f"non éligible au {envelope_label(envelope)} d'après sa fiche"
    if support.kind not in IN_PEA:
        return f"non éligible au PEA : {kind}"
    if support.asset_class != "equity":
        found = ASSET_CLASSES.get(support.asset_class, support.asset_class)
        return f"non éligible au PEA : classe d'actifs « {found} »"
    return ""
