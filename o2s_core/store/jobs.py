"""Long work waiting its turn: what was asked, how far it is, how it ended (Tâches de fond)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import UniqueConstraint, update
from sqlmodel import Field, SQLModel, col, select

from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.store.columns import Instant
from o2s_core.store.engine import upsert
from o2s_core.store.rows import impersonal
from o2s_core.store.transactions import reading, tx

#: Where a job may stand, and how the screen says it.
JOB_STATES = {
    "queued": "En attente",
    "running": "En cours",
    "done": "Terminée",
    "failed": "En échec",
    "cancelled": "Annulée",
}


class Job(SQLModel, table=True):
    """Tâche de fond: one piece of long work. It never steps a data version by itself."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("firm_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    firm_id: int = Field(index=True)
    kind: str = Field(sa_column_kwargs=impersonal())
    payload: str = Field(default="{}", sa_column_kwargs=impersonal())  #: JSON: ids, never names
    key: str | None = Field(default=None, sa_column_kwargs=impersonal())  #: asked once per key
    state: str = Field(default="queued", sa_column_kwargs=impersonal(), index=True)
    run_at: datetime = Field(sa_type=Instant)  #: not before
    attempts: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    worker: str = Field(default="", sa_column_kwargs=impersonal())  #: who holds the lease
    done: int = 0
    total: int = 0
    message: str = Field(default="", sa_column_kwargs=impersonal())  #: French, shown as is
    result: str = Field(default="null", sa_column_kwargs=impersonal())  #: JSON
    cancel_asked: bool = False
    created_at: datetime = Field(sa_type=Instant)
    created_by: int | None = None
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what the job was asked with."""
        return orjson.loads(self.payload)

    @property
    def progress(self) -> float | None:
        """Return how far the job is, from 0 to 1; None when it does not say."""
        return min(self.done / self.total, 1.0) if self.total else None

    @property
    def finished(self) -> bool:
        """Return whether nothing more will happen."""
        return self.state in {"done", "failed", "cancelled"}


def enqueue(
    ctx: Context,
    kind: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    run_at: datetime | None = None,
) -> int:
    """Ask for long work and return its number; the same `key` asks once.

    Joined to a write, the job exists only if the write commits.
    """
    asked = {
        "firm_id": ctx.firm_id,
        "kind": kind,
        "payload": orjson.dumps(payload, default=str).decode(),
        "key": key,
        "state": "queued",
        "run_at": run_at or ctx.now,
        "created_at": ctx.now,
        "created_by": ctx.user_id,
    }
    defaults = {"attempts": 0, "worker": "", "done": 0, "total": 0, "message": ""}
    row = defaults | {"result": "null", "cancel_asked": False} | asked
    with tx(ctx) as opened:
        insert = upsert(opened.session, Job).values(**row).on_conflict_do_nothing()
        made = opened.session.execute(insert.returning(col(Job.id))).scalar()
        if made is None:
            same = select(Job.id).where(Job.firm_id == ctx.firm_id, Job.key == key)
            made = opened.session.exec(same).one()
        return int(made)  # type: ignore[arg-type]


def job(ctx: Context, job_id: int) -> Job:
    """Return one job of the firm, as it stands."""
    with reading(ctx) as session:
        row = session.exec(select(Job).where(Job.firm_id == ctx.firm_id, Job.id == job_id)).first()
        if row is None:
            raise NotFoundError("Tâche", job_id)
        return row


def jobs(ctx: Context, *, kind: str | None = None, limit: int = 50) -> Sequence[Job]:
    """Return the last jobs of the firm, newest first."""
    asked = select(Job).where(Job.firm_id == ctx.firm_id)
    if kind is not None:
        asked = asked.where(Job.kind == kind)
    with reading(ctx) as session:
        return session.exec(asked.order_by(col(Job.id).desc()).limit(limit)).all()


def cancel_job(ctx: Context, job_id: int) -> None:
    """Cancel a waiting job at once; ask a running one to stop at its next step."""
    found = job(ctx, job_id)
    if found.finished:
        raise InvalidInputError("Cette tâche est déjà terminée : il n'y a plus rien à annuler.")
    here = update(Job).where(col(Job.id) == job_id)
    with tx(ctx) as opened:
        opened.session.execute(
            here.where(col(Job.state) == "queued").values(
                state="cancelled", finished_at=ctx.now, message="Annulée avant de commencer."
            )
        )
        opened.session.execute(here.where(col(Job.state) == "running").values(cancel_asked=True))
        opened.audit("cancel", "job", job_id, after={"kind": found.kind})


def purge_jobs(ctx: Context, older_than: timedelta) -> int:
    """Forget the jobs that ended long ago; return how many."""
    with tx(ctx) as opened:
        old = select(Job).where(
            Job.firm_id == ctx.firm_id, col(Job.finished_at) < ctx.now - older_than
        )
        rows = opened.session.exec(old).all()
        for row in rows:
            opened.session.delete(row)
        return len(rows)
