"""What comes back every day or every minute, and when it is next due (Tâches planifiées)."""

from datetime import datetime, timedelta

import orjson
from sqlalchemy import UniqueConstraint, update
from sqlmodel import Field, Session, SQLModel, col, select

from o2s_core.kernel.context import Context, Place
from o2s_core.store.columns import Instant
from o2s_core.store.engine import engine, upsert
from o2s_core.store.jobs import Job
from o2s_core.store.rows import impersonal
from o2s_core.store.transactions import reading, tx, writing
from o2s_core.store.worker import Clock


class Recurrence(SQLModel, table=True):
    """A kind of job that is asked for again and again."""

    __tablename__ = "recurrence"
    __table_args__ = (UniqueConstraint("firm_id", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    firm_id: int = Field(index=True)
    kind: str = Field(sa_column_kwargs=impersonal())
    payload: str = Field(default="{}", sa_column_kwargs=impersonal())  #: JSON
    every_seconds: int
    next_at: datetime = Field(sa_type=Instant)
    last_at: datetime | None = Field(default=None, sa_type=Instant)
    active: bool = True


def recur(
    ctx: Context,
    kind: str,
    every: timedelta,
    payload: dict[str, object] | None = None,
    *,
    first_at: datetime | None = None,
) -> None:
    """Have a kind of job asked for every so often; asked again, it changes the pace only."""
    row = {
        "firm_id": ctx.firm_id,
        "kind": kind,
        "payload": orjson.dumps(payload or {}).decode(),
        "every_seconds": int(every.total_seconds()),
        "next_at": first_at or ctx.now,
        "active": True,
    }
    pace = {name: row[name] for name in ("payload", "every_seconds", "active")}
    with tx(ctx) as opened:
        insert = upsert(opened.session, Recurrence).values(**row)
        opened.session.execute(
            insert.on_conflict_do_update(index_elements=["firm_id", "kind"], set_=pace)
        )


def recurrences(ctx: Context) -> list[Recurrence]:
    """Return what comes back in the firm, soonest first."""
    asked = select(Recurrence).where(Recurrence.firm_id == ctx.firm_id)
    with reading(ctx) as session:
        return list(session.exec(asked.order_by(col(Recurrence.next_at))).all())


def plan_due(place: Place, clock: Clock) -> int:
    """Ask for every recurring job whose time has come; return how many.

    Whoever steps `next_at` asks, so that two workers ask once. A worker that
    slept through several turns asks once, not once per turn.
    """
    now = clock()
    due = select(Recurrence).where(col(Recurrence.active).is_(True), Recurrence.next_at <= now)
    with Session(engine(place)) as session:
        rows = session.exec(due).all()
    return sum(_ask(place, row, now) for row in rows)


def _ask(place: Place, row: Recurrence, now: datetime) -> bool:
    """Step a recurrence and ask for its job in one transaction; False when another did."""
    every = timedelta(seconds=row.every_seconds)
    missed = (now - row.next_at) // every
    step = (
        update(Recurrence)
        .where(col(Recurrence.id) == row.id, col(Recurrence.next_at) == row.next_at)
        .values(next_at=row.next_at + every * (missed + 1), last_at=now)
    )
    with writing(place) as session:
        if not session.execute(step).rowcount:  # type: ignore[attr-defined]
            return False
        if not _still_going(session, row):
            asked = {"firm_id": row.firm_id, "kind": row.kind, "payload": row.payload}
            session.add(Job.model_validate(asked | {"run_at": now, "created_at": now}))
        return True


def _still_going(session: Session, row: Recurrence) -> bool:
    """Return whether the same job waits or runs already."""
    same = select(Job.id).where(
        Job.firm_id == row.firm_id,
        Job.kind == row.kind,
        col(Job.state).in_(["queued", "running"]),
    )
    return session.exec(same.limit(1)).first() is not None
