"""Which clients of the perimeter hold a support, and for how much? (Détenteurs)."""

from typing import Final

import polars as pl
from sqlalchemy import select
from sqlmodel import col

from o2s_core import store
from o2s_core.contacts.models import Contact
from o2s_core.contacts.names import display_name
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.assets import owned_frames

_ROWS: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "contact_id": pl.Int64(),
        "account_id": pl.Int64(),
        "cents": pl.Int64(),
    }
)
#: One row per client who owns the support, the largest amount first; usufruct and bare
#: ownership are together on a row without contact.
SUPPORT_HOLDERS: Final = pl.Schema(
    {
        "contact_id": pl.Int64(),
        "file_code": pl.String(),
        "name": pl.String(),
        "accounts": pl.Int64(),
        "value_eur": pl.Decimal(38, 2),
    }
)
#: One row per support that somebody of the perimeter owns.
HELD: Final = pl.Schema(
    {"instrument_id": pl.Int64(), "clients": pl.Int64(), "value_eur": pl.Decimal(38, 2)}
)


def held_supports(ctx: Context) -> pl.DataFrame:
    """Return the supports held in the perimeter, how many clients and for how much (`HELD`)."""
    ctx.require(Permission.PORTFOLIO_READ)
    rows = store.query(ctx, "portfolio/instrument_holders", _ROWS, frames=owned_frames(ctx))
    summed = rows.group_by("instrument_id").agg(
        clients=pl.col("contact_id").drop_nulls().n_unique().cast(pl.Int64), value_eur=_euros()
    )
    return summed.sort("instrument_id").select(HELD.names())


def support_holders(ctx: Context, instrument_id: int) -> pl.DataFrame:
    """Return the clients of the perimeter who hold a support (schema `SUPPORT_HOLDERS`)."""
    ctx.require(Permission.PORTFOLIO_READ)
    rows = store.query(ctx, "portfolio/instrument_holders", _ROWS, frames=owned_frames(ctx))
    mine = rows.filter(pl.col("instrument_id") == instrument_id)
    summed = mine.group_by("contact_id").agg(
        accounts=pl.col("account_id").n_unique().cast(pl.Int64), value_eur=_euros()
    )
    named = summed.join(_names(ctx, summed), on="contact_id", how="left")
    ordered = named.sort("value_eur", "contact_id", descending=[True, False])
    return store.conform(
        ordered.select(SUPPORT_HOLDERS.names()), SUPPORT_HOLDERS, source="support holders"
    )


def _euros() -> pl.Expr:
    return (pl.col("cents").sum().cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(38, 2))


def _names(ctx: Context, held: pl.DataFrame) -> pl.DataFrame:
    """Return the file code and the name of each holder, as the files are headed."""
    ids = held["contact_id"].drop_nulls().to_list()
    columns = ("id", "file_code", "kind", "last_name", "first_name", "legal_name")
    query = select(*(col(getattr(Contact, name)) for name in columns)).where(
        col(Contact.firm_id) == ctx.firm_id, store.among(ctx, col(Contact.id), ids)
    )
    shape = {name: pl.Int64() if name == "id" else pl.String() for name in columns}
    found = [
        (id_, code, display_name(*name))
        for id_, code, *name in store.frame(ctx, query, pl.Schema(shape)).iter_rows()
    ]
    named = {"contact_id": pl.Int64, "file_code": pl.String, "name": pl.String}
    return pl.DataFrame(found, named, orient="row")
