"""People, companies, households and groups, as stored."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from o2s_core.store import Fact, Instant, Row, impersonal, personal


class Contact(Row, table=True):
    """A natural person, a company or a household; `kind` says which."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("firm_id", "file_code"),
        Index("ix_contact_search", "firm_id", "archived_at", "search_key", "adviser_id"),
    )
    kind: str = Field(sa_column_kwargs=impersonal(), index=True)  #: person, company, household
    stage: str = Field(
        sa_column_kwargs=impersonal(), index=True
    )  #: prospect, client, former, partner
    file_code: str = Field(sa_column_kwargs=personal("identity", "keep"), index=True)
    client_number: str = Field(default="", sa_column_kwargs=personal("identity", "keep"))
    civility: str = Field(default="", sa_column_kwargs=personal("identity"))  #: m, mme
    last_name: str = Field(default="", sa_column_kwargs=personal("identity"))
    birth_name: str = Field(default="", sa_column_kwargs=personal("identity"))
    first_name: str = Field(default="", sa_column_kwargs=personal("identity"))
    legal_name: str = Field(default="", sa_column_kwargs=personal("identity"))
    siren: str = Field(default="", sa_column_kwargs=personal("identity"))
    legal_form: str = Field(default="", sa_column_kwargs=personal("identity"))
    birth_date: date | None = Field(default=None, sa_column_kwargs=personal("identity"))
    birth_place: str = Field(default="", sa_column_kwargs=personal("identity"))
    death_date: date | None = Field(default=None, sa_column_kwargs=personal("identity"))
    nationality: str = Field(default="", sa_column_kwargs=personal("identity"))  #: ISO 3166 alpha-2
    second_nationality: str = Field(default="", sa_column_kwargs=personal("identity"))
    tax_country: str = Field(default="", sa_column_kwargs=personal("identity"))
    marital_status: str = Field(default="", sa_column_kwargs=personal("family"))
    matrimonial_regime: str = Field(default="", sa_column_kwargs=personal("family"))
    legal_capacity: str = Field(default="capable", sa_column_kwargs=personal("family"))
    profession: str = Field(default="", sa_column_kwargs=personal("work"))
    pep: str = Field(default="", sa_column_kwargs=personal("compliance"))  #: "", no, yes, close
    us_person: str = Field(default="", sa_column_kwargs=personal("compliance"))  #: "", no, yes
    email: str = Field(default="", sa_column_kwargs=personal("contact"))
    phone: str = Field(default="", sa_column_kwargs=personal("contact"))  #: E.164
    segment: str = Field(default="", sa_column_kwargs=personal("commercial"))  #: A, B, C, D
    origin: str = Field(default="", sa_column_kwargs=personal("commercial"))
    comment: str = Field(default="", sa_column_kwargs=personal("free text"))
    adviser_id: int | None = Field(default=None, index=True)
    search_key: str = Field(default="", sa_column_kwargs=personal("identity"), index=True)
    archived_at: datetime | None = Field(default=None, sa_type=Instant)


