"""Feeds, mappings, deliveries and what became of each row, as stored."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from o2s_core.store import EXACT, Fact, Instant, Row, impersonal, personal


class Feed(Row, table=True):
    """Flux: what a partner sends, in which format, how often."""

    __tablename__ = "feed"
    __table_args__ = (UniqueConstraint("firm_id", "code"),)
    code: str = Field(sa_column_kwargs=impersonal())
    label: str = Field(sa_column_kwargs=impersonal())
    provider_id: int = Field(foreign_key="provider.id", index=True)
    format: str = Field(sa_column_kwargs=impersonal())  #: csv, xlsx, ofx, flex, native…
    mapping_code: str = Field(default="", sa_column_kwargs=impersonal())
    frequency: str = Field(default="on_demand", sa_column_kwargs=impersonal())
    #: business_day, weekly, monthly, quarterly, on_demand
    grace_days: int = 2
    completeness: str = Field(default="delta", sa_column_kwargs=impersonal())
    #: full_snapshot, full_window, delta
    currency: str = Field(default="EUR", sa_column_kwargs=impersonal())
    max_error_share: int = 30  #: percent of rows in error above which all is refused
    auto_commit: bool = True
    active: bool = True
    #: what the firm says against the file or its mapping; empty: nothing
    asked_completeness: str = Field(default="", sa_column_kwargs=impersonal())
    time_zone: str = Field(default="", sa_column_kwargs=impersonal())  #: empty: Paris
    owner_id: int | None = Field(default=None, foreign_key="app_user.id")  #: who is told
    #: how a QIF of the feed writes its days: dmy, mdy; empty: the file tells it, or is refused
    date_order: str = Field(default="", sa_column_kwargs=impersonal())
    #: the accounts of a QIF of the feed, in the order of the file, comma-separated
    account_numbers: str = Field(default="", sa_column_kwargs=personal("wealth", "keep"))
    #: JSON object: the tolerances that are not the product's
    tolerances: str = Field(default="", sa_column_kwargs=impersonal())


class Mapping(Row, table=True):
    """One version of a mapping: how the columns of a flat file become facts."""

    __tablename__ = "mapping"
    __table_args__ = (UniqueConstraint("firm_id", "code", "revision"),)
    code: str = Field(sa_column_kwargs=impersonal())
    revision: int = 1
    text: str = Field(sa_column_kwargs=impersonal())  #: YAML
    note: str = Field(default="", sa_column_kwargs=impersonal())


class Delivery(Row, table=True):
    """Livraison: one file received, archived byte for byte."""

    __tablename__ = "delivery"
    file_name: str = Field(sa_column_kwargs=personal("document", "keep"))
    sha256: str = Field(sa_column_kwargs=impersonal(), index=True)
    size: int = 0
    received_at: datetime = Field(sa_type=Instant)
    channel: str = Field(default="cli", sa_column_kwargs=impersonal())  #: cli, upload, inbox, sftp
    feed_id: int | None = Field(default=None, foreign_key="feed.id", index=True)
    asked_feed: str = Field(default="", sa_column_kwargs=impersonal())  #: as the sender named it
    format: str = Field(default="", sa_column_kwargs=impersonal())
    mapping_code: str = Field(default="", sa_column_kwargs=impersonal())
    mapping_revision: int | None = None
    statement_blob: str = Field(default="", sa_column_kwargs=impersonal())  #: what was read, packed
    state: str = Field(default="received", sa_column_kwargs=impersonal(), index=True)
    message: str = Field(default="", sa_column_kwargs=impersonal())  #: why, in French
    as_of: date | None = None
    #: full_snapshot, full_window, delta, as its feed takes it; empty: received before this was kept
    completeness: str = Field(default="", sa_column_kwargs=impersonal())
    rows: int = 0
    mapped: int = 0
    ignored: int = 0
    errors: int = 0
    situations_new: int = 0
    situations_unchanged: int = 0
    movements_new: int = 0
    movements_duplicate: int = 0
    instruments_created: int = 0
    for_contact_id: int | None = None  #: whom the sender named
    duplicate_of: int | None = None
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)


class DeliveryStep(Fact, table=True):
    """A change of state of a delivery: when, by whom."""

    __tablename__ = "delivery_step"
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    state: str = Field(sa_column_kwargs=impersonal())
    at: datetime = Field(sa_type=Instant)
    actor: str = Field(sa_column_kwargs=impersonal())


class DeliveryEvent(Fact, table=True):
    """What was done with a delivery, in the order in which it was done in the firm."""

    __tablename__ = "delivery_event"
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    kind: str = Field(sa_column_kwargs=impersonal())  #: read, committed, cancelled
    at: datetime = Field(sa_type=Instant)
    user_id: int | None = None


class DeliveryAccount(Row, table=True):
    """One account inside a delivery: what it became, and its staged content."""

    __tablename__ = "delivery_account"
    __table_args__ = (UniqueConstraint("delivery_id", "external_id"),)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    external_id: str = Field(sa_column_kwargs=personal("wealth", "keep"))
    provider_id: int | None = Field(default=None, foreign_key="provider.id")
    account_id: int | None = Field(default=None, index=True)
    state: str = Field(sa_column_kwargs=impersonal(), index=True)
    #: staged, committed, unchanged, to_attach, quarantined, ignored
    label: str = Field(default="", sa_column_kwargs=personal("wealth", "keep"))
    holder: str = Field(default="", sa_column_kwargs=personal("identity"))
    envelope: str = Field(default="", sa_column_kwargs=impersonal())
    currency: str = Field(default="", sa_column_kwargs=impersonal())
    as_of: date | None = None  #: of its newest situation
    total: Decimal | None = Field(
        default=None, sa_type=EXACT, sa_column_kwargs=personal("wealth", "keep")
    )  #: what that situation is worth in the file, in `currency`
    lines: int = 0
    movements: int = 0
    broker_code: str = Field(default="", sa_column_kwargs=impersonal())  #: as the file says
    adviser_id: int | None = Field(default=None, index=True)  #: whom the code stands for
    agency_id: int | None = None
    reason: str = Field(default="", sa_column_kwargs=personal("free text"))
    committed_in: int | None = None  #: the event in which it became situations and movements


class DeliveryFund(Row, table=True):
    """One support that a manufacturer's file describes, and what became of it."""

    __tablename__ = "delivery_fund"
    __table_args__ = (UniqueConstraint("delivery_id", "fund"),)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    fund: str = Field(sa_column_kwargs=impersonal())  #: its code in the file
    label: str = Field(default="", sa_column_kwargs=impersonal())
    template: str = Field(default="", sa_column_kwargs=impersonal())
    as_of: date
    locator: str = Field(default="", sa_column_kwargs=impersonal())
    instrument_id: int | None = Field(default=None, foreign_key="instrument.id", index=True)
    state: str = Field(sa_column_kwargs=impersonal(), index=True)
    #: staged, committed, unchanged, quarantined, ignored
    facts: int = 0
    lines: int = 0
    reason: str = Field(default="", sa_column_kwargs=impersonal())


