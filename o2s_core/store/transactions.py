"""One verb, one transaction: all of it, or nothing."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel

from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import StaleEditError, StoreError
from o2s_core.store import audit, data_versions
from o2s_core.store.engine import engine, is_sqlite

T = TypeVar("T")
_current: ContextVar["Tx | None"] = ContextVar("o2s_tx", default=None)
_reading: ContextVar[tuple[Place, Session] | None] = ContextVar("o2s_reading", default=None)


@dataclass(slots=True)
class Tx:
    """An open write: its session, what it will say in the audit trail, what it touched."""

    ctx: Context
    session: Session
    entries: list[audit.Entry] = field(default_factory=list)
    datasets: set[str] = field(default_factory=set)
    buckets: set[tuple[str, str]] = field(default_factory=set)

    def audit(
        self,
        action: str,
        entity: str,
        entity_id: int | str | None,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        subject: int | None = None,
    ) -> None:
        """Say what the verb did; `subject` is the contact whose data are concerned.

        With a subject, `before` and `after` are sealed under that person's key:
        they become unreadable the day the person is erased.
        """
        self.entries.append(audit.Entry(action, entity, entity_id, before, after, subject))

    def touch(self, dataset: str) -> None:
        """Say that a data set changed: cached answers about it are stale after the commit."""
        self.datasets.add(dataset)

    def dirty(self, dataset: str, part: str) -> None:
        """Say which part of a projection must be published again after the commit."""
        self.buckets.add((dataset, part))

    def add(self, row: SQLModel) -> None:
        """Add a record, stamped with who and when, and give it its identity."""
        stamp(self.ctx, row)
        self.session.add(row)
        self.session.flush()


def stamp(ctx: Context, row: SQLModel) -> None:
    """Write who made or changed a record, and when."""
    if getattr(row, "id", None) is None and hasattr(row, "created_by"):
        row.created_at, row.created_by = ctx.now, ctx.user_id
    if hasattr(row, "updated_by"):
        row.updated_at, row.updated_by = ctx.now, ctx.user_id


@contextmanager
def tx(ctx: Context) -> Iterator[Tx]:
    """Open a write, or join the one already open in this task.

    The outermost block commits: records, audit lines and data versions in one
    transaction. Anything raised, a stopped script included, rolls all back; a
    joined block that fails takes back what it did, and the outer one may go on.
    """
    outer = _current.get()
    if outer is not None and outer.ctx.place == ctx.place:
        with _joined(outer):
            yield outer
        return
    with writing(ctx.place) as session:
        current = Tx(ctx, session)
        event.listen(session, "before_flush", lambda *_: _stamp_edits(_current.get() or current))
        token = _current.set(current)
        try:
            yield current
            session.flush()
            audit.append(session, ctx, current.entries)
            data_versions.step(session, ctx, current.datasets, current.buckets)
        finally:
            _current.reset(token)


@contextmanager
def on_behalf(outer: Tx, ctx: Context) -> Iterator[Tx]:
    """Go on with an open write in the name, and at the time, of somebody else.

    For what is done again as it was done then: records bear the stamps of `ctx`,
    and what inner verbs say in the audit trail is left out; the outer verb says it once.
    """
    current = Tx(ctx, outer.session, [], set(), set())
    token = _current.set(current)
    try:
        yield current
        outer.session.flush()
    finally:
        _current.reset(token)
    outer.datasets |= current.datasets
    outer.buckets |= current.buckets


def _stamp_edits(current: Tx) -> None:
    for row in (*current.session.new, *current.session.dirty):
        if current.session.is_modified(row):
            stamp(current.ctx, row)


@contextmanager
def _joined(outer: Tx) -> Iterator[None]:
    said = (list(outer.entries), set(outer.datasets), set(outer.buckets))
    try:
        with outer.session.begin_nested():
            yield
    except BaseException:
        outer.entries, outer.datasets, outer.buckets = said
        raise


@contextmanager
def writing(place: Place) -> Iterator[Session]:
    """Hold a session that writes, without audit: for jobs and the store's own needs.

    It commits at the end; when it cannot, it says so in words.
    """
    connection = engine(place).connect().execution_options(o2s_write=True)
    try:
        with (
            connection,
            connection.begin(),
            Session(bind=connection, expire_on_commit=False) as session,
        ):
            yield session
            session.flush()
    except StaleDataError as error:
        raise StaleEditError("Cet enregistrement", []) from error
    except OperationalError as error:
        raise StoreError(
            "L'enregistrement n'a pas pu se faire : la base est occupée, pleine ou injoignable. "
            "Rien n'a été modifié ; réessayez dans un instant."
        ) from error


@contextmanager
def reading(ctx: Context) -> Iterator[Session]:
    """Open a consistent reading of the records, or join the one already open in this task.

    A view made of several questions thus sees one moment. Inside a write it
    reads through the write.
    """
    joined = _open_on(ctx.place)
    if joined is not None:
        yield joined
        return
    with (
        _snapshot(ctx.place) as connection,
        Session(bind=connection, expire_on_commit=False) as session,
    ):
        token = _reading.set((ctx.place, session))
        try:
            yield session
        finally:
            _reading.reset(token)


def remembered(ctx: Context, question: Hashable, ask: Callable[[], T]) -> T:
    """Return the answer of a question about the firm, asked once in the reading that is open.

    A reading sees one moment, so that its answers cannot change; inside a write, or
    without a reading, the question is asked each time. Who may see the answer must be
    no part of it: it is kept for the firm, until the reading ends.
    """
    read = _reading.get()
    if read is None or read[0] != ctx.place or in_write(ctx.place):
        return ask()
    kept = read[1].info.setdefault("o2s_answers", {})
    key = (ctx.firm_id, question)
    if key not in kept:
        kept[key] = ask()
    answer: T = kept[key]
    return answer


def _open_on(place: Place) -> Session | None:
    """Return the session already open on a place in this task: a write's, else a reading's."""
    outer = _current.get()
    if outer is not None and outer.ctx.place == place:
        return outer.session
    read = _reading.get()
    return read[1] if read is not None and read[0] == place else None


def in_write(place: Place) -> bool:
    """Return whether this task holds a write on a place."""
    outer = _current.get()
    return outer is not None and outer.ctx.place == place


@contextmanager
def _snapshot(place: Place) -> Iterator[Connection]:
    """Open a connection whose every statement sees the same moment."""
    with engine(place).connect() as connection:
        if not is_sqlite(place):
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


def create_all(place: Place) -> None:
    """Create every table that the imported packages declare (tests; `init` migrates)."""
    SQLModel.metadata.create_all(engine(place))
