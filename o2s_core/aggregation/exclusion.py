"""Who works on this file, this feed or these accounts now? One process at a time."""

import fcntl
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from o2s_core import store
from o2s_core.kernel.context import Place
from o2s_core.kernel.errors import FeedError


@contextmanager
def alone(place: Place, name: str, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the turn of a name; the system gives it back when the process dies.

    Parameters
    ----------
    wait
        Seconds to wait for somebody else's turn to end.

    Raises
    ------
    BusyError
        Somebody else still holds it.
    """
    folder = place.home / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait
    with (folder / (re.sub(r"[^\w-]", "_", name)[:100] + ".lock")).open("a") as held:
        while not _taken(held.fileno()):
            if time.monotonic() >= deadline:
                raise BusyError
            time.sleep(0.05)
        yield


def take_import_turn(tx: store.Tx) -> None:
    """Wait for the end of any other write of a delivery: two may speak of the same accounts.

    Accounts, supports and movements are looked for, then written where they are missing.
    """
    store.take_turn(tx.session, tx.ctx, "deliveries")


class BusyError(FeedError):
    """Somebody else is already at it."""

    def __init__(self) -> None:
        super().__init__("Cette livraison est déjà en cours de traitement : patientez un instant.")


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
