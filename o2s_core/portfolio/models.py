"""Accounts, who holds them, what partners said of them and what happened on them, as stored."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from o2s_core.store import EXACT, Fact, Instant, Row, impersonal, personal


class Account(Row, table=True):
    """Compte, contrat: an envelope at a provider."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("firm_id", "provider_id", "number_key"),
        Index("ix_account_search", "firm_id", "archived_at", "search_key", "adviser_id"),
    )
    number: str = Field(sa_column_kwargs=personal("wealth", "keep"))
    number_key: str = Field(sa_column_kwargs=personal("wealth", "keep"))  #: compact(number)
    label: str = Field(sa_column_kwargs=personal("wealth", "keep"))
    envelope: str = Field(sa_column_kwargs=personal("wealth", "keep"))  #: assurance_vie, pea…
    provider_id: int = Field(foreign_key="provider.id", index=True)
    product: str = Field(default="", sa_column_kwargs=impersonal())
    currency: str = Field(default="EUR", sa_column_kwargs=impersonal())
    opened_on: date | None = Field(default=None, sa_column_kwargs=personal("wealth", "keep"))
    closed_on: date | None = Field(default=None, sa_column_kwargs=personal("wealth", "keep"))
    management: str = Field(default="free", sa_column_kwargs=impersonal())
    #: free, piloted, mandate, advised
    managed: bool = True  #: False: hors gestion (held away)
    aggregated: bool = False  #: fed by a partner
    adviser_id: int | None = Field(default=None, index=True)  #: null: its holders' advisers
    comment: str = Field(default="", sa_column_kwargs=personal("free text"))
    archived_at: datetime | None = Field(default=None, sa_type=Instant)
    search_key: str = Field(
        default="", sa_column_kwargs=personal("wealth", "keep")
    )  #: label and number, as they are searched


