"""Providers, instruments, their other codes, prices and rates, as stored."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from o2s_core.store import EXACT, Fact, Instant, Row, impersonal, personal


class Provider(Row, table=True):
    """Partenaire: insurer, bank, platform, custodian, management company."""

    __tablename__ = "provider"
    __table_args__ = (UniqueConstraint("firm_id", "code"),)
    code: str = Field(sa_column_kwargs=impersonal())
    name: str = Field(sa_column_kwargs=impersonal())
    roles: str = Field(default="", sa_column_kwargs=impersonal())  #: comma-separated
    lei: str = Field(default="", sa_column_kwargs=impersonal())
    bic: str = Field(default="", sa_column_kwargs=impersonal())
    website: str = Field(default="", sa_column_kwargs=impersonal())
    agreement: str = Field(default="", sa_column_kwargs=impersonal())  #: convention number
    agreed_on: date | None = None
    contact: str = Field(default="", sa_column_kwargs=personal("identity"))  #: of its sales people
    contact_email: str = Field(default="", sa_column_kwargs=personal("identity"))
    contact_phone: str = Field(default="", sa_column_kwargs=personal("identity"))
    active: bool = True


class Instrument(Row, table=True):
    """Support: what a line is made of; without ISIN when it has none (fonds euros, cash)."""

    __tablename__ = "instrument"
    __table_args__ = (
        UniqueConstraint("firm_id", "isin"),
        Index("ix_instrument_search", "firm_id", "status", "search_key"),
    )
    isin: str | None = Field(default=None, sa_column_kwargs=impersonal(), index=True)
    label: str = Field(sa_column_kwargs=impersonal())
    kind: str = Field(sa_column_kwargs=impersonal())  #: opcvm, etf, share, bond, scpi, fonds_euros…
    asset_class: str = Field(default="unknown", sa_column_kwargs=impersonal())
    currency: str = Field(default="EUR", sa_column_kwargs=impersonal())
    provider_id: int | None = Field(
        default=None, foreign_key="provider.id"
    )  #: insurer of a fonds euros
    manager: str = Field(default="", sa_column_kwargs=impersonal())
    sri: int | None = None
    sfdr: int | None = None
    reported_sri: int | None = None  #: of the newest manufacturer's file; before what was typed
    reported_sfdr: int | None = None  #: 0: the file says that it is out of scope
    zone: str = Field(default="", sa_column_kwargs=impersonal())  #: code of `ZONES`
    eligible: str = Field(default="", sa_column_kwargs=impersonal())  #: envelopes, comma-separated
    labels: str = Field(default="", sa_column_kwargs=impersonal())  #: of `LABELS`, comma-separated
    described_on: date | None = None  #: day of the source of zone, eligibility and labels
    income: str = Field(default="", sa_column_kwargs=impersonal())
    #: of an index: price (dividends left out), total (reinvested); empty: not said
    price_factor: Decimal = Field(default=Decimal(1), sa_type=EXACT)  #: 0.01 when quoted in %
    status: str = Field(default="active", sa_column_kwargs=impersonal())
    #: active, provisional (made from a partner's line, to complete), unidentified, inactive
    search_key: str = Field(default="", sa_column_kwargs=impersonal(), index=True)


class InstrumentAlias(Row, table=True):
    """Another code of an instrument, at one partner or everywhere (provider 0)."""

    __tablename__ = "instrument_alias"
    __table_args__ = (UniqueConstraint("firm_id", "provider_id", "code_type", "code"),)
    provider_id: int = 0
    code_type: str = Field(
        sa_column_kwargs=impersonal()
    )  #: cusip, sedol, wkn, ticker, conid, label…
    code: str = Field(sa_column_kwargs=impersonal())
    instrument_id: int = Field(foreign_key="instrument.id", index=True)


class FundReport(Row, table=True):
    """What one file of a manufacturer says of a support on a day; never rewritten."""

    __tablename__ = "fund_report"
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    template: str = Field(sa_column_kwargs=impersonal())  #: emt, ept, eet, tpt
    edition: str = Field(default="", sa_column_kwargs=impersonal())
    as_of: date
    state: str = Field(default="active", sa_column_kwargs=impersonal())
    #: active, replaced (by a newer file about the same day), cancelled
    delivery_id: int | None = Field(default=None, index=True)
    locator: str = Field(default="", sa_column_kwargs=impersonal())
    label: str = Field(default="", sa_column_kwargs=impersonal())
    manufacturer: str = Field(default="", sa_column_kwargs=impersonal())
    currency: str = Field(default="", sa_column_kwargs=impersonal())
    digest: str = Field(default="", sa_column_kwargs=impersonal())  #: of its facts and lines


class FundFact(Fact, table=True):
    """One thing that a report says: a number or a word."""

    __tablename__ = "fund_fact"
    report_id: int = Field(foreign_key="fund_report.id", index=True)
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    name: str = Field(sa_column_kwargs=impersonal())  #: risk.sri, cost.ongoing, target.retail…
    number: Decimal | None = Field(default=None, sa_type=EXACT)
    text: str | None = Field(default=None, sa_column_kwargs=impersonal())
    as_of: date
    locator: str = Field(default="", sa_column_kwargs=impersonal())


class FundLine(Fact, table=True):
    """One line of a fund's own portfolio."""

    __tablename__ = "fund_line"
    report_id: int = Field(foreign_key="fund_report.id", index=True)
    locator: str = Field(default="", sa_column_kwargs=impersonal())
    code: str = Field(default="", sa_column_kwargs=impersonal())
    code_type: str = Field(default="", sa_column_kwargs=impersonal())
    label: str = Field(default="", sa_column_kwargs=impersonal())
    asset: str = Field(default="", sa_column_kwargs=impersonal())  #: category of the CIC code
    country: str = Field(default="", sa_column_kwargs=impersonal())
    currency: str = Field(default="", sa_column_kwargs=impersonal())
    value: Decimal | None = Field(default=None, sa_type=EXACT)  #: in the currency of the fund
    weight: Decimal | None = Field(default=None, sa_type=EXACT)  #: signed ratio of the net assets


