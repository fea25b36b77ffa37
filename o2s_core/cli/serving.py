"""What `make run` does: a firm to look at, a worker, the application, and where to open it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from o2s_core.cli.asking import settings, tell
from o2s_core.cli.updating import bring_up_to_date
from o2s_core.kernel.errors import O2SError

ROOT = Path(__file__).parents[2]


def serve() -> int:
    """Build the demonstration firm if there is no firm, then run worker and application."""
    from o2s_core.demo import LOGINS, PASSWORD, build

    now, today = settings().clock()
    home = settings().place.home
    bring_up_to_date(settings().place, now)
    if not _has_firm():
        tell("Création du cabinet de démonstration (chiffres inventés)…")
        build(settings().place, now, today)
    port = os.environ.get("PORT", "8501")
    tell(f"\n  O2S est ouvert sur http://127.0.0.1:{port}")
    tell(f"  Données : {home}")
    if _is_demo():
        tell(f"  Identifiants : {', '.join(LOGINS)} — mot de passe : {PASSWORD}\n")
    worker = subprocess.Popen([sys.executable, "-m", "o2s_core.cli", "worker"])
    web = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port], cwd=ROOT
    )
    return _wait(worker, web)


def _has_firm() -> bool:
    from o2s_core import administration

    try:
        administration.operator(settings().place, *settings().clock())
    except O2SError:
        return False
    return True


def _is_demo() -> bool:
    from o2s_core import administration

    return administration.front_door(settings().place).is_demo


def _wait(*processes: subprocess.Popen[bytes]) -> int:
    """Wait until one ends or the person interrupts; then end the others."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
    except (KeyboardInterrupt, SystemExit):
        tell("Arrêt…")
    finally:
        for process in processes:
            process.terminate()
        codes = [process.wait(timeout=15) for process in processes]
    return max(codes)


if __name__ == "__main__":
    sys.exit(serve())
