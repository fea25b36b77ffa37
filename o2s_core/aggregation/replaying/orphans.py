"""Which supports did files make that nothing speaks of any more? Taken away after a replay."""

from typing import Any

from sqlalchemy import ColumnElement, delete, exists
from sqlmodel import SQLModel, col, select

from o2s_core import market, store
from o2s_core.market.models import Instrument, InstrumentAlias


def forget_orphans(tx: store.Tx) -> int:
    """Take away the supports to be completed that no record refers to; return how many.

    Only those that a file made and nobody touched; their codes go with them.
    """
    firm = tx.ctx.firm_id
    unused = (
        col(Instrument.firm_id) == firm,
        col(Instrument.status).in_(("provisional", "unidentified")),
        col(Instrument.updated_at) == col(Instrument.created_at),
        ~_named_since(),
        *(~used for used in _uses()),
    )
    found = [id_ or 0 for id_ in tx.session.exec(select(Instrument.id).where(*unused))]
    if not found:
        return 0
    priced = set(market.last_prices(tx.ctx, found, tx.ctx.today)["instrument_id"])
    ids = sorted(set(found) - priced)
    run = tx.session.connection().execute
    run(
        delete(InstrumentAlias).where(
            col(InstrumentAlias.firm_id) == firm, col(InstrumentAlias.instrument_id).in_(ids)
        )
    )
    run(delete(Instrument).where(col(Instrument.firm_id) == firm, col(Instrument.id).in_(ids)))
    tx.touch("market")
    return len(ids)


def _named_since() -> ColumnElement[bool]:
    """Return the condition that somebody gave a support another code after it was made."""
    return exists().where(
        col(InstrumentAlias.instrument_id) == col(Instrument.id),
        col(InstrumentAlias.created_at) > col(Instrument.created_at),
    )


def _uses() -> list[Any]:
    """Return one condition for each table that refers to a support, but its own codes."""
    target = Instrument.__table__.c.id  # type: ignore[attr-defined]
    columns = [
        column
        for table in SQLModel.metadata.tables.values()
        for column in table.c
        if any(key.column is target for key in column.foreign_keys)
        and table.name != InstrumentAlias.__tablename__
    ]
    return [exists().where(column == target) for column in columns]
