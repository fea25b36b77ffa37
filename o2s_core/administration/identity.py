"""Who is asking: the context of a user, of a session's owner, of the command line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.administration.models import Firm, User
from o2s_core.administration.perimeters import perimeter_of
from o2s_core.administration.profiles import profile
from o2s_core.kernel.context import Context, Perimeter, Place
from o2s_core.kernel.errors import NotFoundError, StoreError
from o2s_core.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class AdviserRef:
    """An adviser, as a picker shows them."""

    id: int
    name: str
    login: str


@dataclass(frozen=True, slots=True)
class UserCard:
    """Who the user is, as the header and « Mon compte » show it."""

    id: int | None
    login: str
    name: str
    email: str
    profile: str
    profile_label: str
    firm_name: str
    is_demo: bool
    has_second_factor: bool
    password_changed_at: datetime | None
    last_login_at: datetime | None


def operator(place: Place, now: datetime, today: date) -> Context:
    """Return the context of the command line: everybody, every right, audited as `cli`."""
    firm_id = required_firm(place)
    return Context(
        place,
        firm_id,
        None,
        "cli",
        Perimeter(everyone=True),
        frozenset(Permission),
        now,
        today,
        store.versions(place, firm_id),
    )


def firm_of(place: Place) -> int | None:
    """Return the id of the firm of a place, None where none was founded."""
    if not inspect(store.engine(place)).has_table("firm"):
        return None
    with Session(store.engine(place)) as session:
        return session.exec(select(Firm.id).order_by(col(Firm.id)).limit(1)).first()


def required_firm(place: Place) -> int:
    """Return the id of the firm of a place; say how to found one where there is none."""
    firm_id = firm_of(place)
    if firm_id is None:
        raise StoreError("Aucun cabinet dans ce dossier : lancez « o2s init » ou « o2s demo ».")
    return firm_id


def context_of(place: Place, user_id: int, now: datetime, today: date) -> Context:
    """Return what a user may see and do now; a disabled user is nobody."""
    with Session(store.engine(place)) as session:
        user = session.get(User, user_id)
        if user is None or not user.active:
            raise NotFoundError("Utilisateur", user_id)
        perimeter = perimeter_of(session, user)
    return Context(
        place,
        user.firm_id,
        user.id,
        user.login,
        perimeter,
        profile(user.profile).permissions,
        now,
        today,
        store.versions(place, user.firm_id),
    )


def context_as(place: Place, login: str, now: datetime, today: date) -> Context:
    """Return the context of the user who signs in as `login`."""
    with Session(store.engine(place)) as session:
        user_id = session.exec(select(User.id).where(User.login == login)).first()
    if user_id is None:
        raise NotFoundError("Utilisateur", login)
    return context_of(place, user_id, now, today)


def advisers(ctx: Context) -> tuple[AdviserRef, ...]:
    """Return the active advisers whose clients the user sees, by name."""
    ctx.require(Permission.CONTACT_READ)
    query = select(User).where(User.firm_id == ctx.firm_id, col(User.is_adviser), col(User.active))
    with store.reading(ctx) as session:
        found = [u for u in session.exec(query).all() if ctx.perimeter.covers(u.id)]
    named = (AdviserRef(u.id or 0, name_of(u), u.login) for u in found)
    return tuple(sorted(named, key=lambda ref: ref.name.casefold()))


def names_of_users(ctx: Context, ids: Iterable[int]) -> dict[int, str]:
    """Return the name of each colleague; an unknown id is absent."""
    ctx.require(Permission.SELF_MANAGE)
    wanted = sorted(set(ids))
    query = select(User).where(User.firm_id == ctx.firm_id, col(User.id).in_(wanted))
    with store.reading(ctx) as session:
        return {user.id or 0: name_of(user) for user in session.exec(query)} if wanted else {}


def me(ctx: Context) -> UserCard:
    """Return who the user is."""
    ctx.require(Permission.SELF_MANAGE)
    with store.reading(ctx) as session:
        firm = session.get_one(Firm, ctx.firm_id)
        user = None if ctx.user_id is None else session.get(User, ctx.user_id)
    if user is None:
        return UserCard(
            None, ctx.actor, "Ligne de commande", "", "", "", firm.name, firm.is_demo,
            has_second_factor=False, password_changed_at=None, last_login_at=None,
        )  # fmt: skip
    return UserCard(
        user.id,
        user.login,
        name_of(user),
        user.email,
        user.profile,
        profile(user.profile).label,
        firm.name,
        firm.is_demo,
        user.totp_secret is not None,
        user.password_changed_at,
        user.last_login_at,
    )


def name_of(user: User) -> str:
    """Return how a user is called on screen: first name, last name."""
    return f"{user.first_name} {user.last_name}".strip()
