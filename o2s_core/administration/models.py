"""The firm, its people, their sessions and its settings, as stored."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from o2s_core.store import Instant, Row, impersonal, personal


class Firm(Row, table=True):
    """Cabinet: who answers to the regulator and signs the documents."""

    __tablename__ = "firm"
    name: str = Field(sa_column_kwargs=impersonal())
    legal_form: str = Field(default="", sa_column_kwargs=impersonal())
    siren: str = Field(default="", sa_column_kwargs=impersonal())
    address: str = Field(default="", sa_column_kwargs=impersonal())
    phone: str = Field(default="", sa_column_kwargs=impersonal())
    email: str = Field(default="", sa_column_kwargs=impersonal())
    website: str = Field(default="", sa_column_kwargs=impersonal())
    orias_number: str = Field(default="", sa_column_kwargs=impersonal())
    association: str = Field(default="", sa_column_kwargs=impersonal())
    liability_insurer: str = Field(default="", sa_column_kwargs=impersonal())
    liability_policy: str = Field(default="", sa_column_kwargs=impersonal())
    mediator: str = Field(default="", sa_column_kwargs=impersonal())
    statuses: str = Field(default="", sa_column_kwargs=impersonal())  #: comma-separated: cif, coa…
    brand_colour: str = Field(default="", sa_column_kwargs=impersonal())  #: #rrggbb
    logo_sha256: str = Field(default="", sa_column_kwargs=impersonal())
    is_demo: bool = False
    totp_required: bool = True


class Agency(Row, table=True):
    """Agence: a place of the firm."""

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("firm_id", "name"),)
    name: str = Field(sa_column_kwargs=impersonal())
    address: str = Field(default="", sa_column_kwargs=impersonal())


class Team(Row, table=True):
    """Équipe: people of an agency under one manager."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("firm_id", "name"),)
    name: str = Field(sa_column_kwargs=impersonal())
    agency_id: int = Field(foreign_key="agency.id")
    manager_id: int | None = None


class User(Row, table=True):
    """Utilisateur: somebody of the firm who signs in."""

    __tablename__ = "app_user"
    __table_args__ = (UniqueConstraint("firm_id", "login"),)
    login: str = Field(sa_column_kwargs=personal("access", "anonymise"))
    last_name: str = Field(sa_column_kwargs=personal("access", "anonymise"))
    first_name: str = Field(default="", sa_column_kwargs=personal("access", "anonymise"))
    email: str = Field(default="", sa_column_kwargs=personal("access"))
    mobile: str = Field(default="", sa_column_kwargs=personal("access"))
    profile: str = Field(sa_column_kwargs=impersonal())  #: key of `profiles.yaml`
    scope: str = Field(
        default="own", sa_column_kwargs=impersonal()
    )  #: none, own, team, agency, firm
    agency_id: int | None = Field(default=None, foreign_key="agency.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    is_adviser: bool = False  #: may own clients
    assists: str = Field(default="", sa_column_kwargs=impersonal())  #: ids of the advisers assisted
    active: bool = True
    password_hash: str = Field(default="", sa_column_kwargs=personal("access"))
    password_changed_at: datetime | None = Field(default=None, sa_type=Instant)
    must_change_password: bool = False
    totp_secret: str | None = Field(default=None, sa_column_kwargs=personal("access"))  #: sealed
    totp_last_step: int = 0
    last_login_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_deliveries_at: datetime | None = Field(default=None, sa_type=Instant)


class RecoveryCode(SQLModel, table=True):
    """A one-time code that stands in for a lost second factor."""

    __tablename__ = "recovery_code"
    id: int | None = Field(default=None, primary_key=True)
    firm_id: int = Field(index=True)
    user_id: int = Field(foreign_key="app_user.id", index=True)
    code_hash: str = Field(sa_column_kwargs=personal("access"))
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class UserSession(SQLModel, table=True):
    """A signed-in browser; only the hash of its secret is kept."""

    __tablename__ = "user_session"
    token_hash: str = Field(primary_key=True, sa_column_kwargs=personal("access"))
    sid: str = Field(unique=True, sa_column_kwargs=personal("access"))  #: names it; opens nothing
    firm_id: int = Field(index=True)
    user_id: int = Field(foreign_key="app_user.id", index=True)
    pending: str = Field(
        default="", sa_column_kwargs=impersonal()
    )  #: code, enrol, password; "": in
    created_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    idle_minutes: int = 30
    second_factor: bool = False
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_for: str = Field(default="", sa_column_kwargs=impersonal())
    agent: str = Field(default="", sa_column_kwargs=personal("access"))


class SignInCounter(SQLModel, table=True):
    """The tries in a row for one login, one second factor or one address, known or not."""

    __tablename__ = "sign_in_counter"
    key_hash: str = Field(primary_key=True, sa_column_kwargs=personal("access"))
    tries: int = 0
    since: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant, index=True)
    locked_until: datetime | None = Field(default=None, sa_type=Instant)


class DownloadTicket(SQLModel, table=True):
    """A one-time right to fetch one file, bound to the user who asked for it."""

    __tablename__ = "download_ticket"
    ticket_hash: str = Field(primary_key=True, sa_column_kwargs=personal("access"))
    firm_id: int = Field(index=True)
    user_id: int
    blob: str = Field(sa_column_kwargs=impersonal())
    file_name: str = Field(sa_column_kwargs=personal("document"))
    media_type: str = Field(sa_column_kwargs=impersonal())
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class Setting(Row, table=True):
    """One setting at one level: the firm's, a team's or a user's."""

    __tablename__ = "setting"
    __table_args__ = (UniqueConstraint("firm_id", "scope", "owner_id", "key"),)
    scope: str = Field(sa_column_kwargs=impersonal())  #: firm, team, user
    owner_id: int = 0  #: team or user; 0 for the firm
    key: str = Field(sa_column_kwargs=impersonal())
    value: str = Field(sa_column_kwargs=impersonal())  #: JSON
