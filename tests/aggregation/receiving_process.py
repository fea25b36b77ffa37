"""A process that receives one file and, when told to, dies on the way: no farewell, no cleaning.

`python receiving_process.py HOME FILE POINT`: POINT names what is about to be done, or has just
been done, when the process kills itself; `end` lets it finish and prints the state.
`wait:POINT` says `here` at that point, and goes on at the next line of its input.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from o2s_core.aggregation import archiving, committing, receiving, taking
from o2s_core.kernel.context import Context, Perimeter, Place
from o2s_core.kernel.permissions import Permission
from tests.kit.firm import NOW, TODAY

#: Where to die -> module, function, before it or after it.
POINTS = {
    "before_the_row": (archiving, "open_delivery", "before"),
    "inside_the_row": (archiving, "open_delivery", "after"),
    "before_reading": (receiving, "understood", "before"),
    "after_reading": (receiving, "understood", "after"),
    "inside_staging": (taking, "stage", "after"),
    "inside_raw_rows": (taking, "keep", "after"),
    "before_commit": (receiving, "commit_staged", "before"),
    "inside_commit": (committing, "record", "after"),
    "inside_links": (committing, "remember", "after"),
    "between_batches": (committing, "_commit", "after"),
    "before_the_end": (receiving, "close", "before"),
    "inside_the_end": (receiving, "close", "after"),
}


def interrupt_at(point: str, act) -> None:
    module, name, side = POINTS[point]
    whole = getattr(module, name)

    def interrupted(*args, **kwargs):
        if side == "before":
            act()
        given = whole(*args, **kwargs)
        if side == "after":
            act()
        return given

    setattr(module, name, interrupted)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait() -> None:
    sys.stdout.write("here\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    home, file, point = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    place = Place(home, os.environ.get("O2S_DATABASE_URL") or f"sqlite:///{home / 'o2s.sqlite3'}")
    ctx = Context(
        place, 1, None, "cli", Perimeter(everyone=True), frozenset(Permission), NOW, TODAY
    )
    committing.BATCH_ACCOUNTS = 1  # several batches in a small file
    if point.startswith("wait:"):
        interrupt_at(point.removeprefix("wait:"), wait)
    elif point != "end":
        interrupt_at(point, die)
    sys.stdout.write(receiving.receive(ctx, file, contact="C00001").state)
