"""Where is a support invested, which envelopes take it, which labels has it, and who says so."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.kinds import ELIGIBLE, LABELS, ZONES
from o2s_core.market.models import SupportDescription

#: One row per description of a support, the newest first: the first one stands.
DESCRIBED: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "zone": pl.String(),
        "eligible": pl.String(),  #: codes of `ELIGIBLE`, comma-separated
        "labels": pl.String(),  #: codes of `LABELS`, comma-separated
        "source": pl.String(),
        "as_of": pl.Date(),
        "recorded_at": pl.Datetime("us", "UTC"),
        "author": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class DescriptionForm:
    """What is read of a support in a source of a day; what is not named is not so."""

    source: str
    as_of: date | None
    zone: str = ""
    eligible: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def describe(
    ctx: Context, instrument_id: int, form: DescriptionForm, *, key: str | None = None
) -> int:
    """Write the zone, the envelopes and the labels of a support, and return the description.

    The search and the proposals follow it at once; the descriptions before stay readable.

    Raises
    ------
    InvalidInputError
        The source or its day is missing, the day is to come, or a code is not of a list.
    """
    ctx.require(Permission.INSTRUMENT_WRITE)
    _require_sound(ctx, form)
    with store.tx(ctx) as tx:

        def make() -> int:
            row = one_instrument(ctx, tx.session, instrument_id)
            before = {"zone": row.zone, "eligible": row.eligible, "labels": row.labels}
            after = {"zone": form.zone, "eligible": _coded(form.eligible, ELIGIBLE),
                     "labels": _coded(form.labels, LABELS)}  # fmt: skip
            for name, value in after.items():
                setattr(row, name, value)
            row.described_on = form.as_of
            told = {"instrument_id": instrument_id, "source": form.source.strip(),
                    "as_of": form.as_of, "recorded_at": ctx.now, "author": ctx.actor}  # fmt: skip
            made = store.insert_rows(tx, SupportDescription, [told | after])[0]
            tx.audit("describe", "instrument", instrument_id, before=before, after=after)
            tx.touch("market")
            return made

        return store.idempotent(tx, key, make)


def _coded(chosen: tuple[str, ...], known: dict[str, str]) -> str:
    return ",".join(code for code in known if code in chosen)


def _require_sound(ctx: Context, form: DescriptionForm) -> None:
    problems = []
    if not form.source.strip():
        problems.append(FieldProblem("source", "Source", ""))
    if form.as_of is None:
        problems.append(FieldProblem("as_of", "Date de la source", ""))
    elif form.as_of > ctx.today:
        said = "la date ne peut pas être dans le futur."
        problems.append(FieldProblem("as_of", "Date de la source", said))
    asked = ((form.zone and (form.zone,), ZONES), (form.eligible, ELIGIBLE), (form.labels, LABELS))
    if any(code not in known for codes, known in asked for code in codes or ()):
        problems.append(FieldProblem("zone", "Description", "choisissez dans les listes."))
    if problems:
        raise InvalidInputError(problems)


def descriptions(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return what was said of a support, the newest first (schema `DESCRIBED`)."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        one_instrument(ctx, session, instrument_id)
    query = (
        select(*(col(getattr(SupportDescription, name)) for name in DESCRIBED))
        .where(
            col(SupportDescription.firm_id) == ctx.firm_id,
            col(SupportDescription.instrument_id) == instrument_id,
        )
        .order_by(col(SupportDescription.id).desc())
    )
    return store.frame(ctx, query, DESCRIBED)
