"""What can be done to a good or a debt: add, edit, value, sell, delete; its card and history."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import contacts, store
from o2s_core.contacts.visible import one_contact
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldChange,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    StaleEditError,
)
from o2s_core.kernel.permissions import Permission
from o2s_core.wealth.asset_forms import ASSET_FORM, SALE_FORM, VALUE_FORM, AssetForm
from o2s_core.wealth.models import Asset, AssetValue, Loan, RealEstate
from o2s_core.wealth.owners import OwnerShare, owners_of, require_owners, write_owners
from o2s_core.wealth.visible import one_asset

PLAIN: Final = (
    "kind", "label", "currency", "acquired_on", "income", "charges", "company_id", "stake",
    "comment",
)  # fmt: skip
ESTATE: Final = (
    "address", "use", "surface", "price", "fees", "works", "property_tax", "tax_scheme", "dpe",
)  # fmt: skip
#: One row per value of a good, newest first.
VALUES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "on": pl.Date(),
        "value": pl.Decimal(38, 2),
        "method": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class AssetCard:
    """A good or a debt with everything that is known of it; owners by name."""

    id: int
    version: int
    form: AssetForm  #: its value is the last one known
    owner_names: tuple[str, ...]
    sold_on: date | None
    proceeds: Decimal | None
    values: pl.DataFrame  #: schema `VALUES`


def asset(ctx: Context, asset_id: int) -> AssetCard:
    """Return the card of a good of the perimeter."""
    ctx.require(Permission.WEALTH_READ)
    with store.reading(ctx) as session:
        row = one_asset(session, ctx, asset_id)
        owners = owners_of(session, ctx, "asset_id", [asset_id])[asset_id]
        values = _values(session, ctx, asset_id)
        estate = _estate(session, ctx, asset_id)
    names = contacts.names_of(ctx, {o.contact_id for o in owners})
    last = values.row(0, named=True) if values.height else {}
    known = {name: getattr(row, name) for name in PLAIN}
    known |= {name: getattr(estate, name) for name in ESTATE} if estate else {}
    form = AssetForm(
        owners=owners, value=last.get("value"), value_on=last.get("on"),
        method=last.get("method", "estimate"), **known,
    )  # fmt: skip
    named = tuple(names[o.contact_id] for o in owners)
    return AssetCard(asset_id, row.version, form, named, row.sold_on, row.proceeds, values)


def _values(session: Session, ctx: Context, asset_id: int) -> pl.DataFrame:
    query = select(AssetValue).where(
        AssetValue.firm_id == ctx.firm_id, AssetValue.asset_id == asset_id
    )
    rows = session.exec(query.order_by(col(AssetValue.on).desc(), col(AssetValue.id).desc()))
    return pl.DataFrame([(r.id, r.on, r.value, r.method) for r in rows], VALUES, orient="row")


def _estate(session: Session, ctx: Context, asset_id: int) -> RealEstate | None:
    own = (RealEstate.firm_id == ctx.firm_id, RealEstate.asset_id == asset_id)
    return session.exec(select(RealEstate).where(*own)).first()


def add_asset(ctx: Context, form: AssetForm, *, key: str | None = None) -> int:
    """Add a good or a debt with its first value and its owners; return its id.

    `key` makes a button pressed twice add one.
    """
    ctx.require(Permission.WEALTH_WRITE)
    _require_sound(ctx, form)
    with store.tx(ctx) as tx:
        return store.idempotent(tx, key, lambda: _add(tx, form))


def _require_sound(ctx: Context, form: AssetForm, *, known: bool = False) -> None:
    values = form.values()
    values |= {"value": Decimal(0), "value_on": ctx.today} if known else {}
    ASSET_FORM.require_valid(values, ctx.today)
    require_owners(form.owners)
    if form.stake is not None and form.company_id is None:
        problem = FieldProblem("company_id", "Société du cabinet dont ce sont les parts", "")
        raise InvalidInputError([problem])


def _add(tx: store.Tx, form: AssetForm) -> int:
    ctx = tx.ctx
    _require_company(tx.session, ctx, form)
    row = Asset(firm_id=ctx.firm_id, **{name: getattr(form, name) for name in PLAIN})
    tx.add(row)
    id_ = row.id or 0
    _write_estate(tx, id_, form)
    write_owners(tx, form.owners, asset_id=id_)
    first = {"asset_id": id_, "on": form.value_on, "value": form.value, "method": form.method}
    tx.add(AssetValue(firm_id=ctx.firm_id, **first))  # type: ignore[arg-type]
    _said(tx, "create", id_, form.owners, {"kind": form.kind})
    return id_


def _require_company(session: Session, ctx: Context, form: AssetForm) -> None:
    if form.company_id is not None:
        company = one_contact(ctx, session, form.company_id)
        if company.kind != "company":
            raise NotFoundError("Société", form.company_id)


def _write_estate(tx: store.Tx, asset_id: int, form: AssetForm) -> None:
    """Write what only a property has; what is no property keeps none of it."""
    kept = _estate(tx.session, tx.ctx, asset_id)
    if form.kind != "property":
        if kept is not None:
            tx.session.delete(kept)
        return
    values = {name: getattr(form, name) for name in ESTATE}
    if kept is None:
        tx.add(RealEstate(firm_id=tx.ctx.firm_id, asset_id=asset_id, **values))
        return
    for name, value in values.items():
        setattr(kept, name, value)


def _said(
    tx: store.Tx, action: str, asset_id: int, owners: tuple[OwnerShare, ...], after: dict[str, Any]
) -> None:
    tx.audit(action, "asset", asset_id, after=after, subject=owners[0].contact_id)
    tx.touch("wealth")


def edit_asset(ctx: Context, asset_id: int, form: AssetForm, expected_version: int) -> None:
    """Change what is known of a good, its values aside.

    Raises
    ------
    StaleEditError
        Somebody saved it after `expected_version` was read.
    """
    ctx.require(Permission.WEALTH_WRITE)
    _require_sound(ctx, form, known=True)
    with store.tx(ctx) as tx:
        kept = one_asset(tx.session, ctx, asset_id)
        _require_fresh(kept, form, expected_version)
        if form.company_id != kept.company_id:
            _require_company(tx.session, ctx, form)
        changed = [name for name in PLAIN if getattr(kept, name) != getattr(form, name)]
        for name in changed:
            setattr(kept, name, getattr(form, name))
        store.stamp(ctx, kept)
        _write_estate(tx, asset_id, form)
        write_owners(tx, form.owners, asset_id=asset_id)
        _said(tx, "update", asset_id, form.owners, {"fields": changed})


def _require_fresh(kept: Asset, form: AssetForm, expected_version: int) -> None:
    if kept.version == expected_version:
        return
    labels = {field.key: field.label for field in ASSET_FORM.fields}
    changes = [
        FieldChange(labels[name], getattr(kept, name), getattr(form, name))
        for name in PLAIN
        if getattr(kept, name) != getattr(form, name)
    ]
    raise StaleEditError("Ce bien", changes)


def value_asset(
    ctx: Context, asset_id: int, value: Decimal, on: date, method: str = "estimate"
) -> None:
    """Say what a good is worth on a day; former values stay, that of the same day is replaced."""
    ctx.require(Permission.WEALTH_WRITE)
    VALUE_FORM.require_valid({"value": value, "value_on": on, "method": method}, ctx.today)
    with store.tx(ctx) as tx:
        one_asset(tx.session, ctx, asset_id)
        owners = owners_of(tx.session, ctx, "asset_id", [asset_id])[asset_id]
        of_firm = (AssetValue.firm_id == ctx.firm_id, AssetValue.asset_id == asset_id)
        same = select(AssetValue).where(*of_firm, AssetValue.on == on)
        kept = tx.session.exec(same).first()
        if kept is None:
            kept = AssetValue(firm_id=ctx.firm_id, asset_id=asset_id, on=on, value=value)
        kept.value, kept.method = value, method
        tx.add(kept)
        _said(tx, "value", asset_id, owners, {"on": on.isoformat()})


def sell_asset(
    ctx: Context, asset_id: int, sold_on: date, proceeds: Decimal, expected_version: int
) -> None:
    """Say that a good was sold: from that day on it counts no more, and its price is kept."""
    ctx.require(Permission.WEALTH_WRITE)
    SALE_FORM.require_valid({"sold_on": sold_on, "proceeds": proceeds}, ctx.today)
    with store.tx(ctx) as tx:
        kept = one_asset(tx.session, ctx, asset_id)
        if kept.version != expected_version:
            raise StaleEditError("Ce bien", [])
        if kept.acquired_on and sold_on < kept.acquired_on:
            message = "la vente ne peut pas précéder l'acquisition."
            raise InvalidInputError([FieldProblem("sold_on", "Date de vente", message)])
        owners = owners_of(tx.session, ctx, "asset_id", [asset_id])[asset_id]
        kept.sold_on, kept.proceeds = sold_on, proceeds
        store.stamp(ctx, kept)
        _said(tx, "sell", asset_id, owners, {"sold_on": sold_on.isoformat()})


def delete_asset(ctx: Context, asset_id: int, expected_version: int) -> None:
    """Delete a good entered by mistake, with its values; one that a loan finances is kept."""
    ctx.require(Permission.WEALTH_DELETE)
    with store.tx(ctx) as tx:
        kept = one_asset(tx.session, ctx, asset_id)
        if kept.version != expected_version:
            raise StaleEditError("Ce bien", [])
        financed = select(Loan.id).where(Loan.firm_id == ctx.firm_id, Loan.asset_id == asset_id)
        if tx.session.exec(financed).first() is not None:
            raise InvalidInputError(
                f"« {kept.label} » est financé par un prêt : détachez d'abord le prêt, "
                "ou indiquez la vente du bien."
            )
        owners = owners_of(tx.session, ctx, "asset_id", [asset_id])[asset_id]
        tx.session.delete(kept)
        _said(tx, "delete", asset_id, owners, {"label": kept.label})
