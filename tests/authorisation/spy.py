"""What is really asked of the record database, statement by statement."""

import re
from contextlib import contextmanager

from sqlalchemy import event
from sqlmodel import SQLModel

from o2s_core import store

#: Comparisons of a `firm_id` with a value or another column.
FIRM = re.compile(r"firm_id (?:=|IN) ")
NAMED = re.compile(r"(?:FROM|JOIN|,) \"?([a-z_]+)\"?(?= |$|\)|\n)")


@contextmanager
def statements(place):
    """Collect the text of every statement sent to the records of a place."""
    seen: list[str] = []

    def note(_connection, _cursor, text, *_more):
        seen.append(" ".join(text.split()))

    engine = store.engine(place)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def of_a_firm() -> set[str]:
    """The tables whose rows belong to a firm."""
    return {t.name for t in SQLModel.metadata.tables.values() if "firm_id" in t.columns}


def unscoped(text: str) -> set[str]:
    """The firm's tables that a reading names, when it says nowhere which firm."""
    if not text.upper().startswith("SELECT") or FIRM.search(text):
        return set()
    return set(NAMED.findall(text)) & of_a_firm()
