"""How a button pressed twice creates once."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Field, SQLModel, col

from o2s_core.store.columns import Instant
from o2s_core.store.engine import upsert
from o2s_core.store.rows import impersonal
from o2s_core.store.transactions import Tx


class IdempotencyKey(SQLModel, table=True):
    """A creation that was asked for, and what it made."""

    __tablename__ = "idempotency_key"
    firm_id: int = Field(primary_key=True)
    key: str = Field(primary_key=True, sa_column_kwargs=impersonal())
    made_id: int | None = None
    at: datetime = Field(sa_type=Instant)


def idempotent(tx: Tx, key: str | None, make: Callable[[], int]) -> int:
    """Make something once per key; the second time, return the id of what was made first.

    Without key it is simply made. Two at once: the second waits for the first.
    """
    if not key:
        return make()
    firm_id = tx.ctx.firm_id
    ask = upsert(tx.session, IdempotencyKey).values(firm_id=firm_id, key=key, at=tx.ctx.now)
    first = tx.session.execute(ask.on_conflict_do_nothing().returning(col(IdempotencyKey.key)))
    if first.scalar() is None:
        return _made_before(tx, key)
    made = make()
    here = (col(IdempotencyKey.firm_id) == firm_id) & (col(IdempotencyKey.key) == key)
    tx.session.execute(update(IdempotencyKey).where(here).values(made_id=made))
    return made


def _made_before(tx: Tx, key: str) -> int:
    row = tx.session.get(IdempotencyKey, (tx.ctx.firm_id, key), populate_existing=True)
    if row is None or row.made_id is None:
        raise RuntimeError(f"key {key!r} used inside its own creation")
    return row.made_id
