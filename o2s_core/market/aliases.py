"""The other codes of a support: what a partner, or everybody, also calls it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.identifiers import compact, search_key
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.kinds import CODE_TYPES
from o2s_core.market.models import InstrumentAlias, Provider
from o2s_core.market.providers import one_provider

#: One row per other code of a support; an empty `provider` means everywhere.
ALIASES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "code_type": pl.String(),
        "code": pl.String(),
        "provider_id": pl.Int64(),
        "provider": pl.String(),
    }
)
EVERYWHERE: Final = 0


def _code(value: str, values: Mapping[str, Any], _today: date) -> str | None:
    return None if alias_key(str(values.get("code_type")), value) else "indiquez un code lisible."


ALIAS_FORM: Final = FormSchema(
    "Autre code",
    (
        FormField("code_type", "Nature du code", "choice", required=True, choices=CODE_TYPES),
        FormField("code", "Code", required=True, check=_code),
    ),
)


def alias_key(code_type: str, code: str) -> str:
    """Return a code as it is compared: a label by its words, any other without noise.

    >>> alias_key("cusip", "912 810-FF0")
    '912810FF0'
    """
    return search_key(code) if code_type == "label" else compact(code)


def aliases(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return the other codes of a support (schema `ALIASES`)."""
    ctx.require(Permission.MARKET_READ)
    with store.reading(ctx) as session:
        one_instrument(ctx, session, instrument_id)
    own = [col(getattr(InstrumentAlias, name)) for name in ALIASES if name != "provider"]
    query = (
        select(*own, col(Provider.name).label("provider"))
        .outerjoin(Provider, col(Provider.id) == col(InstrumentAlias.provider_id))
        .where(
            col(InstrumentAlias.firm_id) == ctx.firm_id,
            col(InstrumentAlias.instrument_id) == instrument_id,
        )
        .order_by(col(InstrumentAlias.code_type), col(InstrumentAlias.code))
    )
    return store.frame(ctx, query, ALIASES).with_columns(pl.col("provider").fill_null(""))


def add_alias(
    ctx: Context,
    instrument_id: int,
    code_type: str,
    code: str,
    *,
    provider_id: int = EVERYWHERE,
) -> int:
    """Say that a code means a support, at one partner or everywhere; return its number.

    The next files that use the code find the support. Said again, it changes nothing.

    Raises
    ------
    InvalidInputError
        The code is empty, or already means another support there (which is named).
    """
    ctx.require(Permission.INSTRUMENT_WRITE)
    ALIAS_FORM.require_valid({"code_type": code_type, "code": code}, ctx.today)
    key = alias_key(code_type, code)
    with store.tx(ctx) as tx:
        one_instrument(ctx, tx.session, instrument_id)
        if provider_id != EVERYWHERE:
            one_provider(ctx, tx.session, provider_id)
        known = _known(ctx, tx.session, provider_id, code_type, key)
        if known is not None:
            _require_same(ctx, tx.session, known, instrument_id)
            return known.id or 0
        row = InstrumentAlias(
            firm_id=ctx.firm_id,
            provider_id=provider_id,
            code_type=code_type,
            code=key,
            instrument_id=instrument_id,
        )
        tx.add(row)
        said = {"code_type": code_type, "code": key, "provider_id": provider_id}
        tx.audit("alias", "instrument", instrument_id, after=said)
        tx.touch("market")
        return row.id or 0


def _known(
    ctx: Context, session: Session, provider_id: int, code_type: str, key: str
) -> InstrumentAlias | None:
    return session.exec(
        select_rows(InstrumentAlias).where(
            InstrumentAlias.firm_id == ctx.firm_id,
            InstrumentAlias.provider_id == provider_id,
            InstrumentAlias.code_type == code_type,
            InstrumentAlias.code == key,
        )
    ).first()


def _require_same(
    ctx: Context, session: Session, known: InstrumentAlias, instrument_id: int
) -> None:
    if known.instrument_id == instrument_id:
        return
    label = one_instrument(ctx, session, known.instrument_id).label
    raise InvalidInputError(
        [
            FieldProblem(
                "code", "Code", f"déjà attribué au support « {label} » : retirez-le d'abord."
            )
        ]
    )


def remove_alias(ctx: Context, alias_id: int) -> None:
    """Forget that a code means a support; what was read with it stays as it is."""
    ctx.require(Permission.INSTRUMENT_WRITE)
    with store.tx(ctx) as tx:
        query = select_rows(InstrumentAlias).where(
            InstrumentAlias.firm_id == ctx.firm_id, InstrumentAlias.id == alias_id
        )
        row = tx.session.exec(query).first()
        if row is None:
            raise NotFoundError("Code", alias_id)
        said = {"code_type": row.code_type, "code": row.code, "provider_id": row.provider_id}
        tx.session.delete(row)
        tx.audit("unalias", "instrument", row.instrument_id, before=said)
        tx.touch("market")
