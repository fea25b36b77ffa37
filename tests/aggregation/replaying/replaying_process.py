"""A process that replays the archive and dies on the way: no farewell, no cleaning.

`python replaying_process.py HOME POINT`: POINT names after what it kills itself.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from o2s_core.aggregation.replaying import running
from o2s_core.kernel.context import Context, Perimeter, Place
from o2s_core.kernel.permissions import Permission
from tests.kit.firm import NOW, TODAY

POINTS = {"wiped": "wipe", "half": "commit_staged", "before_the_end": "_end"}

if __name__ == "__main__":
    home, point = Path(sys.argv[1]), sys.argv[2]
    place = Place(home, os.environ.get("O2S_DATABASE_URL") or f"sqlite:///{home / 'o2s.sqlite3'}")
    ctx = Context(
        place, 1, None, "cli", Perimeter(everyone=True), frozenset(Permission), NOW, TODAY
    )
    whole = getattr(running, POINTS[point])

    def dying(*args, **kwargs):
        whole(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(running, POINTS[point], dying)
    running.replay(ctx)
