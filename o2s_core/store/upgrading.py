"""Bringing the records of an older version to the schema of this one, with a way back."""

from datetime import datetime
from pathlib import Path

from o2s_core.kernel.context import Place
from o2s_core.store.backups import backup
from o2s_core.store.engine import engine
from o2s_core.store.housekeeping import SUFFIX, backups_folder
from o2s_core.store.schema import current_revision, head, known_revisions, migrate


def bring_up_to_date(place: Place, now: datetime) -> Path | None:
    """Bring a store, empty or of an older version, to the schema of this program.

    An older store is backed up first, under the key file, beside the daily
    backups: no rule removes that one, the only way back. Returns its path, None
    when there was nothing to lose or nothing to do.
    """
    with engine(place).connect() as connection:
        found = current_revision(connection)
    kept = None
    if found in known_revisions() - {head()}:
        kept = backups_folder(place) / f"schema-{found}-{now:%Y-%m-%d-%H%M%S}{SUFFIX}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        backup(place, kept, now=now)
    migrate(place)
    return kept
