"""Which properties and loans do they have, and what is left to repay? One list of each."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import contacts, store
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.held_accounts import inside_members
from o2s_core.wealth.balance import holders_in_words
from o2s_core.wealth.items import in_euros, values_on
from o2s_core.wealth.loans import events_of, loans_among
from o2s_core.wealth.models import Asset, Loan, RealEstate
from o2s_core.wealth.owners import owners_of
from o2s_core.wealth.schedules import lines_of, outstanding_on, standing
from o2s_core.wealth.visible import assets_inside, held_by

CENTS: Final = pl.Decimal(38, 2)
#: One row per property, whole, whoever else owns it. Yields are ratios of the value:
#: `gross` rents alone, `net` after charges and property tax; `cash_eur` after loans too.
PROPERTIES: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "label": pl.String(),
        "address": pl.String(),
        "use": pl.String(),
        "holders": pl.String(),
        "value_eur": CENTS,
        "value_on": pl.Date(),
        "cost_eur": CENTS,  #: price, fees and works
        "gain_eur": CENTS,
        "owed_eur": CENTS,
        "ltv": pl.Float64(),
        "rent_eur": CENTS,
        "gross": pl.Float64(),
        "net": pl.Float64(),
        "cash_eur": CENTS,  #: a year
    }
)
#: One row per loan, whole; amounts in euros, null without exchange rate.
LOANS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "label": pl.String(),
        "lender": pl.String(),
        "kind": pl.String(),
        "borrowers": pl.String(),
        "capital_eur": CENTS,
        "rate": pl.Float64(),
        "outstanding_eur": CENTS,
        "monthly_eur": CENTS,
        "next_due": pl.Date(),
        "ends_on": pl.Date(),
        "asset": pl.String(),
    }
)
#: One row per good that was sold, latest first.
SOLD: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "label": pl.String(),
        "sold_on": pl.Date(),
        "proceeds": CENTS,
        "currency": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Register:
    """The properties and the loans of a scope on a day."""

    on: date
    properties: pl.DataFrame
    loans: pl.DataFrame

    @property
    def value_eur(self) -> Decimal:
        """Return what the properties are worth, those without value left out."""
        return _sum(self.properties, "value_eur")

    @property
    def outstanding_eur(self) -> Decimal:
        """Return what is still owed of all loans."""
        return _sum(self.loans, "outstanding_eur")

    @property
    def monthly_eur(self) -> Decimal:
        """Return what the next instalments take each month on average."""
        return _sum(self.loans, "monthly_eur")


def _sum(frame: pl.DataFrame, name: str) -> Decimal:
    return sum(frame[name].drop_nulls(), ZERO)


def register(ctx: Context, scope: Scope, on: date | None = None) -> Register:
    """Return the properties and the loans of a scope, each whole."""
    ctx.require(Permission.WEALTH_READ)
    day = on or ctx.today
    with store.reading(ctx) as session:
        members = inside_members(session, ctx, scope.member_ids)
        rows = _estates(session, ctx, members)
        of_assets = _loans_of(session, ctx, [asset.id or 0 for asset, _ in rows])
        mine = loans_among(session, ctx, held_by(session, ctx, "loan_id", members))
        listed = _loans(session, ctx, mine, day)
        financing = _loans(session, ctx, of_assets, day)
        properties = _properties(session, ctx, rows, of_assets, financing, day)
    return Register(day, properties, listed)


def _estates(
    session: Session, ctx: Context, members: frozenset[int]
) -> list[tuple[Asset, RealEstate]]:
    ids = held_by(session, ctx, "asset_id", members)
    query = (
        select(Asset, RealEstate)
        .join(RealEstate, col(RealEstate.asset_id) == col(Asset.id))
        .where(
            assets_inside(ctx), store.among(ctx, col(Asset.id), ids), col(Asset.sold_on).is_(None)
        )
        .order_by(col(Asset.label), col(Asset.id))
    )
    return list(session.exec(query).all())


def _loans_of(session: Session, ctx: Context, asset_ids: list[int]) -> list[Loan]:
    query = select(Loan.id).where(
        Loan.firm_id == ctx.firm_id, store.among(ctx, col(Loan.asset_id), asset_ids)
    )
    return loans_among(session, ctx, [i for i in session.exec(query) if i is not None])


def _loans(session: Session, ctx: Context, rows: list[Loan], on: date) -> pl.DataFrame:
    ids = [row.id or 0 for row in rows]
    owners, events = owners_of(session, ctx, "loan_id", ids), events_of(session, ctx, ids)
    names = contacts.names_of(ctx, {o.contact_id for some in owners.values() for o in some})
    assets = _labels(session, ctx, [row.asset_id for row in rows if row.asset_id])
    found = []
    for row in rows:
        id_ = row.id or 0
        lines = lines_of(row, [event for _, event in events.get(id_, ())])
        said = {"borrowers": holders_in_words(owners[id_], names),
                "asset": assets.get(row.asset_id or 0, "")}  # fmt: skip
        found.append(_loan(ctx, row, lines, on) | said)
    return pl.DataFrame(found, LOANS)


def _loan(ctx: Context, row: Loan, lines: pl.DataFrame, on: date) -> dict[str, Any]:
    coming = standing(row, lines, on).left.filter(pl.col("n").is_not_null())
    first = coming.row(0, named=True) if coming.height else None
    monthly = first["total"] if first else ZERO
    if first and row.kind == "bullet":
        monthly -= first["principal"]
    return {
        "id": row.id,
        "label": row.label,
        "lender": row.lender,
        "kind": row.kind,
        "capital_eur": in_euros(ctx, row.capital, row.currency, on),
        "rate": float(row.rate),
        "outstanding_eur": in_euros(ctx, outstanding_on(row, lines, on), row.currency, on),
        "monthly_eur": in_euros(ctx, monthly / row.step, row.currency, on),
        "next_due": first["due"] if first else None,
        "ends_on": lines["due"][-1],
    }


def _labels(session: Session, ctx: Context, ids: list[int]) -> dict[int, str]:
    query = select(Asset).where(assets_inside(ctx), store.among(ctx, col(Asset.id), ids))
    return {row.id or 0: row.label for row in session.exec(query)}


def _properties(
    session: Session,
    ctx: Context,
    rows: list[tuple[Asset, RealEstate]],
    of_assets: list[Loan],
    financing: pl.DataFrame,
    on: date,
) -> pl.DataFrame:
    ids = [asset.id or 0 for asset, _ in rows]
    owners, values = owners_of(session, ctx, "asset_id", ids), values_on(session, ctx, ids, on)
    names = contacts.names_of(ctx, {o.contact_id for some in owners.values() for o in some})
    found = []
    for asset, estate in rows:
        id_ = asset.id or 0
        value = values.get(id_)
        worth = None if value is None else in_euros(ctx, value.value, asset.currency, on)
        mine = financing.filter(
            pl.col("id").is_in([loan.id for loan in of_assets if loan.asset_id == id_])
        )
        said = {"holders": holders_in_words(owners[id_], names),
                "value_on": value.on if value else None, "value_eur": worth}  # fmt: skip
        found.append(_property(ctx, asset, estate, worth, mine, on) | said)
    return pl.DataFrame(found, PROPERTIES)


def _property(
    ctx: Context,
    asset: Asset,
    estate: RealEstate,
    worth: Decimal | None,
    loans: pl.DataFrame,
    on: date,
) -> dict[str, Any]:
    def euros(amount: Decimal) -> Decimal | None:
        return in_euros(ctx, amount, asset.currency, on)

    cost = euros(estate.price + estate.fees + estate.works)
    rent, spent = euros(asset.income), euros(asset.charges + estate.property_tax)
    owed = _sum(loans, "outstanding_eur")
    cash = None if rent is None or spent is None else rent - spent - 12 * _sum(loans, "monthly_eur")
    return {
        "id": asset.id,
        "label": asset.label,
        "address": estate.address,
        "use": estate.use,
        "cost_eur": cost,
        "gain_eur": None if worth is None or not cost else worth - cost,
        "owed_eur": owed,
        "ltv": _ratio(owed, worth),
        "rent_eur": rent,
        "gross": _ratio(rent, worth) if rent else None,
        "net": _ratio(rent - spent, worth) if rent and spent is not None else None,
        "cash_eur": cash,
    }


def _ratio(part: Decimal | None, whole: Decimal | None) -> float | None:
    return None if part is None or not whole else float(part / whole)


def sold_assets(ctx: Context, scope: Scope) -> pl.DataFrame:
    """Return what the members of a scope sold, latest first (`SOLD`)."""
    ctx.require(Permission.WEALTH_READ)
    with store.reading(ctx) as session:
        members = inside_members(session, ctx, scope.member_ids)
        ids = held_by(session, ctx, "asset_id", members)
        query = (
            select(Asset)
            .where(
                assets_inside(ctx),
                store.among(ctx, col(Asset.id), ids),
                col(Asset.sold_on).is_not(None),
            )
            .order_by(col(Asset.sold_on).desc(), col(Asset.id))
        )
        rows = session.exec(query).all()
    return pl.DataFrame(
        [(r.id, r.label, r.sold_on, r.proceeds, r.currency) for r in rows], SOLD, orient="row"
    )