class PendingPrice(Fact, table=True):
    """A price not yet in the published history; readers read the union."""

    __tablename__ = "pending_price"
    __table_args__ = (UniqueConstraint("firm_id", "instrument_id", "day", "source"),)
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    day: date
    value: Decimal = Field(sa_type=EXACT)
    currency: str = Field(sa_column_kwargs=impersonal())
    kind: str = Field(
        default="nav", sa_column_kwargs=impersonal()
    )  #: nav, close, manual, withdrawal
    source: str = Field(default="", sa_column_kwargs=impersonal())
    recorded_at: datetime = Field(sa_type=Instant)


class PriceCorrection(Fact, table=True):
    """What a price was before its source corrected it; the price in force is elsewhere."""

    __tablename__ = "price_correction"
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    day: date
    source: str = Field(sa_column_kwargs=impersonal())
    kind: str = Field(sa_column_kwargs=impersonal())
    value: Decimal = Field(sa_type=EXACT)  #: the old one
    currency: str = Field(sa_column_kwargs=impersonal())
    recorded_at: datetime = Field(sa_type=Instant)  #: of the old one
    replaced_at: datetime = Field(sa_type=Instant)
    delivery_id: int | None = Field(default=None, index=True)  #: that brought the new one


class DoubtfulPrice(Row, table=True):
    """A price too far from the one before: it waits for somebody (Cours à confirmer)."""

    __tablename__ = "doubtful_price"
    __table_args__ = (UniqueConstraint("firm_id", "instrument_id", "day", "source"),)
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    day: date
    source: str = Field(sa_column_kwargs=impersonal())
    kind: str = Field(sa_column_kwargs=impersonal())
    value: Decimal = Field(sa_type=EXACT)
    currency: str = Field(sa_column_kwargs=impersonal())
    previous_value: Decimal = Field(sa_type=EXACT)
    previous_on: date
    delivery_id: int | None = Field(default=None, index=True)
    state: str = Field(default="waiting", sa_column_kwargs=impersonal(), index=True)
    #: waiting, accepted, refused
    reason: str = Field(default="", sa_column_kwargs=personal("free text"))
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: int | None = None


