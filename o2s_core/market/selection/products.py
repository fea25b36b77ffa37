"""What do partners offer, what does it ask and cost? (Produits, Recherche de distributeurs)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldChange,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.market.models import Product, Provider
from o2s_core.market.providers import one_provider
from o2s_core.store import EXACT_FRAME

#: Envelopes that a partner's product may be.
OFFERS: Final = {
    "assurance_vie": "Assurance-vie",
    "capitalisation": "Capitalisation",
    "per_individuel": "PER individuel",
    "pea": "PEA",
    "pea_pme": "PEA-PME",
    "compte_titres": "Compte-titres",
    "scpi": "SCPI en direct",
    "fcpi_fip": "FCPI et FIP",
    "pee": "PEE",
    "perco": "PERCO",
}
FIGURES: Final = ("minimum_eur", "payment_eur", "entry_fee", "management_fee", "euro_fee",
                  "switch_fee", "euro_rate")  # fmt: skip
#: One row per product, by partner then name; fees and rates are ratios, null is not known.
PRODUCTS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "provider_id": pl.Int64(),
        "provider": pl.String(),
        "roles": pl.String(),
        "name": pl.String(),
        "envelope": pl.String(),
        **dict.fromkeys(FIGURES, EXACT_FRAME),
        "euro_rate_year": pl.Int64(),
        "units": pl.Int64(),
        "open": pl.Boolean(),
        "version": pl.Int64(),
    }
)


def _share(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if 0 <= value <= 1 else "indiquez un pourcentage de 0 à 100."


def _positive(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if value >= 0 else "indiquez un nombre positif."


PRODUCT_FORM: Final = FormSchema(
    "Produit",
    (
        FormField("name", "Nom du produit", required=True, maximum=120),
        FormField("envelope", "Enveloppe", "choice", required=True, choices=OFFERS),
        FormField("minimum_eur", "Versement initial minimum", "money", check=_positive),
        FormField("payment_eur", "Versement libre minimum", "money", check=_positive),
        FormField("entry_fee", "Frais d'entrée maximum", "percent", check=_share),
        FormField("management_fee", "Frais de gestion, UC", "percent", check=_share),
        FormField("euro_fee", "Frais de gestion, fonds en euros", "percent", check=_share),
        FormField("switch_fee", "Frais d'arbitrage", "percent", check=_share),
        FormField("euro_rate", "Taux du fonds en euros", "percent", check=_share),
        FormField("euro_rate_year", "Année du taux", "integer"),
        FormField("units", "Nombre d'UC", "integer", check=_positive),
    ),
)


@dataclass(frozen=True, slots=True)
class ProductForm:
    """A product as typed; ratios, None is not known."""

    name: str
    envelope: str
    minimum_eur: Decimal | None = None
    payment_eur: Decimal | None = None
    entry_fee: Decimal | None = None
    management_fee: Decimal | None = None
    euro_fee: Decimal | None = None
    switch_fee: Decimal | None = None
    euro_rate: Decimal | None = None
    euro_rate_year: int | None = None
    units: int | None = None


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """Which products are asked; a bound leaves out what is not known to fit."""

    text: str = ""
    roles: tuple[str, ...] = ()
    envelopes: tuple[str, ...] = ()
    minimum_at_most: Decimal | None = None
    entry_fee_at_most: Decimal | None = None
    management_fee_at_most: Decimal | None = None
    euro_rate_at_least: Decimal | None = None
    units_at_least: int | None = None
    agreed: bool = False  #: only of partners with whom the firm has an agreement
    closed: bool = False  #: also the products closed to new contracts


def products(ctx: Context, asked: OfferFilter | None = None) -> pl.DataFrame:
    """Return what the partners offer (schema `PRODUCTS`), closed products only when asked."""
    ctx.require(Permission.MARKET_READ)
    wanted = asked or OfferFilter()
    kept = [col(Product.firm_id) == ctx.firm_id, col(Provider.active)]
    if not wanted.closed:
        kept.append(col(Product.open))
    if wanted.agreed:
        kept.append((col(Provider.agreement) != "") | col(Provider.agreed_on).is_not(None))
    own = [n for n in PRODUCTS if n not in {"provider", "roles"}]
    query = (
        select(
            *(col(getattr(Product, n)) for n in own),
            col(Provider.name).label("provider"),
            col(Provider.roles),
        )
        .join(Provider, col(Provider.id) == col(Product.provider_id))
        .where(*kept)
        .order_by(col(Provider.name), col(Product.name))
    )
    return store.frame(ctx, query, PRODUCTS).filter(*_conditions(wanted))


def _conditions(wanted: OfferFilter) -> list[pl.Expr]:
    words = wanted.text.lower().split()
    said = pl.concat_str("provider", "name", separator=" ").str.to_lowercase()
    found = [said.str.contains(word, literal=True) for word in words]
    if wanted.roles:
        held = pl.col("roles").str.split(",")
        found.append(pl.any_horizontal(held.list.contains(role) for role in wanted.roles))
    if wanted.envelopes:
        found.append(pl.col("envelope").is_in(list(wanted.envelopes)))
    return [*found, *_bounds(wanted)]


def _bounds(wanted: OfferFilter) -> list[pl.Expr]:
    most = {"minimum_eur": wanted.minimum_at_most, "entry_fee": wanted.entry_fee_at_most,
            "management_fee": wanted.management_fee_at_most}  # fmt: skip
    least = {"euro_rate": wanted.euro_rate_at_least, "units": wanted.units_at_least}
    found = [pl.col(name) <= value for name, value in most.items() if value is not None]
    return found + [pl.col(name) >= value for name, value in least.items() if value is not None]


def add_product(
    ctx: Context, provider_id: int, form: ProductForm, *, key: str | None = None
) -> int:
    """Add a product of a partner, and return its id.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or the partner has a product of that name.
    """
    ctx.require(Permission.PROVIDER_WRITE)
    ready = asdict(form) | {"name": " ".join(form.name.split())}
    PRODUCT_FORM.require_valid(ready, ctx.today)
    with store.tx(ctx) as tx:

        def make() -> int:
            one_provider(ctx, tx.session, provider_id)
            _require_free(tx.session, ctx, provider_id, ready["name"])
            row = Product(firm_id=ctx.firm_id, provider_id=provider_id, **ready)
            tx.add(row)
            tx.audit("create", "product", row.id, after={"name": ready["name"]})
            tx.touch("market")
            return row.id or 0

        return store.idempotent(tx, key, make)


def edit_product(ctx: Context, product_id: int, form: ProductForm, expected_version: int) -> None:
    """Change what a product asks and costs.

    Raises
    ------
    InvalidInputError
        A field is missing or wrong, or the partner has another product of that name.
    StaleEditError
        Somebody changed it after `expected_version` was read.
    """
    ctx.require(Permission.PROVIDER_WRITE)
    ready = asdict(form) | {"name": " ".join(form.name.split())}
    PRODUCT_FORM.require_valid(ready, ctx.today)
    with store.tx(ctx) as tx:
        row = one_product(ctx, tx.session, product_id)
        before = {name: getattr(row, name) for name in ready}
        _require_current(row, before, ready, expected_version)
        _require_free(tx.session, ctx, row.provider_id, ready["name"], but=product_id)
        changed = [name for name, value in ready.items() if before[name] != value]
        for name in changed:
            setattr(row, name, ready[name])
        tx.add(row)
        tx.audit(
            "update", "product", product_id,
            before={name: str(before[name]) for name in changed},
            after={name: str(ready[name]) for name in changed},
        )  # fmt: skip
        tx.touch("market")


def _require_current(
    row: Product, before: Mapping[str, Any], typed: Mapping[str, Any], expected: int
) -> None:
    if row.version == expected:
        return
    labels = {field.key: field.label for field in PRODUCT_FORM.fields}
    raise StaleEditError(
        "Le produit",
        [FieldChange(labels[k], v, typed[k]) for k, v in before.items() if typed[k] != v],
    )


def set_product_open(ctx: Context, product_id: int, expected_version: int, *, active: bool) -> None:
    """Close a product to new contracts, or open it again; the ranges keep it."""
    ctx.require(Permission.PROVIDER_WRITE)
    with store.tx(ctx) as tx:
        row = one_product(ctx, tx.session, product_id)
        if row.version != expected_version:
            raise StaleEditError("Le produit", [])
        row.open = active
        tx.add(row)
        tx.audit("activate" if active else "close", "product", product_id)
        tx.touch("market")


def _require_free(
    session: Session, ctx: Context, provider_id: int, name: str, *, but: int = 0
) -> None:
    query = select_rows(Product.id).where(
        Product.firm_id == ctx.firm_id, Product.provider_id == provider_id, Product.name == name,
        col(Product.id) != but,
    )  # fmt: skip
    if session.exec(query).first():
        said = f"« {name} » existe déjà chez ce distributeur."
        raise InvalidInputError([FieldProblem("name", "Nom du produit", said)])


def one_product(ctx: Context, session: Session, product_id: int) -> Product:
    """Return the record of a product, or say that it is not found."""
    query = select_rows(Product).where(Product.firm_id == ctx.firm_id, Product.id == product_id)
    row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Produit", product_id)
    return row
