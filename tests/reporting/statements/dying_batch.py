"""A worker that dies in the middle of a batch: run as a process, by the test beside it."""

import os
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from o2s_core import reporting, store
from o2s_core.kernel.context import Place
from o2s_core.reporting.statements import batches


def main(home: str, address: str, key: str, now: str) -> None:
    """Make one statement, begin the second, and die."""
    whole, count = batches.issue_statement, []

    def once(*args, **kwargs):
        if count:
            os._exit(9)
        count.append(whole(*args, **kwargs))
        return count[0]

    batches.issue_statement = once
    clock = datetime.fromisoformat(now)
    store.run_due(Place(Path(home), address, Path(key)), reporting.HANDLERS, lambda: clock)


if __name__ == "__main__":
    main(*sys.argv[1:])
