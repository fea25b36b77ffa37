"""What is compared? The securities asked, with all their prices, before anything is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.market.comparison.histories import History, chained, histories
from o2s_core.market.comparison.period import as_date, is_sparse
from o2s_core.market.comparison.shapes import FEWEST, MOST, UNPRICED, Security
from o2s_core.market.models import Instrument
from o2s_core.market.supports.absorptions import Ancestor


@dataclass(frozen=True, slots=True)
class Known:
    """What the record of a security says of it."""

    id: int
    isin: str | None
    label: str
    kind: str
    status: str
    income: str
    sri: int | None  #: of the manufacturer, else as typed
    sfdr: int | None  #: null when the file says that it is out of scope


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known before anything is measured."""

    securities: tuple[Security, ...]
    rows: tuple[Known, ...]
    histories: tuple[History, ...]


def asked(ctx: Context, ids: Sequence[int], *, chain: bool) -> Asked:
    """Return the securities asked with all their prices, or say which one cannot be compared."""
    rows = _rows(ctx, ids)
    known = histories(ctx, ids, ctx.today)
    absorbed: tuple[tuple[Ancestor, ...], ...] = ((),) * len(ids)
    if chain:
        known, absorbed = chained(ctx, ids, known, ctx.today)
    for row, history in zip(rows, known, strict=True):
        if row.kind in UNPRICED or not len(history.days):
            raise InvalidInputError(
                f"« {row.label} » n'a aucun cours : retirez-le, ou chargez ses cours."
            )
    return Asked(tuple(map(_security, rows, known, absorbed)), rows, known)


def _rows(ctx: Context, ids: Sequence[int]) -> tuple[Known, ...]:
    if not FEWEST <= len(ids) <= MOST:
        raise InvalidInputError(f"Choisissez de {FEWEST} à {MOST} valeurs à comparer.")
    bound = {"firm_id": ctx.firm_id, "ids": list(ids)}
    with store.reading(ctx) as session:
        found = session.connection().execute(_of_firm(), bound).all()
    rows = {row.id: _known(row) for row in found}
    for each in ids:
        if each not in rows:
            raise NotFoundError("Support", each)
    return tuple(rows[each] for each in ids)


@cache
def _of_firm() -> Any:  # noqa: ANN401
    """Return the query of some securities of a firm, built once."""
    named = ("id", "isin", "label", "kind", "status", "income", "sri", "sfdr",
             "reported_sri", "reported_sfdr")  # fmt: skip
    return select(*(col(getattr(Instrument, name)) for name in named)).where(
        col(Instrument.firm_id) == bindparam("firm_id"),
        col(Instrument.id).in_(bindparam("ids", expanding=True)),
    )


def _known(row: Any) -> Known:  # noqa: ANN401
    sri, sfdr = row.reported_sri, row.reported_sfdr
    return Known(
        row.id, row.isin, row.label, row.kind, row.status, row.income,
        row.sri if sri is None else sri, (row.sfdr if sfdr is None else sfdr) or None,
    )  # fmt: skip


def _security(row: Known, history: History, absorbed: tuple[Ancestor, ...]) -> Security:
    return Security(
        id=row.id,
        isin=row.isin,
        label=row.label,
        kind=row.kind,
        currency=history.currency,
        first_on=as_date(history.days[0]),
        last_on=as_date(history.days[-1]),
        sparse=is_sparse(history),
        income=row.income if row.kind == "index" else "",
        absorbed=absorbed,
    )
