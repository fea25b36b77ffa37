"""Databases as earlier versions wrote them, kept as text, with the data of a small firm.

    .venv/bin/python -m tests.kit.frozen

writes the newest schema as `tests/data/schemas/<revision>.sql`; do it once, when a
revision is released, and never touch the file again.
"""

import base64
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from o2s_core import store
from o2s_core.kernel.context import Place
from o2s_core.store import schema
from tests import kit

FOLDER = Path(__file__).parents[1] / "data" / "schemas"
#: The key of every frozen store: known, so that its audit chain still verifies.
KEY = "k1 " + base64.b64encode(b"the key of frozen test stores...").decode() + "\n"


def write_key(place: Place) -> None:
    """Give a place the key of the frozen stores."""
    place.key_path.parent.mkdir(parents=True, exist_ok=True)
    place.key_path.write_text(KEY)
    place.key_path.chmod(0o600)


def thaw(revision: str, file: Path) -> None:
    """Make the SQLite file that the program of that revision left."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((FOLDER / f"{revision}.sql").read_text())


def freeze() -> Path:
    """Write the newest schema, holding a small firm, as text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "home" / "o2s.sqlite3"
        place = Place(file.parent, f"sqlite:///{file}")
        write_key(place)
        revision = schema.migrate(place)
        _fill(kit.new_firm(place))
        store.close(place)
        with closing(sqlite3.connect(file)) as connection:
            text = "\n".join(connection.iterdump())
    made = FOLDER / f"{revision}.sql"
    made.write_text(text + "\n")
    return made


def _fill(firm: kit.Firm) -> None:
    alice = replace(firm.alice)
    anne, paul = kit.person(alice, "Martin", "Anne"), kit.person(alice, "Martin", "Paul")
    kit.household(alice, anne, paul)
    insurer, fund = kit.provider(alice), kit.instrument(alice, "Fonds d'essai")
    account = kit.account(alice, insurer, [anne, paul], number="AV-1")
    line = {"instrument_id": fund, "quantity": "12.34567891", "price": "100", "value": "1234.57"}
    kit.situation(alice, account, date(2026, 10, 31), [line], total="1234.57")
    kit.movement(alice, account, date(2026, 10, 1), "deposit", net="1000")
    kit.price(alice, fund, date(2026, 10, 31), "100")
    with store.tx(alice) as tx:
        tx.audit("create", "contact", anne, after={"last_name": "Martin"}, subject=anne)
        tx.audit("create", "account", account, after={"envelope": "assurance_vie"})
    store.enqueue(alice, "import", {"delivery": 1}, key="once")


if __name__ == "__main__":
    sys.stdout.write(f"{freeze()}\n")