class PendingRate(SQLModel, table=True):
    """A euro exchange rate beyond the bundled ECB history: units of currency per euro."""

    __tablename__ = "pending_rate"
    firm_id: int = Field(primary_key=True)
    currency: str = Field(primary_key=True, sa_column_kwargs=impersonal())
    day: date = Field(primary_key=True)
    units_per_euro: Decimal = Field(sa_type=EXACT)
    source: str = Field(default="", sa_column_kwargs=impersonal())


class ModelPortfolio(Row, table=True):
    """Portefeuille modèle: what a contract should look like, for a level of risk."""

    __tablename__ = "model_portfolio"
    name: str = Field(sa_column_kwargs=impersonal())
    risk_level: int  #: 1 (prudent) to 5 (offensif)
    currency: str = Field(default="EUR", sa_column_kwargs=impersonal())
    benchmark_id: int | None = Field(default=None, foreign_key="instrument.id")
    description: str = Field(default="", sa_column_kwargs=impersonal())
    archived: bool = False


class ModelVersion(Row, table=True):
    """What a model says from a day on; once published it is never rewritten."""

    __tablename__ = "model_version"
    __table_args__ = (UniqueConstraint("model_id", "number"),)
    model_id: int = Field(foreign_key="model_portfolio.id", index=True)
    number: int
    state: str = Field(default="draft", sa_column_kwargs=impersonal())  #: draft, published
    valid_from: date | None = None
    comment: str = Field(default="", sa_column_kwargs=impersonal())
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    published_by: int | None = None


class ModelLine(Fact, table=True):
    """One support of a version: its weight, and between what and what it may drift."""

    __tablename__ = "model_line"
    __table_args__ = (UniqueConstraint("version_id", "instrument_id"),)
    version_id: int = Field(foreign_key="model_version.id", index=True)
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    rank: int
    weight: Decimal = Field(sa_type=EXACT)  #: ratio; those of a version add up to 1
    minimum: Decimal | None = Field(default=None, sa_type=EXACT)
    maximum: Decimal | None = Field(default=None, sa_type=EXACT)


class FundStatus(Fact, table=True):
    """What the firm decided about a support on a day; the last one stands, none is rewritten."""

    __tablename__ = "fund_status"
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    state: str = Field(sa_column_kwargs=impersonal())  #: approved, watched, excluded, none
    reason: str = Field(default="", sa_column_kwargs=personal("free text"))
    decided_on: date
    review_on: date | None = None
    decided_at: datetime = Field(sa_type=Instant)
    decided_by: int | None = None


class SupportDescription(Fact, table=True):
    """What somebody read of a support on a day: zone, eligibility, labels; the last one stands."""

    __tablename__ = "support_description"
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    zone: str = Field(default="", sa_column_kwargs=impersonal())
    eligible: str = Field(default="", sa_column_kwargs=impersonal())  #: comma-separated
    labels: str = Field(default="", sa_column_kwargs=impersonal())  #: comma-separated
    source: str = Field(sa_column_kwargs=impersonal())  #: where it is written
    as_of: date
    recorded_at: datetime = Field(sa_type=Instant)
    author: str = Field(default="", sa_column_kwargs=impersonal())  #: login


class SupportNote(Fact, table=True):
    """A version of a note on a support: none is rewritten, the last one of its thread stands."""

    __tablename__ = "support_note"
    __table_args__ = (UniqueConstraint("instrument_id", "thread", "revision"),)
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    thread: int  #: id of the note among those of the support
    revision: int = 1
    state: str = Field(default="standing", sa_column_kwargs=impersonal())
    #: standing, replaced, deleted
    text: str = Field(sa_column_kwargs=personal("free text"))
    author: str = Field(sa_column_kwargs=impersonal())  #: login
    written_at: datetime = Field(sa_type=Instant)


class SupportLink(Row, table=True):
    """A document of a support that lies elsewhere: its address, and until when it holds."""

    __tablename__ = "support_link"
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    category: str = Field(sa_column_kwargs=impersonal())
    title: str = Field(sa_column_kwargs=impersonal())
    address: str = Field(sa_column_kwargs=impersonal())
    dated_on: date | None = None
    valid_until: date | None = None