class RawRow(Fact, table=True):
    """Ligne brute: the cells of one row, verbatim."""

    __tablename__ = "raw_row"
    __table_args__ = (UniqueConstraint("delivery_id", "locator"),)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    locator: str = Field(sa_column_kwargs=impersonal())
    cells: str = Field(sa_column_kwargs=personal("wealth", "keep"))  #: JSON object


class StatementNumber(Fact, table=True):
    """Numéro de relevé: which of its numbered statements a bank sent of an account."""

    __tablename__ = "statement_number"
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    external_id: str = Field(sa_column_kwargs=personal("wealth", "keep"), index=True)
    number: int
    as_of: date  #: day on which the statement closes


class Anomaly(Fact, table=True):
    """What is wrong in a delivery, where, and what to do."""

    __tablename__ = "anomaly"
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    external_id: str = Field(default="", sa_column_kwargs=personal("wealth", "keep"))
    code: str = Field(sa_column_kwargs=impersonal())
    severity: str = Field(sa_column_kwargs=impersonal())  #: fatal, error, warning
    locator: str = Field(default="", sa_column_kwargs=impersonal())
    field: str = Field(default="", sa_column_kwargs=impersonal())
    raw: str = Field(default="", sa_column_kwargs=personal("wealth", "keep"))
    message: str = Field(sa_column_kwargs=impersonal())
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: int | None = None
    decision: str = Field(default="", sa_column_kwargs=personal("free text"))


class AccountLink(Row, table=True):
    """A partner's account number, and the account it was decided to be."""

    __tablename__ = "account_link"
    __table_args__ = (UniqueConstraint("firm_id", "provider_id", "external_key"),)
    provider_id: int = Field(foreign_key="provider.id")
    external_key: str = Field(sa_column_kwargs=personal("wealth", "keep"))
    account_id: int | None = Field(default=None, index=True)  #: null: ignore always
    rule: str = Field(default="number", sa_column_kwargs=impersonal())  #: number, user, contact


