"""Bringing the store of an older version to this one, and saying so."""

from datetime import datetime

from o2s_core import store
from o2s_core.cli.asking import tell
from o2s_core.kernel.context import Place


def bring_up_to_date(place: Place, now: datetime) -> bool:
    """Update the store where it is older; say where the backup made just before lies."""
    kept = store.bring_up_to_date(place, now)
    if kept is not None:
        tell(f"Base mise à jour pour cette version. La sauvegarde faite juste avant : {kept}")
    return kept is not None
