"""A separate program that writes without end, and says on its output what was acknowledged.

`python -m tests.store.writing_process save|publish HOME ADDRESS`
"""

import sys
from itertools import count
from pathlib import Path

import polars as pl

import tests.kit.schema  # noqa: F401 (every model, as the application has them)
from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context, Perimeter, Place
from o2s_core.kernel.permissions import Permission
from tests.kit.firm import NOW, TODAY


def save(ctx: Context, number: int) -> int:
    """Add two people and one audit line, together."""
    with store.tx(ctx) as tx:
        for rank in ("a", "b"):
            code = f"P{number}-{ctx.actor}-{rank}"
            tx.add(Contact(firm_id=1, kind="person", stage="client", file_code=code))
        tx.audit("create", "contact", number)
        tx.touch("contacts")
    return number


def publish(ctx: Context, number: int) -> int:
    """Replace a part by 20,000 rows that all carry the same number."""
    frame = pl.DataFrame({"row": range(20_000)}).with_columns(number=pl.lit(number))
    store.publish(ctx, "quotes", "p", frame)
    return number


def main(verb: str, home: str, address: str, actor: str, first: str) -> None:
    """Write until killed."""
    place = Place(Path(home), address)
    everybody, rights = Perimeter(everyone=True), frozenset(Permission)
    ctx = Context(place, 1, None, actor, everybody, rights, NOW, TODAY)
    write = {"save": save, "publish": publish}[verb]
    for number in count(int(first)):
        sys.stdout.write(f"{write(ctx, number)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
