"""Full text: which rows of a table hold some words, in the record database itself.

A table keeps its words ready in one column (folded, stemmed, separated by spaces).
SQLite indexes it by FTS5 over that very column, PostgreSQL by a GIN index; both are made
when first needed and follow every write in its transaction.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Float, Integer, Select, column, text
from sqlmodel import Session

from o2s_core.store.transactions import Tx

#: What the index is called; the schema does not compare what bears it.
PREFIX: Final = "fts_"
WORD: Final = re.compile(r"[a-z0-9]+\*?")


@dataclass(frozen=True, slots=True)
class FullText:
    """A column of ready words to search in."""

    table: str
    column: str

    @property
    def name(self) -> str:
        """Return the name of the index."""
        return f"{PREFIX}{self.table}"


def prepare_full_text(tx: Tx, index: FullText) -> None:
    """Make the index if it is missing, from the rows already there."""
    if _is_sqlite(tx.session):
        if not _ready(tx.session, index):
            for order in _fts5(index):
                tx.session.execute(text(order))
        return
    vector = f"to_tsvector('simple', {index.column})"
    made = f"create index if not exists {index.name} on {index.table} using gin ({vector})"
    tx.session.execute(text(made))


def full_text_matches(
    session: Session, index: FullText, words: Sequence[Sequence[str]]
) -> Select[Any] | None:
    """Return a query of `(id, rank)` of the rows that hold, for each word, one of its forms.

    The lower the rank, the better. A form that ends in `*` stands for its beginning.
    None when there is nothing to search for, or nothing was ever indexed.
    """
    forms = [[form for form in word if WORD.fullmatch(form)] for word in words]
    if not forms or not all(forms):
        return None
    columns = (column("id", Integer), column("rank", Float))
    if not _is_sqlite(session):
        asked = " & ".join("(" + " | ".join(_tsquery(f) for f in word) + ")" for word in forms)
        vector = f"to_tsvector('simple', {index.column})"
        sql = (
            f"select id, -ts_rank({vector}, q) as rank from {index.table}, "  # noqa: S608
            f"to_tsquery('simple', :asked) q where {vector} @@ q"
        )
        return text(sql).bindparams(asked=asked).columns(*columns)  # type: ignore[return-value]
    if not _ready(session, index):
        return None
    asked = " AND ".join("(" + " OR ".join(_fts5_form(f) for f in word) + ")" for word in forms)
    sql = f"select rowid as id, rank from {index.name} where {index.name} match :asked"  # noqa: S608
    return text(sql).bindparams(asked=asked).columns(*columns)  # type: ignore[return-value]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _ready(session: Session, index: FullText) -> bool:
    known = "select 1 from sqlite_master where type = 'table' and name = :name"
    return session.execute(text(known), {"name": index.name}).first() is not None


def _fts5(index: FullText) -> list[str]:
    """Return the orders that make the index and have it follow the table."""
    name, table, words = index.name, index.table, index.column
    gone = f"insert into {name}({name}, rowid, {words}) values('delete', old.id, old.{words});"
    come = f"insert into {name}(rowid, {words}) values (new.id, new.{words});"  # noqa: S608
    return [
        f"create virtual table {name} using fts5({words}, content='{table}', content_rowid='id')",
        f"create trigger {name}_come after insert on {table} begin {come} end",
        f"create trigger {name}_gone after delete on {table} begin {gone} end",
        f"create trigger {name}_turn after update of {words} on {table} begin {gone} {come} end",
        f"insert into {name}({name}) values('rebuild')",
    ]


def _fts5_form(form: str) -> str:
    return f'"{form[:-1]}"*' if form.endswith("*") else f'"{form}"'


def _tsquery(form: str) -> str:
    return f"{form[:-1]}:*" if form.endswith("*") else form