class AccountHolder(Row, table=True):
    """Titulaire: who holds an account, by which right, for which share (1 is the whole)."""

    __tablename__ = "account_holder"
    __table_args__ = (UniqueConstraint("account_id", "contact_id", "right"),)
    account_id: int = Field(foreign_key="account.id", index=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    role: str = Field(default="holder", sa_column_kwargs=impersonal())
    #: holder, co_holder, subscriber, insured, representative
    right: str = Field(default="full", sa_column_kwargs=impersonal())  #: full, usufruct, bare
    share: Decimal = Field(default=Decimal(1), sa_type=EXACT)
    rank: int = 0  #: order on the contract; the largest remainder goes to the first


class Situation(Row, table=True):
    """What an account held on a day, as a partner delivered it or as somebody typed it."""

    __tablename__ = "situation"
    __table_args__ = (UniqueConstraint("account_id", "as_of", "revision"),)
    account_id: int = Field(foreign_key="account.id")
    as_of: date = Field(sa_column_kwargs=personal("wealth", "keep"))
    revision: int = 1  #: 1, then 2 when corrected…
    state: str = Field(default="active", sa_column_kwargs=impersonal())
    #: active, superseded, cancelled
    source: str = Field(sa_column_kwargs=impersonal())
    #: partner, manual (déclaratif), takeover (reprise)
    delivery_id: int | None = Field(default=None, index=True)
    takeover_id: int | None = Field(default=None, index=True)
    currency: str = Field(default="EUR", sa_column_kwargs=impersonal())
    reported_total: Decimal | None = Field(
        default=None, sa_type=EXACT, sa_column_kwargs=personal("wealth", "keep")
    )
    content_hash: str = Field(sa_column_kwargs=impersonal())
    received_at: datetime = Field(sa_type=Instant)
    late: bool = False  #: older than the situation already known when it arrived
    note: str = Field(default="", sa_column_kwargs=personal("free text"))


class SituationLine(Fact, table=True):
    """One line of a situation; cash is a line of kind cash."""

    __tablename__ = "situation_line"
    situation_id: int = Field(foreign_key="situation.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    label: str = Field(sa_column_kwargs=impersonal())  #: as the partner wrote it
    quantity: Decimal | None = Field(default=None, sa_type=EXACT)  #: null: held by value only
    unit_cost: Decimal | None = Field(default=None, sa_type=EXACT)  #: PRU, in line currency
    price: Decimal | None = Field(default=None, sa_type=EXACT)
    price_on: date | None = None
    accrued: Decimal | None = Field(default=None, sa_type=EXACT)
    value: Decimal | None = Field(default=None, sa_type=EXACT)  #: as reported, line currency
    currency: str = Field(default="EUR", sa_column_kwargs=impersonal())
    locator: str = Field(default="", sa_column_kwargs=impersonal())  #: row in the delivery


class Movement(Fact, table=True):
    """Mouvement: what happened on an account; reversed or superseded, never deleted."""

    __tablename__ = "movement"
    __table_args__ = (
        UniqueConstraint("account_id", "key", "ordinal", "revision"),
        Index("ix_movement_account_id_trade_on", "account_id", "trade_on"),
    )
    account_id: int = Field(foreign_key="account.id")
    key: str = Field(sa_column_kwargs=impersonal())  #: partner reference or content hash
    ordinal: int = 1  #: n-th among identical rows of a day
    revision: int = 1
    state: str = Field(default="posted", sa_column_kwargs=impersonal())
    #: posted, superseded, cancelled_by_partner, cancelled
    trade_on: date = Field(sa_column_kwargs=personal("wealth", "keep"))
    value_on: date | None = None
    kind: str = Field(sa_column_kwargs=impersonal())
    instrument_id: int | None = Field(default=None, foreign_key="instrument.id", index=True)
    label: str = Field(default="", sa_column_kwargs=personal("wealth", "keep"))
    quantity: Decimal | None = Field(default=None, sa_type=EXACT)  #: signed: + enters the account
    price: Decimal | None = Field(default=None, sa_type=EXACT)
    gross: Decimal | None = Field(default=None, sa_type=EXACT)  #: signed as `net`
    fees: Decimal | None = Field(default=None, sa_type=EXACT)  #: positive when paid
    taxes: Decimal | None = Field(default=None, sa_type=EXACT)  #: positive when paid
    net: Decimal | None = Field(default=None, sa_type=EXACT)  #: signed: + enters the cash
    currency: str = Field(default="EUR", sa_column_kwargs=impersonal())
    fx_rate: Decimal | None = Field(
        default=None, sa_type=EXACT
    )  #: partner's, units per account unit
    content_hash: str = Field(sa_column_kwargs=impersonal())
    source: str = Field(default="partner", sa_column_kwargs=impersonal())
    #: partner, manual, takeover
    delivery_id: int | None = Field(default=None, index=True)
    takeover_id: int | None = Field(default=None, index=True)
    locator: str = Field(default="", sa_column_kwargs=impersonal())
    recorded_at: datetime = Field(sa_type=Instant)
    reverses_id: int | None = None  #: the movement that this one takes back (contrepassation)
    withdrawn_by: int | None = None  #: the delivery in whose complete window it was missing


class MovementReason(Fact, table=True):
    """Who typed a movement or took one back, and why: what the movement itself does not say."""

    __tablename__ = "movement_reason"
    movement_id: int = Field(index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    author: str = Field(sa_column_kwargs=impersonal())  #: login
    reason: str = Field(default="", sa_column_kwargs=personal("free text"))
    replaces_id: int | None = None  #: the movement that this one corrects


class PositionOverride(Row, table=True):
    """Correction à la main: a figure of a line that the firm puts in the place of the partner's.

    The partner's own figure stays stored in its situations; this one is read over it.
    """

    __tablename__ = "position_override"
    account_id: int = Field(foreign_key="account.id", index=True)
    instrument_id: int = Field(foreign_key="instrument.id", index=True)
    field: str = Field(sa_column_kwargs=impersonal())  #: price, unit_cost, quantity, label
    value: Decimal | None = Field(
        default=None, sa_type=EXACT, sa_column_kwargs=personal("wealth", "keep")
    )
    text: str = Field(default="", sa_column_kwargs=personal("wealth", "keep"))  #: of a label
    told: str = Field(default="", sa_column_kwargs=personal("wealth", "keep"))
    #: what the partner said when it was made; another word since is an alert
    since: date
    until: date | None = None  #: last day on which it holds
    reason: str = Field(sa_column_kwargs=personal("free text"))
    author: str = Field(default="", sa_column_kwargs=impersonal())  #: login
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_by: int | None = None


class ModelFollowing(Row, table=True):
    """The model portfolio that an account follows, from a day to another."""

    __tablename__ = "model_following"
    account_id: int = Field(foreign_key="account.id", index=True)
    model_id: int = Field(foreign_key="model_portfolio.id", index=True)
    since: date
    until: date | None = None  #: last day; null while it is followed


class SwitchProposal(Row, table=True):
    """Proposition d'arbitrage: what to sell and buy on an account, as it was computed one day."""

    __tablename__ = "switch_proposal"
    account_id: int = Field(foreign_key="account.id", index=True)
    model_id: int = Field(foreign_key="model_portfolio.id", index=True)
    model_version_id: int = Field(foreign_key="model_version.id")
    state: str = Field(default="draft", sa_column_kwargs=impersonal(), index=True)
    #: draft, to_review, kept, dismissed
    made_on: date
    total_eur: Decimal = Field(sa_type=EXACT)
    switch_fee_eur: Decimal | None = Field(default=None, sa_type=EXACT)  #: null: rate not given
    entry_fee_eur: Decimal | None = Field(default=None, sa_type=EXACT)
    gain_eur: Decimal | None = Field(default=None, sa_type=EXACT)
    tax_eur: Decimal | None = Field(default=None, sa_type=EXACT)  #: null: n.c., `tax_note` says why
    tax_note: str = Field(default="", sa_column_kwargs=impersonal())
    notes: str = Field(default="", sa_column_kwargs=impersonal())  #: one a line
    by_solver: bool = False
    terms: str = Field(default="", sa_column_kwargs=impersonal())  #: JSON
    fingerprint: str = Field(default="", sa_column_kwargs=impersonal())  #: of what it was made from
    reason: str = Field(default="", sa_column_kwargs=personal("free text"))
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: int | None = None


class SwitchLine(Fact, table=True):
    """One support of a proposal: before, aimed at, and what is done."""

    __tablename__ = "switch_line"
    proposal_id: int = Field(foreign_key="switch_proposal.id", index=True)
    instrument_id: int | None = Field(default=None, foreign_key="instrument.id", index=True)
    label: str = Field(sa_column_kwargs=impersonal())
    rank: int
    before_eur: Decimal = Field(sa_type=EXACT)
    target: Decimal | None = Field(default=None, sa_type=EXACT)  #: ratio; null: left apart
    side: str = Field(default="", sa_column_kwargs=impersonal())  #: sell, buy, or nothing
    amount_eur: Decimal | None = Field(default=None, sa_type=EXACT)
    share: Decimal | None = Field(default=None, sa_type=EXACT)  #: of the purchases
    after_eur: Decimal = Field(sa_type=EXACT)
    missing_eur: Decimal | None = Field(default=None, sa_type=EXACT)  #: still to buy (> 0) or sell
    indicative: bool = False
    note: str = Field(default="", sa_column_kwargs=impersonal())


class FilingBatch(Row, table=True):
    """Dépôt en série: many files of one kind and one year, each going to its contract."""

    __tablename__ = "filing_batch"
    title: str = Field(sa_column_kwargs=impersonal())
    category: str = Field(sa_column_kwargs=impersonal())
    year: int
    visibility: str = Field(default="internal", sa_column_kwargs=impersonal())
    published_at: datetime | None = Field(default=None, sa_type=Instant)


class FilingItem(Row, table=True):
    """One file of a batch: the contract it is about, or why none was found."""

    __tablename__ = "filing_item"
    batch_id: int = Field(foreign_key="filing_batch.id", index=True)
    file_name: str = Field(sa_column_kwargs=personal("document"))
    sha256: str = Field(sa_column_kwargs=impersonal())
    state: str = Field(default="waiting", sa_column_kwargs=impersonal())  #: code of `FILING_STATES`
    reason: str = Field(default="", sa_column_kwargs=impersonal())
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    document_id: int | None = None