class TechnicalAlert(Row, table=True):
    """Alerte technique: what went wrong on the way of the files, until its cause is gone."""

    __tablename__ = "technical_alert"
    __table_args__ = (UniqueConstraint("firm_id", "live_key"),)
    code: str = Field(sa_column_kwargs=impersonal())  #: key of `incidents.kinds.ALERT_KINDS`
    subject: str = Field(sa_column_kwargs=impersonal())  #: feed:3, delivery:12, account:7
    live_key: str | None = Field(default=None, sa_column_kwargs=impersonal())  #: null once closed
    message: str = Field(sa_column_kwargs=impersonal())
    feed_id: int | None = Field(default=None, foreign_key="feed.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    account_id: int | None = Field(default=None, index=True)  #: whose holders' advisers are told
    owner_id: int | None = Field(default=None, foreign_key="app_user.id")  #: null: feed managers
    state: str = Field(default="open", sa_column_kwargs=impersonal(), index=True)
    #: open, taken, dismissed, closed
    since: datetime = Field(sa_type=Instant)
    decided_by: int | None = Field(default=None, foreign_key="app_user.id")
    reason: str = Field(default="", sa_column_kwargs=personal("free text"))
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class FeedSource(Row, table=True):
    """Where the files of a feed are fetched, and how the last visit went."""

    __tablename__ = "feed_source"
    __table_args__ = (UniqueConstraint("firm_id", "feed_id"),)
    feed_id: int = Field(foreign_key="feed.id")
    host: str = Field(sa_column_kwargs=impersonal())
    port: int = 22
    username: str = Field(sa_column_kwargs=impersonal())
    auth: str = Field(default="password", sa_column_kwargs=impersonal())  #: password, key
    secret: str = Field(default="", sa_column_kwargs=impersonal())  #: sealed
    fingerprint: str = Field(default="", sa_column_kwargs=impersonal())  #: of the server's key
    directory: str = Field(default="", sa_column_kwargs=impersonal())
    pattern: str = Field(default="*", sa_column_kwargs=impersonal())
    pace: str = Field(default="daily", sa_column_kwargs=impersonal())  #: key of `sources.PACES`
    hour: int = 7  #: of a daily visit, where the partner is
    afterwards: str = Field(default="leave", sa_column_kwargs=impersonal())  #: leave, delete, move
    moved_to: str = Field(default="", sa_column_kwargs=impersonal())
    active: bool = True
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    tried_at: datetime | None = Field(default=None, sa_type=Instant)
    succeeded_at: datetime | None = Field(default=None, sa_type=Instant)
    failures: int = 0  #: in a row
    message: str = Field(default="", sa_column_kwargs=impersonal())  #: of the last visit


class PickedFile(Row, table=True):
    """A file that was fetched: never fetched again."""

    __tablename__ = "picked_file"
    __table_args__ = (UniqueConstraint("source_id", "name", "size", "changed"),)
    source_id: int = Field(foreign_key="feed_source.id", index=True)
    name: str = Field(sa_column_kwargs=personal("document", "keep"))
    size: int = Field(sa_type=BigInteger)
    changed: int = Field(sa_type=BigInteger)
    sha256: str = Field(default="", sa_column_kwargs=impersonal(), index=True)
    picked_at: datetime = Field(sa_type=Instant)


class Takeover(Row, table=True):
    """Reprise: a firm rebuilt from another tool's exports."""

    __tablename__ = "takeover"
    name: str = Field(sa_column_kwargs=impersonal())
    source: str = Field(default="generic", sa_column_kwargs=impersonal())  #: tool it comes from
    state: str = Field(default="draft", sa_column_kwargs=impersonal(), index=True)
    #: draft, rehearsed, committing, committed, undoing, undone
    default_adviser_id: int | None = None  #: of the clients whose file names nobody
    rehearsed_at: datetime | None = Field(default=None, sa_type=Instant)
    report_blob: str = Field(default="", sa_column_kwargs=impersonal())
    turn: int = 0  #: how many times it was committed
    job_id: int | None = None  #: the long work under way, or the last one
    committed_at: datetime | None = Field(default=None, sa_type=Instant)
    committed_by: int | None = None
    undone_at: datetime | None = Field(default=None, sa_type=Instant)


class TakeoverFile(Row, table=True):
    """One export of a takeover, archived, and how its columns are read."""

    __tablename__ = "takeover_file"
    takeover_id: int = Field(foreign_key="takeover.id", index=True)
    kind: str = Field(sa_column_kwargs=impersonal())  #: key of `takeover.kinds.KINDS`
    file_name: str = Field(sa_column_kwargs=personal("document", "keep"))
    sha256: str = Field(sa_column_kwargs=impersonal())
    size: int = 0
    rows: int = 0
    table_blob: str = Field(default="", sa_column_kwargs=impersonal())  #: its cells, packed
    columns: str = Field(default="[]", sa_column_kwargs=impersonal())  #: JSON: names, in order
    mapping: str = Field(default="{}", sa_column_kwargs=personal("document", "keep"))  #: JSON


class TakeoverProfile(Row, table=True):
    """How the exports of a tool are read, kept for the next takeover."""

    __tablename__ = "takeover_profile"
    __table_args__ = (UniqueConstraint("firm_id", "source", "kind"),)
    source: str = Field(sa_column_kwargs=impersonal())
    kind: str = Field(sa_column_kwargs=impersonal())
    mapping: str = Field(sa_column_kwargs=impersonal())  #: JSON


class TakeoverDecision(Row, table=True):
    """What was decided about a client that looks like one already known."""

    __tablename__ = "takeover_decision"
    __table_args__ = (UniqueConstraint("takeover_id", "client"),)
    takeover_id: int = Field(foreign_key="takeover.id", index=True)
    client: str = Field(sa_column_kwargs=personal("identity", "keep"))  #: code in the export
    choice: str = Field(sa_column_kwargs=impersonal())  #: same, create, skip
    contact_id: int | None = None  #: whose file it is, when `same`


class TakeoverUnit(Row, table=True):
    """A client, or clients bound by accounts and household: taken over whole or not at all."""

    __tablename__ = "takeover_unit"
    __table_args__ = (UniqueConstraint("takeover_id", "turn", "client"),)
    takeover_id: int = Field(foreign_key="takeover.id", index=True)
    turn: int = 1
    client: str = Field(sa_column_kwargs=personal("identity", "keep"))  #: code of the first one
    state: str = Field(sa_column_kwargs=impersonal())  #: done, refused, undone, kept
    message: str = Field(default="", sa_column_kwargs=personal("free text"))


class TakeoverStep(Fact, table=True):
    """What a takeover made or changed, so that it can be taken back."""

    __tablename__ = "takeover_step"
    unit_id: int = Field(foreign_key="takeover_unit.id", index=True)
    entity: str = Field(sa_column_kwargs=impersonal())
    #: contact, household, relation, account, provider, instrument, facts, document
    entity_id: int
    action: str = Field(sa_column_kwargs=impersonal())  #: create, update
    before: str = Field(default="", sa_column_kwargs=personal("identity"))  #: JSON
    after: str = Field(default="", sa_column_kwargs=personal("identity"))  #: JSON
    row_version: int = 0  #: of the record once it was written


class BrokerRoute(Row, table=True):
    """Code courtier: the adviser or the agency that a partner's code stands for, and when."""

    __tablename__ = "broker_route"
    provider_id: int = Field(foreign_key="provider.id", index=True)
    code: str = Field(sa_column_kwargs=impersonal())
    code_key: str = Field(sa_column_kwargs=impersonal(), index=True)  #: without case nor spaces
    adviser_id: int | None = Field(default=None, foreign_key="app_user.id")
    agency_id: int | None = Field(default=None, foreign_key="agency.id")
    starts_on: date | None = None
    ends_on: date | None = None  #: last day, included


class Break(Row, table=True):
    """Écart: what two figures say differently of an account, until somebody explains it."""

    __tablename__ = "account_break"
    #: null: of a whole delivery, then `feed_id` says of which feed
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    feed_id: int | None = Field(default=None, foreign_key="feed.id", index=True)
    code: str = Field(sa_column_kwargs=impersonal())  #: V03 to V08
    instrument_id: int | None = Field(default=None, foreign_key="instrument.id", index=True)
    #: of cash, or of a rate; else what of the account it is about
    currency: str = Field(default="", sa_column_kwargs=impersonal())
    expected: Decimal | None = Field(
        default=None, sa_type=EXACT, sa_column_kwargs=personal("wealth", "keep")
    )  #: units for V03, the currency's for the rest
    reported: Decimal | None = Field(
        default=None, sa_type=EXACT, sa_column_kwargs=personal("wealth", "keep")
    )
    since: date | None = None  #: day of the figure from which it was expected
    as_of: date  #: day of the reported figure
    opened_on: date
    last_seen_on: date
    closed_on: date | None = None
    owner_id: int | None = Field(default=None, index=True)  #: user; null: nobody yet
    state: str = Field(default="open", sa_column_kwargs=impersonal(), index=True)
    #: open, explained, accepted, closed (gone by itself)
    reason: str = Field(default="", sa_column_kwargs=personal("free text"))
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: int | None = None
    proposal: str = Field(default="", sa_column_kwargs=impersonal())
    #: movement, transfer, split, exchange, valued_lines…: what would explain it
    other_instrument_id: int | None = Field(default=None, foreign_key="instrument.id")
    ratio: Decimal | None = Field(default=None, sa_type=EXACT)  #: new units for one old
    action: str = Field(default="", sa_column_kwargs=impersonal())  #: movements that explain it
    delivery_id: int | None = Field(default=None, index=True)  #: that opened it
    message: str = Field(sa_column_kwargs=impersonal())
