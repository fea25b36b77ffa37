"""Which ranges make the catalogue, and what is in each? (Gammes, Catalogue produits)."""

from typing import Any, Final

import polars as pl
from sqlalchemy import delete, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FieldProblem, InvalidInputError, NotFoundError
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.models import ProductRange, RangeItem
from o2s_core.market.selection.products import PRODUCTS, one_product, products
from o2s_core.market.selection.screen import SCREEN, screen

#: One row per range, in the order of the firm; `items` counts supports and products.
RANGES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "name": pl.String(),
        "purpose": pl.String(),
        "in_catalogue": pl.Boolean(),
        "items": pl.Int64(),
    }
)
RANGE_SUPPORTS: Final = pl.Schema({**SCREEN, "range_id": pl.Int64()})
RANGE_PRODUCTS: Final = pl.Schema({**PRODUCTS, "range_id": pl.Int64()})
RANGE_FORM: Final = FormSchema(
    "Gamme",
    (
        FormField("name", "Nom de la gamme", required=True, maximum=80),
        FormField("purpose", "À qui elle s'adresse", "long_text", maximum=300),
    ),
)


def ranges(ctx: Context) -> pl.DataFrame:
    """Return the ranges of the firm (schema `RANGES`)."""
    ctx.require(Permission.MARKET_READ)
    held = (
        select(func.count())
        .where(col(RangeItem.range_id) == col(ProductRange.id))
        .select_from(RangeItem)
        .scalar_subquery()
    )
    own = [col(getattr(ProductRange, n)) for n in RANGES if n != "items"]
    query = (
        select(*own, held.label("items"))
        .where(col(ProductRange.firm_id) == ctx.firm_id)
        .order_by(col(ProductRange.rank), col(ProductRange.id))
    )
    return store.frame(ctx, query, RANGES)


def range_supports(ctx: Context) -> pl.DataFrame:
    """Return the supports of all ranges, with what is known of each (`RANGE_SUPPORTS`)."""
    ctx.require(Permission.MARKET_READ)
    rows = _items(ctx, "instrument_id").join(screen(ctx), on="id", maintain_order="left")
    return rows.select(RANGE_SUPPORTS.names())


def range_products(ctx: Context) -> pl.DataFrame:
    """Return the products of all ranges, with what each asks and costs (`RANGE_PRODUCTS`)."""
    ctx.require(Permission.MARKET_READ)
    rows = _items(ctx, "product_id").join(products(ctx), on="id", maintain_order="left")
    return rows.select(RANGE_PRODUCTS.names())


def _items(ctx: Context, column: str) -> pl.DataFrame:
    query: Any = (
        select(col(RangeItem.range_id), col(getattr(RangeItem, column)).label("id"))
        .where(col(RangeItem.firm_id) == ctx.firm_id, col(getattr(RangeItem, column)).is_not(None))
        .order_by(col(RangeItem.range_id), col(RangeItem.rank), col(RangeItem.id))
    )
    return store.frame(ctx, query, pl.Schema({"range_id": pl.Int64(), "id": pl.Int64()}))


def add_range(ctx: Context, name: str, purpose: str = "", *, key: str | None = None) -> int:
    """Add a range to the catalogue, and return its id.

    Raises
    ------
    InvalidInputError
        The name is missing, or another range bears it.
    """
    ctx.require(Permission.CATALOGUE_WRITE)
    ready = {"name": " ".join(name.split()), "purpose": purpose.strip()}
    RANGE_FORM.require_valid(ready, ctx.today)
    with store.tx(ctx) as tx:

        def make() -> int:
            _require_free(tx.session, ctx, ready["name"])
            row = ProductRange.model_validate({"firm_id": ctx.firm_id, **ready})
            tx.add(row)
            tx.audit("create", "product_range", row.id, after=ready)
            tx.touch("market")
            return row.id or 0

        return store.idempotent(tx, key, make)


def _require_free(session: Session, ctx: Context, name: str) -> None:
    query = select_rows(ProductRange.id).where(
        ProductRange.firm_id == ctx.firm_id, ProductRange.name == name
    )
    if session.exec(query).first():
        said = f"« {name} » existe déjà, choisissez un autre nom."
        raise InvalidInputError([FieldProblem("name", "Nom de la gamme", said)])


def show_range(ctx: Context, range_id: int, *, shown: bool) -> None:
    """Put a range in the catalogue, or take it out; what it holds stays."""
    ctx.require(Permission.CATALOGUE_WRITE)
    with store.tx(ctx) as tx:
        row = _one(tx.session, ctx, range_id)
        row.in_catalogue = shown
        tx.add(row)
        tx.audit("update", "product_range", range_id, after={"in_catalogue": shown})
        tx.touch("market")


def fill_range(
    ctx: Context, range_id: int, instrument_ids: list[int], product_ids: list[int]
) -> None:
    """Say what a range holds, in order: it holds nothing else."""
    ctx.require(Permission.CATALOGUE_WRITE)
    with store.tx(ctx) as tx:
        _one(tx.session, ctx, range_id)
        mine = (col(RangeItem.firm_id) == ctx.firm_id, col(RangeItem.range_id) == range_id)
        tx.session.execute(delete(RangeItem).where(*mine))
        for rank, each in enumerate(instrument_ids):
            one_instrument(ctx, tx.session, each)
            tx.add(_item(ctx, range_id, rank, instrument_id=each))
        for rank, each in enumerate(product_ids, len(instrument_ids)):
            one_product(ctx, tx.session, each)
            tx.add(_item(ctx, range_id, rank, product_id=each))
        said = {"supports": len(instrument_ids), "products": len(product_ids)}
        tx.audit("fill", "product_range", range_id, after=said)
        tx.touch("market")


def _item(ctx: Context, range_id: int, rank: int, **what: int) -> RangeItem:
    ready = {"firm_id": ctx.firm_id, "range_id": range_id, "rank": rank, **what}
    return RangeItem.model_validate(ready)


def _one(session: Session, ctx: Context, range_id: int) -> ProductRange:
    query = select_rows(ProductRange).where(
        ProductRange.firm_id == ctx.firm_id, ProductRange.id == range_id
    )
    row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Gamme", range_id)
    return row
