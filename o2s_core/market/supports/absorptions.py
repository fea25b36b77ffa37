"""Which support goes on with the history of another? Fusion-absorption, and its ratio."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

import polars as pl
from sqlalchemy import bindparam, select
from sqlmodel import col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.models import Absorption, Instrument

#: One row per absorption in force of the firm.
ABSORPTIONS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "old_id": pl.Int64(),
        "old": pl.String(),  #: label of the support that was absorbed
        "old_isin": pl.String(),
        "new_id": pl.Int64(),
        "since": pl.Date(),
        "ratio": store.EXACT_FRAME,
        "source": pl.String(),
    }
)


def _ratio(value: Decimal, _all: Any, _today: date) -> str | None:  # noqa: ANN401
    return None if value > 0 else "indiquez un nombre positif, par exemple 1,2345."


ABSORPTION_FORM: Final = FormSchema(
    "Fusion",
    (
        FormField("since", "Première date du nouveau support", "day", required=True),
        FormField("ratio", "Parité", "quantity", required=True, check=_ratio,
                  hint="Parts du nouveau support reçues pour une part de l'ancien."),
        FormField("source", "Source", required=True, maximum=200,
                  hint="Par exemple : avis aux porteurs du 12/03/2026."),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AbsorptionForm:
    """An absorption as typed: `ratio` units of the new support for one of the old one."""

    since: date
    ratio: Decimal
    source: str


def absorptions(ctx: Context) -> pl.DataFrame:
    """Return the absorptions in force of the firm (schema `ABSORPTIONS`), the oldest first."""
    ctx.require(Permission.MARKET_READ)
    return store.frame(ctx, _in_force(), ABSORPTIONS, {"firm_id": ctx.firm_id})


@cache
def _in_force() -> Any:  # noqa: ANN401
    """Return the query of the absorptions in force, built once."""
    return (
        select(
            *(col(getattr(Absorption, n)) for n in ABSORPTIONS if n not in {"old", "old_isin"}),
            col(Instrument.label).label("old"),
            col(Instrument.isin).label("old_isin"),
        )
        .join(Instrument, col(Instrument.id) == col(Absorption.old_id))
        .where(col(Absorption.firm_id) == bindparam("firm_id"), col(Absorption.ended_at).is_(None))
        .order_by(col(Absorption.since), col(Absorption.id))
    )


def absorb(
    ctx: Context, new_id: int, old_id: int, form: AbsorptionForm, *, key: str | None = None
) -> int:
    """Say that a support absorbed another: its history goes on before that day.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, the old support was absorbed already, the two are one,
        or they would absorb each other.
    """
    ctx.require(Permission.INSTRUMENT_WRITE)
    values = {name: getattr(form, name) for name in AbsorptionForm.__slots__}
    ABSORPTION_FORM.require_valid(values, ctx.today)
    with store.tx(ctx) as tx:

        def make() -> int:
            for each in (new_id, old_id):
                one_instrument(ctx, tx.session, each)
            _require_chain(ctx, new_id, old_id)
            row = Absorption(firm_id=ctx.firm_id, new_id=new_id, old_id=old_id, **values)
            tx.add(row)
            said = {"old": old_id, "since": str(form.since), "ratio": str(form.ratio)}
            tx.audit("absorb", "instrument", new_id, after=said)
            tx.touch("market")
            return row.id or 0

        return store.idempotent(tx, key, make)


def _require_chain(ctx: Context, new_id: int, old_id: int) -> None:
    known = dict(absorptions(ctx).select("old_id", "new_id").iter_rows())
    message = ""
    if old_id in known:
        message = "ce support est déjà absorbé par un autre : retirez d'abord cette fusion."
    after: int | None = new_id
    while after is not None:
        if after == old_id:
            message = "un support ne peut pas être absorbé par lui-même, ni par ce qu'il a absorbé."
        after = known.get(after)
    if message:
        raise InvalidInputError([FieldProblem("old_id", "Support absorbé", message)])


def end_absorption(ctx: Context, absorption_id: int) -> None:
    """Take back an absorption that was typed wrong: the histories are apart again."""
    ctx.require(Permission.INSTRUMENT_WRITE)
    with store.tx(ctx) as tx:
        query = select_rows(Absorption).where(
            Absorption.firm_id == ctx.firm_id, Absorption.id == absorption_id
        )
        row = tx.session.exec(query).first()
        if row is None or row.ended_at is not None:
            raise NotFoundError("Fusion", absorption_id)
        row.ended_at = ctx.now
        tx.add(row)
        tx.audit("unabsorb", "instrument", row.new_id, after={"old": row.old_id})
        tx.touch("market")


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A support whose prices stand for another's before a day."""

    id: int
    label: str
    since: date  #: first day of its heir
    ratio: Decimal  #: its price divided by this is a price of the heir


def ancestors(instrument_id: int, known: pl.DataFrame) -> tuple[Ancestor, ...]:
    """Return what a support goes on with, the nearest first; `known` are the absorptions.

    Of two supports absorbed the same day, the first one said is the history.
    """
    found: list[Ancestor] = []
    ratio, heir = Decimal(1), instrument_id
    while True:
        rows = known.filter(new_id=heir).to_dicts()
        if not rows:
            return tuple(found)
        last = max(rows, key=lambda row: (row["since"], -row["id"]))
        ratio, heir = ratio * last["ratio"], last["old_id"]
        found.append(Ancestor(heir, last["old"], last["since"], ratio))