class HouseholdMember(Row, table=True):
    """A person or company in a household, from a day to a day (exclusive)."""

    __tablename__ = "household_member"
    __table_args__ = (UniqueConstraint("household_id", "contact_id"),)
    household_id: int = Field(foreign_key="contact.id", index=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    role: str = Field(default="other", sa_column_kwargs=personal("family"))
    #: head, spouse, child, ascendant, other


class ContactRelation(Row, table=True):
    """Relation: who `to_id` is for `from_id`; read from the other side by its inverse."""

    __tablename__ = "contact_relation"
    __table_args__ = (UniqueConstraint("from_id", "to_id", "kind"),)
    from_id: int = Field(foreign_key="contact.id", index=True)
    to_id: int = Field(foreign_key="contact.id", index=True)
    kind: str = Field(sa_column_kwargs=personal("family"))  #: key of `vocabulary.RELATIONS`
    since: date | None = Field(default=None, sa_column_kwargs=personal("family"))
    until: date | None = Field(default=None, sa_column_kwargs=personal("family"))
    comment: str = Field(default="", sa_column_kwargs=personal("free text"))


class ContactGroup(Row, table=True):
    """Regroupement: a named set of contacts beyond a household (family, holding, SCI)."""

    __tablename__ = "contact_group"
    __table_args__ = (UniqueConstraint("firm_id", "name"),)
    name: str = Field(sa_column_kwargs=personal("identity"))
    adviser_id: int | None = Field(default=None, index=True)


class ContactGroupMember(Row, table=True):
    """A contact in a named group."""

    __tablename__ = "contact_group_member"
    __table_args__ = (UniqueConstraint("group_id", "contact_id"),)
    group_id: int = Field(foreign_key="contact_group.id", index=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)


class FileCodeCounter(Row, table=True):
    """The next number of the automatic file codes."""

    __tablename__ = "file_code_counter"
    __table_args__ = (UniqueConstraint("firm_id", "prefix"),)
    prefix: str = Field(sa_column_kwargs=impersonal())
    next_number: int = 1


class ContactChange(Fact, table=True):
    """What somebody changed in a file: the history that the file itself shows."""

    __tablename__ = "contact_change"
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    at: datetime = Field(sa_type=Instant)
    actor: str = Field(sa_column_kwargs=personal("access", "anonymise"))
    action: str = Field(sa_column_kwargs=impersonal())
    #: key of `changes.ACTIONS`
    field: str = Field(default="", sa_column_kwargs=impersonal())  #: key of the form
    before: str = Field(default="", sa_column_kwargs=personal("identity"))
    after: str = Field(default="", sa_column_kwargs=personal("identity"))


class Consent(Fact, table=True):
    """Consentement: what a contact accepted or withdrew on a channel; the latest one holds."""

    __tablename__ = "consent"
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    channel: str = Field(sa_column_kwargs=impersonal())  #: key of `consents.CHANNELS`
    purpose: str = Field(sa_column_kwargs=impersonal())  #: key of `consents.PURPOSES`
    given: bool
    given_on: date = Field(sa_column_kwargs=personal("contact"))
    proof: str = Field(default="", sa_column_kwargs=personal("free text"))
    recorded_at: datetime = Field(sa_type=Instant)
    recorded_by: str = Field(sa_column_kwargs=personal("access", "anonymise"))


class RecentFile(Fact, table=True):
    """A file that a user opened lately; kept to find it again, not as a proof."""

    __tablename__ = "recent_file"
    __table_args__ = (UniqueConstraint("user_id", "contact_id"),)
    user_id: int = Field(index=True)
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    opened_at: datetime = Field(sa_type=Instant)


class ContactAddress(Row, table=True):
    """A postal address of a contact, from a day to a day (exclusive)."""

    __tablename__ = "contact_address"
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    kind: str = Field(default="home", sa_column_kwargs=impersonal())  #: key of `ADDRESS_KINDS`
    lines: str = Field(sa_column_kwargs=personal("contact"))
    postcode: str = Field(default="", sa_column_kwargs=personal("contact"), index=True)
    town: str = Field(default="", sa_column_kwargs=personal("contact"))
    country: str = Field(default="FR", sa_column_kwargs=personal("contact"))  #: ISO 3166 alpha-2
    since: date | None = Field(default=None, sa_column_kwargs=personal("contact"))
    until: date | None = Field(default=None, sa_column_kwargs=personal("contact"))
    is_main: bool = False


class ContactReach(Row, table=True):
    """A telephone or an e-mail of a contact; the main one is also on the contact itself."""

    __tablename__ = "contact_reach"
    __table_args__ = (UniqueConstraint("contact_id", "value"),)
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    channel: str = Field(sa_column_kwargs=impersonal())  #: phone, email
    kind: str = Field(default="", sa_column_kwargs=impersonal())  #: key of `REACH_KINDS`
    value: str = Field(sa_column_kwargs=personal("contact"), index=True)  #: E.164, lower case
    comment: str = Field(default="", sa_column_kwargs=personal("free text"))


class BankDetails(Row, table=True):
    """A bank account of a contact (RIB): the IBAN is sealed, its last figures say which."""

    __tablename__ = "contact_bank_details"
    contact_id: int = Field(foreign_key="contact.id", index=True, ondelete="CASCADE")
    iban_sealed: str = Field(default="", sa_column_kwargs=personal("bank"))
    ending: str = Field(default="", sa_column_kwargs=personal("bank"))  #: country and last four
    bic: str = Field(default="", sa_column_kwargs=personal("bank"))
    holder: str = Field(default="", sa_column_kwargs=personal("identity"))
    label: str = Field(default="", sa_column_kwargs=personal("free text"))
