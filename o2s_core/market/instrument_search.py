"""Finding a support from what is at hand: its ISIN, another of its codes, words of its name."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, or_, select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import compact, is_isin, search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import mine
from o2s_core.market.models import Instrument, InstrumentAlias


@dataclass(frozen=True, slots=True)
class FoundInstrument:
    """A support as the quick search shows it."""

    id: int
    label: str
    isin: str  #: empty when it has none
    kind: str
    manager: str
    active: bool


def search_instruments(
    ctx: Context, text: str, *, limit: int = 5, archived: bool = False
) -> tuple[FoundInstrument, ...]:
    """Return the supports that an ISIN, a code or words of a name may mean; the likeliest first.

    `archived` adds those that are closed (status inactive).
    """
    ctx.require(Permission.MARKET_READ)
    if not search_key(text):
        return ()
    asked = select(col(Instrument.id)).where(mine(ctx), _answers(ctx, text))
    if not archived:
        asked = asked.where(col(Instrument.status) != "inactive")
    shown = ("id", "label", "isin", "kind", "manager", "status")
    with store.reading(ctx) as session:
        query = asked.order_by(_likelihood(text), col(Instrument.search_key)).limit(limit)
        ids = list(session.execute(query).scalars())
        columns = (col(getattr(Instrument, name)) for name in shown)
        rows = session.execute(select(*columns).where(mine(ctx), col(Instrument.id).in_(ids))).all()
    by_id = {row.id: row for row in rows}
    return tuple(_shown(*by_id[id_]) for id_ in ids)


def _shown(
    id_: int, label: str, isin: str | None, kind: str, manager: str, status: str
) -> FoundInstrument:
    return FoundInstrument(id_, label, isin or "", kind, manager, status != "inactive")


def _answers(ctx: Context, text: str) -> ColumnElement[bool]:
    """Return the condition that a support answers: by the words of its name, or by a code."""
    said, code = store.holds_words(Instrument.search_key, text), compact(text)
    if len(code) < 4 or not any(c.isdigit() for c in code):
        return said
    coded = select(col(InstrumentAlias.instrument_id)).where(
        col(InstrumentAlias.firm_id) == ctx.firm_id, col(InstrumentAlias.code) == code
    )
    isin = store.holds_words(Instrument.search_key, code)
    return or_(isin if is_isin(code) else said, col(Instrument.id).in_(coded))


def _likelihood(text: str) -> ColumnElement[int]:
    """Return 0 for a code that begins so, then names that begin so, then words that do."""
    key, words = col(Instrument.search_key), search_key(text)
    return case(
        (key.contains(f" {compact(text).lower()}", autoescape=True), 0),
        (key.startswith(words, autoescape=True), 1),
        (key.contains(f" {words}", autoescape=True), 2),
        else_=3,
    )
