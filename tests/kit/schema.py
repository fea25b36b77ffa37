"""Write the next step of the schema after a change of the models.

    .venv/bin/python -m tests.kit.schema "Add the birthplace"

Read the file it writes, then run the tests of the store.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy import MetaData
from sqlmodel import SQLModel

import o2s_core.administration.models
import o2s_core.aggregation.models
import o2s_core.contacts.models
import o2s_core.documents.models
import o2s_core.market.models
import o2s_core.messaging.models
import o2s_core.portfolio.models
import o2s_core.reporting.models
import o2s_core.wealth.models  # noqa: F401
from o2s_core.kernel.context import Place
from o2s_core.store import schema


def prepare(place: Place) -> None:
    """Give an empty place its tables, as `o2s init` does.

    While a step is still to be written the models win, so that one test says
    what is missing (`tests/store/test_schema.py`) and the others run.
    """
    schema.migrate(place)
    if schema.differences(place):
        found = MetaData()
        found.reflect(schema.engine(place))
        old = [table for table in found.sorted_tables if table.name != "alembic_version"]
        found.drop_all(schema.engine(place), tables=old)
        SQLModel.metadata.create_all(schema.engine(place))


def next_step(message: str) -> Path | None:
    """Return the file of the new step, None when the models changed nothing."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), f"sqlite:///{folder}/o2s.sqlite3")
        last = schema.migrate(place) or "0000"
        made = schema.autogenerate(place, message, f"{int(last) + 1:04d}")
    if made is not None:
        made.write_text(re.sub(r"^ *# ###.*\n", "", made.read_text(), flags=re.MULTILINE))
        for order in (["format", "--quiet"], ["check", "--quiet", "--fix"], ["format", "--quiet"]):
            subprocess.run([Path(sys.executable).with_name("ruff"), *order, made], check=False)
    return made


if __name__ == "__main__":
    said = next_step(sys.argv[1]) or "Nothing to do: the models and the schema agree."
    sys.stdout.write(f"{said}\n")