class Absorption(Row, table=True):
    """Fusion-absorption: from a day on, a support goes on with the history of another."""

    __tablename__ = "absorption"
    old_id: int = Field(foreign_key="instrument.id", index=True)
    new_id: int = Field(foreign_key="instrument.id", index=True)
    since: date  #: first day of the new one
    ratio: Decimal = Field(sa_type=EXACT)  #: units of the new one for one of the old one
    source: str = Field(default="", sa_column_kwargs=impersonal())  #: where it is written
    ended_at: datetime | None = Field(default=None, sa_type=Instant)  #: taken back


class InstrumentRequest(Row, table=True):
    """Demande de création de support: what somebody misses, and what became of it."""

    __tablename__ = "instrument_request"
    label: str = Field(sa_column_kwargs=impersonal())
    kind: str = Field(sa_column_kwargs=impersonal())
    isin: str = Field(default="", sa_column_kwargs=impersonal())
    issuer: str = Field(default="", sa_column_kwargs=impersonal())
    proof_sha: str = Field(default="", sa_column_kwargs=impersonal())
    proof_name: str = Field(default="", sa_column_kwargs=personal("document"))
    comment: str = Field(default="", sa_column_kwargs=personal("free text"))
    state: str = Field(default="submitted", sa_column_kwargs=impersonal(), index=True)
    #: submitted, in_progress, created, refused, duplicate
    instrument_id: int | None = Field(default=None, foreign_key="instrument.id")
    requested_by: int | None = None
    answer: str = Field(default="", sa_column_kwargs=personal("free text"))
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


class Favourite(Row, table=True):
    """Fonds préféré: of one user, or of the firm (user 0)."""

    __tablename__ = "favourite"
    __table_args__ = (UniqueConstraint("firm_id", "user_id", "instrument_id"),)
    user_id: int = 0
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    rank: int = 0
    comment: str = Field(default="", sa_column_kwargs=personal("free text"))


class Display(Row, table=True):
    """How one user wants to see a list: its columns, its order."""

    __tablename__ = "display"
    __table_args__ = (UniqueConstraint("firm_id", "user_id", "name"),)
    user_id: int
    name: str = Field(sa_column_kwargs=impersonal())  #: supports, favourites
    columns: str = Field(default="", sa_column_kwargs=impersonal())  #: comma-separated
    sort: str = Field(default="", sa_column_kwargs=impersonal())
    first_in_pickers: bool = True


class ProductRange(Row, table=True):
    """Gamme: products and supports that the firm offers together."""

    __tablename__ = "product_range"
    __table_args__ = (UniqueConstraint("firm_id", "name"),)
    name: str = Field(sa_column_kwargs=impersonal())
    purpose: str = Field(default="", sa_column_kwargs=impersonal())
    in_catalogue: bool = True
    rank: int = 0


class Product(Row, table=True):
    """Contrat type of a partner: what it asks and what it costs."""

    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("firm_id", "provider_id", "name"),)
    provider_id: int = Field(foreign_key="provider.id", index=True)
    name: str = Field(sa_column_kwargs=impersonal())
    envelope: str = Field(sa_column_kwargs=impersonal())
    minimum_eur: Decimal | None = Field(default=None, sa_type=EXACT)  #: first payment
    payment_eur: Decimal | None = Field(default=None, sa_type=EXACT)  #: next payments
    entry_fee: Decimal | None = Field(default=None, sa_type=EXACT)  #: ratio, at most
    management_fee: Decimal | None = Field(default=None, sa_type=EXACT)  #: yearly, units
    euro_fee: Decimal | None = Field(default=None, sa_type=EXACT)  #: yearly, fonds en euros
    switch_fee: Decimal | None = Field(default=None, sa_type=EXACT)
    euro_rate: Decimal | None = Field(default=None, sa_type=EXACT)  #: net of its fee
    euro_rate_year: int | None = None
    units: int | None = None  #: supports offered
    open: bool = True


class RangeItem(Row, table=True):
    """A support or a product of a range."""

    __tablename__ = "range_item"
    range_id: int = Field(foreign_key="product_range.id", index=True)
    instrument_id: int | None = Field(default=None, foreign_key="instrument.id", index=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    rank: int = 0
