"""A process that does real work until somebody kills it; it says how far it is, a word a line.

`python killable_process.py receive FILE` is the command `o2s feed receive FILE`: it says `ready`
when it is about to start, `read` when the file is read. `python killable_process.py publish` makes
the published copies again, once: it says `ready`. The home is that of `O2S_HOME`.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from o2s_core import portfolio, store
from o2s_core.aggregation import committing, receiving
from o2s_core.cli import feed
from o2s_core.cli.asking import ask


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def receive(file: str) -> None:
    committing.BATCH_ACCOUNTS = 5  # several batches in a small file
    whole = receiving._step

    def telling(*args):
        say("read")
        return whole(*args)

    receiving._step = telling
    say("ready")
    feed.app(["receive", file, "--contact", "C00001"])


def publish() -> None:
    ctx = ask()
    say("ready")
    store.rebuild(ctx, portfolio.PROJECTIONS)


if __name__ == "__main__":
    receive(sys.argv[2]) if sys.argv[1] == "receive" else publish()
