"""Goods, debts, loans, who owns them, pledges and budget lines, as stored."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field

from o2s_core.store import EXACT, MONEY, Row, impersonal, personal

WEALTH = personal("wealth", "keep")


class Asset(Row, table=True):
    """Bien ou dette hors comptes: what it is worth is told by its values, day by day."""

    __tablename__ = "asset"
    kind: str = Field(sa_column_kwargs=impersonal(), index=True)  #: key of `kinds.KINDS`
    label: str = Field(sa_column_kwargs=WEALTH)
    currency: str = Field(default="EUR", sa_column_kwargs=impersonal())
    acquired_on: date | None = Field(default=None, sa_column_kwargs=WEALTH)
    income: Decimal = Field(default=Decimal(0), sa_type=MONEY)  #: a year
    charges: Decimal = Field(default=Decimal(0), sa_type=MONEY)  #: a year
    company_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    #: whose shares they are, when the asset is shares of a company of the firm's contacts
    stake: Decimal | None = Field(default=None, sa_type=EXACT)  #: ratio of that company
    sold_on: date | None = Field(default=None, sa_column_kwargs=WEALTH)
    proceeds: Decimal | None = Field(default=None, sa_type=MONEY)
    comment: str = Field(default="", sa_column_kwargs=personal("free text"))


class RealEstate(Row, table=True):
    """Bien immobilier: what a property has besides what every asset has; amounts a year."""

    __tablename__ = "real_estate"
    asset_id: int = Field(foreign_key="asset.id", unique=True, ondelete="CASCADE")
    address: str = Field(sa_column_kwargs=WEALTH)
    use: str = Field(sa_column_kwargs=impersonal())  #: key of `kinds.USES`
    surface: Decimal | None = Field(default=None, sa_type=EXACT)  #: square metres
    price: Decimal = Field(default=Decimal(0), sa_type=MONEY)  #: paid, fees and works aside
    fees: Decimal = Field(default=Decimal(0), sa_type=MONEY)
    works: Decimal = Field(default=Decimal(0), sa_type=MONEY)
    property_tax: Decimal = Field(default=Decimal(0), sa_type=MONEY)
    tax_scheme: str = Field(default="none", sa_column_kwargs=impersonal())
    dpe: str = Field(default="", sa_column_kwargs=impersonal())  #: A to G


class AssetValue(Row, table=True):
    """What an asset was worth on a day, by which method; the last before a day holds."""

    __tablename__ = "asset_value"
    __table_args__ = (Index("ix_asset_value_asset_id_on", "asset_id", "on"),)
    asset_id: int = Field(foreign_key="asset.id", ondelete="CASCADE")
    on: date = Field(sa_column_kwargs=WEALTH)
    value: Decimal = Field(sa_type=MONEY)  #: in the asset's currency
    method: str = Field(default="estimate", sa_column_kwargs=impersonal())


class Ownership(Row, table=True):
    """Détention: who owns an asset or owes a loan, by which right, for which share."""

    __tablename__ = "ownership"
    asset_id: int | None = Field(
        default=None, foreign_key="asset.id", index=True, ondelete="CASCADE"
    )
    loan_id: int | None = Field(default=None, foreign_key="loan.id", index=True, ondelete="CASCADE")
    contact_id: int = Field(foreign_key="contact.id", index=True)
    right: str = Field(default="full", sa_column_kwargs=impersonal())  #: full, usufruct, bare
    share: Decimal = Field(default=Decimal(1), sa_type=EXACT)
    origin: str = Field(default="", sa_column_kwargs=personal("family"))  #: key of `ORIGINS`
    since: date | None = None
    until: date | None = None  #: last day of a usufruct for a term
    rank: int = 0


class Loan(Row, table=True):
    """Prêt: the terms that were signed; what happened since is its events."""

    __tablename__ = "loan"
    label: str = Field(sa_column_kwargs=WEALTH)
    lender: str = Field(sa_column_kwargs=WEALTH)
    kind: str = Field(sa_column_kwargs=impersonal())  #: amortising, bullet
    purpose: str = Field(default="property", sa_column_kwargs=impersonal())
    currency: str = Field(default="EUR", sa_column_kwargs=impersonal())
    capital: Decimal = Field(sa_type=MONEY)
    rate: Decimal = Field(sa_type=EXACT)  #: a year, ratio
    rate_type: str = Field(default="fixed", sa_column_kwargs=impersonal())  #: fixed, variable
    months: int
    step: int = 1  #: months between two instalments
    first_due: date = Field(sa_column_kwargs=WEALTH)
    insurance_rate: Decimal = Field(default=Decimal(0), sa_type=EXACT)  #: a year, ratio
    insurance_base: str = Field(default="initial", sa_column_kwargs=impersonal())
    deferral: str = Field(default="none", sa_column_kwargs=impersonal())
    deferral_months: int = 0
    fees: Decimal = Field(default=Decimal(0), sa_type=MONEY)  #: of the file and of the guarantee
    guarantee: str = Field(default="none", sa_column_kwargs=impersonal())
    asset_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    comment: str = Field(default="", sa_column_kwargs=personal("free text"))


class LoanEvent(Row, table=True):
    """What changed a loan on a day: early repayment, rate, instalment, pause."""

    __tablename__ = "loan_event"
    loan_id: int = Field(foreign_key="loan.id", index=True, ondelete="CASCADE")
    on: date = Field(sa_column_kwargs=WEALTH)
    kind: str = Field(sa_column_kwargs=impersonal())  #: key of `events.EVENTS`
    amount: Decimal | None = Field(default=None, sa_type=MONEY)  #: repaid, or the new instalment
    keeps: str = Field(default="", sa_column_kwargs=impersonal())  #: instalment, duration
    rate: Decimal | None = Field(default=None, sa_type=EXACT)  #: the new one, a year
    months: int | None = None  #: of a pause
    penalty: Decimal = Field(default=Decimal(0), sa_type=MONEY)
    note: str = Field(default="", sa_column_kwargs=personal("free text"))


class Pledge(Row, table=True):
    """Nantissement: an account that guarantees a debt, for an amount or for a share of it."""

    __tablename__ = "pledge"
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    loan_id: int | None = Field(default=None, foreign_key="loan.id", index=True, ondelete="CASCADE")
    creditor: str = Field(sa_column_kwargs=WEALTH)
    amount: Decimal | None = Field(default=None, sa_type=MONEY)
    ratio: Decimal | None = Field(default=None, sa_type=EXACT)  #: of the account
    since: date = Field(sa_column_kwargs=WEALTH)
    released_on: date | None = Field(default=None, sa_column_kwargs=WEALTH)


class BudgetItem(Row, table=True):
    """Ligne de budget: what comes in or goes out of somebody's purse, how often."""

    __tablename__ = "budget_item"
    contact_id: int = Field(foreign_key="contact.id", index=True)
    side: str = Field(sa_column_kwargs=impersonal())  #: income, charge
    category: str = Field(sa_column_kwargs=impersonal())
    label: str = Field(default="", sa_column_kwargs=WEALTH)
    amount: Decimal = Field(sa_type=MONEY)  #: each time
    frequency: str = Field(default="monthly", sa_column_kwargs=impersonal())
    since: date = Field(sa_column_kwargs=WEALTH)
    until: date | None = Field(default=None, sa_column_kwargs=WEALTH)  #: last day
