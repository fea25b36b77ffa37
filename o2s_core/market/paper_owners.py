"""Whose documents are those of the market: partners, products, supports, for the whole firm."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from o2s_core import documents, store
from o2s_core.documents import OwnerKind
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Instrument, Product, Provider


def _kind(code: str, label: str, write: Permission, table: Any, name: str) -> OwnerKind:  # noqa: ANN401
    """Declare what lies in a table of the firm, whose names stand in the column `name`."""
    mine = col(table.firm_id)

    def inside(ctx: Context) -> Select[Any]:
        return select(col(table.id)).where(mine == ctx.firm_id)

    def named(ctx: Context, ids: Collection[int]) -> Mapping[int, str]:
        query = select(col(table.id), col(getattr(table, name))).where(
            mine == ctx.firm_id, col(table.id).in_(sorted(ids))
        )
        with store.reading(ctx) as session:
            return {row[0]: row[1] for row in session.execute(query).all()}

    return documents.declare_owner(
        OwnerKind(code, label, Permission.MARKET_READ, write, inside, named)
    )


PAPER_OWNERS: Final = (
    _kind("provider", "Distributeur", Permission.PROVIDER_WRITE, Provider, "name"),
    _kind("custodian", "Dépositaire", Permission.PROVIDER_WRITE, Provider, "name"),
    _kind("product", "Produit", Permission.PROVIDER_WRITE, Product, "name"),
    _kind("instrument", "Support", Permission.INSTRUMENT_WRITE, Instrument, "label"),
)


def shelf_owners(ctx: Context, owner_kind: str) -> dict[tuple[str, int], str]:
    """Return with whom a document of a shelf may be filed, by name, in order of names.

    Keys are `(kind, id)` as documents know their owners. Custodians are the partners
    who keep securities; the shelf of the firm has one owner, the firm.
    """
    ctx.require(Permission.MARKET_READ)
    if owner_kind == "firm":
        return {("firm", ctx.firm_id): "Cabinet"}
    sources: dict[str, tuple[Any, Any, ColumnElement[bool]]] = {
        "provider": (Provider, Provider.name, col(Provider.active).is_(True)),
        "custodian": (Provider, Provider.name, col(Provider.roles).contains("custodian")),
        "product": (Product, Product.name, col(Product.open).is_(True)),
        "instrument": (Instrument, Instrument.label, col(Instrument.status) != "inactive"),
    }
    if owner_kind not in sources:
        raise NotFoundError("Rayon", owner_kind)
    table, name, kept = sources[owner_kind]
    query = select(col(table.id), col(name)).where(col(table.firm_id) == ctx.firm_id, kept)
    with store.reading(ctx) as session:
        rows = session.execute(query.order_by(col(name))).all()
    return {(owner_kind, row[0]): row[1] for row in rows}
