"""Which technical alerts does aggregation raise? (catalogue)."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class AlertKind:
    """A kind of alert: its name on screen, how serious it is, what to do about it."""

    code: str
    label: str
    severity: str  #: error, warning
    action: str


#: code -> kind, the most serious first.
ALERT_KINDS: Final = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            AlertKind("FEED_ERROR", "Échec d'un flux", "error",
                      "Corrigez la cause, puis déposez le fichier à nouveau."),
            AlertKind("FEED_STALE", "Flux en retard", "warning",
                      "Relancez le partenaire, ou corrigez la fréquence du flux."),
            AlertKind("ACCOUNT_QUARANTINED", "Compte en quarantaine", "warning",
                      "Levez les anomalies du compte : acceptez avec un motif, ou rejetez."),
            AlertKind("FUND_QUARANTINED", "Support en quarantaine", "warning",
                      "Levez les anomalies du support : acceptez avec un motif, ou rejetez."),
        )
    }
)  # fmt: skip
#: Where an alert stands.
ALERT_STATES: Final = {
    "open": "À traiter",
    "taken": "Prise en charge",
    "dismissed": "Classée sans suite",
    "closed": "Résolue automatiquement",
}
