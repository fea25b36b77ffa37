"""How a file from outside is read apart: in a process of its own, with little memory and time."""

import contextlib
import logging
import os
import resource
import time
from pathlib import Path
from typing import Final

from o2s_core.kernel.standby import Child, Standby

log = logging.getLogger(__name__)

ADDRESS_SPACE: Final = (
    4_000_000_000  #: bytes a parser may reserve; polars reserves far more than it uses
)
RESIDENT: Final = 1_500_000_000  #: bytes it may really hold
SECONDS: Final = 60.0
BEAT: Final = 0.02  #: seconds between two looks at the child
#: Where the children of this process come from.
STANDBY: Final = Standby()


def run_apart(folder: Path, module: str, seconds: float = SECONDS) -> str | None:
    """Run `module.child(folder)` apart and watch it.

    Returns why it was stopped, in French; None when it ended well and left `result`.
    """
    child = STANDBY.child(module, folder)
    try:
        stopped = _watch(child, seconds)
    finally:
        child.end()
    if stopped:
        return stopped
    if child.returncode == 0 and (folder / "result").exists():
        return None
    log.warning("sandbox.died", extra={"returncode": child.returncode})
    return "La lecture de ce fichier a échoué brutalement : il est abîmé ou hostile."


def _watch(child: Child, seconds: float) -> str | None:
    deadline = time.monotonic() + seconds
    while True:
        if time.monotonic() > deadline:
            return f"La lecture de ce fichier prend plus de {seconds:.0f} secondes : découpez-le."
        if max(child.peak, _resident(child.pid)) > RESIDENT:
            return "Ce fichier demande trop de mémoire une fois ouvert : découpez-le."
        if child.returncode is not None:
            return None
        child.ended(BEAT)


def _resident(pid: int) -> int:
    """Return the bytes that a process really holds, 0 where the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def stay_small() -> None:
    """Give this process the limits of a parser of untrusted files."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
