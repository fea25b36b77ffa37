"""Take a network firm over, rehearsal then import, and say what each took, as JSON.

`python large_process.py HOME CLIENTS`: HOME is that of the firm under test.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from o2s_core import administration, aggregation, store
from o2s_core.kernel.context import Place
from tests.aggregation.takeover.large_exports import exports
from tests.kit.firm import NOW, TODAY


def timed(run):
    """What a step gave, and the seconds of processor it took."""
    start = time.process_time()
    given = run()
    return given, round(time.process_time() - start, 1)


def taken_over(place, clients):
    ctx = administration.context_as(place, "manager", NOW, TODAY)
    alice = next(a.id for a in administration.advisers(ctx) if a.login == "alice")
    made = aggregation.open_takeover(ctx, "Ancien outil", "generic", alice)
    for name, data in exports(clients).items():
        aggregation.add_export(ctx, made, data, name)
    report, rehearsal = timed(lambda: aggregation.rehearse_takeover(ctx, made))
    job = aggregation.commit_takeover(ctx, made)
    _, written = timed(lambda: store.run_due(place, aggregation.HANDLERS, lambda: NOW))
    states = aggregation.takeover_outcome(ctx, made)["state"]
    return {
        "rehearsal": rehearsal, "import": written, "errors": report.count("error"),
        "state": store.job(ctx, job).state, "done": int((states == "done").sum()),
        "units": len(states),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


if __name__ == "__main__":
    home = Path(sys.argv[1])
    place = Place(home, os.environ.get("O2S_DATABASE_URL") or f"sqlite:///{home / 'o2s.sqlite3'}")
    sys.stdout.write(json.dumps(taken_over(place, int(sys.argv[2]))))
