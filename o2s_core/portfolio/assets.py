"""What the clients of a perimeter own together, over all accounts of the firm (Encours)."""

from collections.abc import Iterable
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import polars as pl
from sqlalchemy import select as columns
from sqlmodel import col

from o2s_core import administration, market, store
from o2s_core.contacts.models import Contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.breakdowns import weighed
from o2s_core.portfolio.envelopes import ENVELOPES
from o2s_core.portfolio.holders import WITHOUT_SHARE
from o2s_core.portfolio.models import AccountHolder
from o2s_core.portfolio.projections import PROJECTION

#: One row per contact, adviser, provider, envelope, class and currency; `contact_id` is null
#: for usufruct and bare ownership, counted once.
ASSETS: Final = pl.Schema(
    {
        "contact_id": pl.Int64(),
        "adviser_id": pl.Int64(),
        "provider_id": pl.Int64(),
        "envelope": pl.String(),
        "asset_class": pl.String(),
        "currency": pl.String(),
        "cents": pl.Int64(),
        "lines": pl.Int64(),
    }
)
#: One row per contact of the perimeter who owns something.
BY_CONTACT: Final = pl.Schema({"contact_id": pl.Int64(), "value_eur": pl.Decimal(38, 2)})
_HOLDERS: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "contact_id": pl.Int64(),
        "adviser_id": pl.Int64(),
        "right_": pl.String(),
        "share": store.EXACT_FRAME,
        "rank": pl.Int64(),
    }
)
SCALE: Final = 100_000_000
AXES: Final = frozenset({"provider", "envelope", "asset_class", "currency", "adviser"})


def assets(ctx: Context) -> pl.DataFrame:
    """Return what the clients of the perimeter own today, cut by every axis at once.

    Schema `ASSETS`. The figures are those of each client's own holdings, to the
    cent; lines without price or rate are left out, as they are there.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    return store.query(ctx, "portfolio/assets", ASSETS, frames=owned_frames(ctx))


def owned_frames(ctx: Context) -> dict[str, pl.DataFrame]:
    """Return what `sql/owned_lines.sql` reads beside the published lines, which are made fresh."""
    store.publish_dirty(ctx, [PROJECTION])
    prices = _prices(ctx, _held_instruments(ctx))
    return {"holders": holder_frame(ctx), "last_price": prices, "rates": _rates(ctx, prices)}


def assets_by_contact(ctx: Context) -> pl.DataFrame:
    """Return what each contact of the perimeter owns today, in full ownership.

    Schema `BY_CONTACT`.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    owned = assets(ctx).filter(pl.col("contact_id").is_not_null())
    return (
        owned.group_by("contact_id")
        .agg(value_eur=_euros(pl.col("cents").sum()))
        .sort("contact_id")
        .select(pl.col(name).cast(kind) for name, kind in BY_CONTACT.items())
    )


def assets_by(ctx: Context, axis: str, owned: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the assets of the perimeter along an axis of `AXES`, largest part first.

    Schema `breakdowns.BREAKDOWN`. `owned` is the answer of `assets`, where it is known already.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    if axis not in AXES:
        raise InvalidInputError(f"Axe de répartition inconnu : {axis}.")
    key = f"{axis}_id" if axis in {"provider", "adviser"} else axis
    names = axis_names(ctx, axis)
    parts = (
        (assets(ctx) if owned is None else owned)
        .group_by(key)
        .agg(value_eur=_euros(pl.col("cents").sum()), lines=pl.col("lines").sum())
        .with_columns(key=pl.col(key).cast(pl.String).fill_null(""))
        .with_columns(label=pl.col("key").replace(names))
        .sort("value_eur", "key", descending=[True, False])
    )
    return weighed(parts.with_columns(gain_eur=None, gain_ratio=None))


def total_assets(ctx: Context, owned: pl.DataFrame | None = None) -> Decimal:
    """Return what the clients of the perimeter own together today; `owned` as in `assets_by`."""
    ctx.require(Permission.PORTFOLIO_READ)
    cents = (assets(ctx) if owned is None else owned)["cents"].sum()
    return Decimal(int(cents)).scaleb(-2)


def _euros(cents: pl.Expr) -> pl.Expr:
    return (cents.cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(38, 2))


def _held_instruments(ctx: Context) -> list[int]:
    lines = [
        pl.scan_parquet(path).select("instrument_id")
        for path in store.segments(ctx, PROJECTION.name)
    ]
    if not lines:
        return []
    ids = pl.concat(lines).unique().collect()["instrument_id"]
    return sorted(ids.drop_nulls())


def _prices(ctx: Context, ids: Iterable[int]) -> pl.DataFrame:
    """Return the last price of each instrument, as integers of 10**-8."""
    last = market.last_prices(ctx, list(ids), ctx.today)
    scaled = (pl.col("value") * SCALE).cast(pl.Int64)
    return last.select("instrument_id", "day", "currency", "source", value=scaled)


def _rates(ctx: Context, prices: pl.DataFrame) -> pl.DataFrame:
    """Return units per euro of every currency that is held or quoted; unknown ones are absent."""
    paths = store.segments(ctx, PROJECTION.name)
    held = [pl.scan_parquet(path).select("currency") for path in paths]
    own = pl.concat(held).unique().collect()["currency"].to_list() if held else []
    wanted = sorted({*own, *prices["currency"]})
    known = [(currency, market.euro_rate(ctx, currency, ctx.today)) for currency in wanted]
    rows = [(currency, float(rate.units_per_euro)) for currency, rate in known if rate]
    schema = {"currency": pl.String, "units_per_euro": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def holder_frame(ctx: Context) -> pl.DataFrame:
    """Return who holds which account of the firm, and the adviser of each; shares × 10**8."""
    # mypy knows no way to say "any number of columns" of a statement
    query: Any = (
        columns(
            col(AccountHolder.account_id),
            col(AccountHolder.contact_id),
            col(Contact.adviser_id),
            col(AccountHolder.right).label("right_"),
            col(AccountHolder.share),
            col(AccountHolder.rank),
        )
        .join(Contact, col(Contact.id) == col(AccountHolder.contact_id))
        .where(
            col(AccountHolder.firm_id) == ctx.firm_id,
            col(AccountHolder.role).not_in(sorted(WITHOUT_SHARE)),
        )
    )
    found = store.frame(ctx, query, _HOLDERS)
    return found.with_columns(share=(pl.col("share") * SCALE).cast(pl.Int64))


def axis_names(ctx: Context, axis: str) -> dict[str, str]:
    """Return how the screen calls the parts of an axis, by their code."""
    if axis == "envelope":
        return dict(ENVELOPES)
    if axis == "asset_class":
        return dict(market.ASSET_CLASSES)
    return _NAMED[axis](ctx) if axis in _NAMED else {}


def _providers(ctx: Context) -> dict[str, str]:
    rows = market.providers(ctx).select("id", "name").iter_rows()
    return {str(id_): name for id_, name in rows}


def _advisers(ctx: Context) -> dict[str, str]:
    return {str(a.id): a.name for a in administration.advisers(ctx)}


_NAMED: Final = MappingProxyType({"provider": _providers, "adviser": _advisers})
