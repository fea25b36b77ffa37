"""A worker that takes a firm over and dies on the way: no farewell, no cleaning.

`python dying_process.py HOME N`: it kills itself inside the N-th batch, once it has written it
but not committed it.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from o2s_core import aggregation, store
from o2s_core.aggregation.takeover import committing
from o2s_core.aggregation.takeover.writing import Writer
from o2s_core.kernel.context import Place
from tests.kit.firm import NOW

if __name__ == "__main__":
    home, last = Path(sys.argv[1]), int(sys.argv[2])
    place = Place(home, os.environ.get("O2S_DATABASE_URL") or f"sqlite:///{home / 'o2s.sqlite3'}")
    committing.BATCH = 1
    whole, seen = Writer._keep_steps, []

    def dying(self, tx, units):
        whole(self, tx, units)
        seen.extend(unit.key for unit in units)
        if len(seen) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    Writer._keep_steps = dying
    store.run_due(place, aggregation.HANDLERS, lambda: NOW)
