"""Who does the long work: one job at a time, taken by one worker only, resumed after a crash."""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any, Final

import orjson
from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from o2s_core.kernel.context import Context, Perimeter, Place
from o2s_core.kernel.errors import O2SError, StoreError
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS
from o2s_core.store.data_versions import versions
from o2s_core.store.engine import is_sqlite
from o2s_core.store.jobs import Job
from o2s_core.store.transactions import in_write, writing

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=120)  #: after this silence a running job is taken over
ATTEMPTS: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)  #: then 4 times longer at each failure

Clock = Callable[[], datetime]


class JobCancelledError(O2SError):
    """Somebody asked a running job to stop."""

    def __init__(self) -> None:
        super().__init__("Annulée en cours de route : ce qui était déjà enregistré le reste.")


@dataclass(frozen=True, slots=True)
class Work:
    """A job in the hands of a worker."""

    place: Place
    id: int
    firm_id: int
    kind: str
    payload: Mapping[str, Any]
    created_by: int | None
    attempt: int  #: 1 the first time
    worker: str
    clock: Clock

    @property
    def context(self) -> Context:
        """Return what the job may do: everything in its firm, in the name of the worker."""
        now = self.clock()
        everybody, rights = Perimeter(everyone=True), frozenset(Permission)
        today = now.astimezone(PARIS).date()
        return Context(
            self.place, self.firm_id, None, "worker", everybody, rights, now, today,
            versions(self.place, self.firm_id),
        )  # fmt: skip

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far the work is; raise `JobCancelledError` when it was asked to stop.

        Inside a write it does nothing: call it between two.
        """
        if in_write(self.place):
            return
        said = {"done": done, "total": total, "message": message}
        if _hold(self, **said):
            raise JobCancelledError


#: What does a kind of work; the answer is kept as the result of the job.
Handler = Callable[[Work], Mapping[str, Any] | None]


def run_due(
    place: Place, handlers: Mapping[str, Handler], clock: Clock, *, most: int | None = None
) -> int:
    """Do every job whose time has come, and return how many were taken.

    A job whose worker fell silent is taken over; one that fails without a reason
    meant for a person is tried again, later and later, `ATTEMPTS` times.
    """
    taken = 0
    while most is None or taken < most:
        work = _claim(place, clock, tuple(handlers))
        if work is None:
            break
        taken += 1
        _do(work, handlers[work.kind])
    return taken


def _claim(place: Place, clock: Clock, kinds: tuple[str, ...]) -> Work | None:
    """Take the next job with one statement: two workers never take the same."""
    now, worker = clock(), uuid.uuid4().hex
    due = or_(
        and_(col(Job.state) == "queued", col(Job.run_at) <= now),
        and_(col(Job.state) == "running", col(Job.lease_until) < now),
    )
    chosen = select(col(Job.id)).where(due, col(Job.kind).in_(kinds))
    chosen = chosen.order_by(col(Job.run_at), col(Job.id)).limit(1)
    if not is_sqlite(place):
        chosen = chosen.with_for_update(skip_locked=True)
    take = (
        update(Job)
        .where(col(Job.id) == chosen.scalar_subquery())
        .values(
            state="running",
            worker=worker,
            lease_until=now + LEASE,
            attempts=col(Job.attempts) + 1,
            started_at=now,
        )
    )
    with writing(place) as session:
        row = session.execute(take.returning(*Job.__table__.columns)).mappings().first()  # type: ignore[attr-defined]
    if row is None:
        return None
    return Work(
        place, row["id"], row["firm_id"], row["kind"], orjson.loads(row["payload"]),
        row["created_by"], row["attempts"], worker, clock,
    )  # fmt: skip


def _do(work: Work, handler: Handler) -> None:
    if work.attempt > ATTEMPTS:
        _end(work, "failed", message="Abandonnée : elle s'est interrompue à chaque essai.")
        return
    try:
        with _kept_alive(work):
            result = handler(work)
    except JobCancelledError as stopped:
        _end(work, "cancelled", message=str(stopped))
    except StoreError as busy:
        _retry(work, str(busy))
    except O2SError as refused:
        _end(work, "failed", message=str(refused))
    except Exception:
        log.exception("job.failed", extra={"job": work.id, "kind": work.kind})
        _retry(work, f"Incident technique (référence {work.worker[:8]}).")
    else:
        _end(work, "done", result=orjson.dumps(result, default=str).decode())


def _retry(work: Work, message: str) -> None:
    if work.attempt >= ATTEMPTS:
        _end(work, "failed", message=f"{message} Abandonnée après {ATTEMPTS} essais.")
        return
    wait = FIRST_WAIT * 4 ** (work.attempt - 1)
    later = {"state": "queued", "run_at": work.clock() + wait, "lease_until": None}
    _write(work, **later, message=f"{message} Nouvel essai prévu.")


def _end(work: Work, state: str, **said: Any) -> None:  # noqa: ANN401
    _write(work, state=state, finished_at=work.clock(), lease_until=None, **said)
    log.info("job.ended", extra={"job": work.id, "kind": work.kind, "state": state})


def _write(work: Work, **values: Any) -> None:  # noqa: ANN401
    """Write on a job that is still ours; one that was taken over is left alone."""
    mine = and_(col(Job.id) == work.id, col(Job.worker) == work.worker)
    with writing(work.place) as session:
        session.execute(update(Job).where(mine).values(**values))


def _hold(work: Work, **said: Any) -> bool:  # noqa: ANN401
    """Extend the lease and return whether the work must stop: cancelled, or taken over."""
    mine = and_(col(Job.id) == work.id, col(Job.worker) == work.worker, col(Job.state) == "running")
    keep = update(Job).where(mine).values(lease_until=work.clock() + LEASE, **said)
    with writing(work.place) as session:
        asked = session.execute(keep.returning(col(Job.cancel_asked))).scalar()
    return asked is None or bool(asked)


@contextmanager
def _kept_alive(work: Work) -> Iterator[None]:
    """Renew the lease while the handler works."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(LEASE.total_seconds() / 4):
            try:
                _hold(work)
            except StoreError:
                log.warning("job.lease_late", extra={"job": work.id})

    thread = Thread(target=beat, name=f"job-{work.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
