"""Who writes a named thing now? One transaction at a time, to its end."""

import hashlib

from sqlalchemy import text
from sqlmodel import Session

from o2s_core.kernel.context import Context


def take_turn(session: Session, ctx: Context, name: str) -> None:
    """Wait until no other transaction of the firm holds a name, then hold it to the end of this.

    For what is read, then written from what was read. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        said = f"{ctx.firm_id}/{name}".encode()
        lock = int.from_bytes(hashlib.sha256(said).digest()[:8], "big", signed=True)
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": lock})
