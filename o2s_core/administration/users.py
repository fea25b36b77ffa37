"""Who works here [Utilisateurs]: create, change, disable; nobody is ever deleted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import polars as pl
from sqlmodel import Session, col, func, select

from o2s_core import store
from o2s_core.administration import passwords, sessions, tries
from o2s_core.administration.identity import name_of
from o2s_core.administration.models import Agency, Team, User, UserSession
from o2s_core.administration.organisation import owned
from o2s_core.administration.profiles import SCOPES, profile
from o2s_core.administration.user_forms import (
    PERSON_FORM,
    USER_FORM,
    UserForm,
    columns_of,
    form_of,
)
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import (
    FieldChange,
    FieldProblem,
    InvalidInputError,
    StaleEditError,
)
from o2s_core.kernel.forms import FormSchema
from o2s_core.kernel.permissions import Permission

ADMINISTRATOR: Final = "administrateur"
#: Whether somebody can sign in; `waiting`: too many refused tries, for some minutes.
STATES: Final = {"active": "Actif", "waiting": "En attente", "disabled": "Désactivé"}
#: Users as the list shows them, one row a user, by name.
USERS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "login": pl.String(),
        "name": pl.String(),
        "email": pl.String(),
        "profile": pl.String(),
        "profile_label": pl.String(),
        "scope": pl.String(),
        "scope_label": pl.String(),
        "agency": pl.String(),
        "team": pl.String(),
        "is_adviser": pl.Boolean(),
        "second_factor": pl.Boolean(),
        "sessions": pl.Int64(),
        "last_login_at": pl.Datetime("us", "UTC"),
        "state": pl.String(),
        "state_label": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class UserRef:
    """A user that was just made; the temporary password is shown once, None when one was given."""

    id: int
    login: str
    password: str | None


@dataclass(frozen=True, slots=True)
class UserFile:
    """One user as the edit dialog opens them, with the version that an edit must name."""

    id: int
    version: int
    form: UserForm
    active: bool
    has_second_factor: bool


def users(ctx: Context) -> pl.DataFrame:
    """Return the users of the firm, disabled ones last."""
    ctx.require(Permission.USER_READ)
    with store.reading(ctx) as session:
        rows = session.exec(select(User).where(User.firm_id == ctx.firm_id)).all()
        places = session.exec(select(Agency).where(Agency.firm_id == ctx.firm_id)).all()
        teams = session.exec(select(Team).where(Team.firm_id == ctx.firm_id)).all()
        agency_of, team_of = {a.id: a.name for a in places}, {t.id: t.name for t in teams}
        open_now = _open_sessions(session, ctx)
        lines = [_line(session, ctx, u, agency_of, team_of, open_now) for u in rows]
    lines.sort(key=lambda line: (line["state"] == "disabled", line["name"].casefold()))
    return pl.DataFrame(lines, schema=USERS)


def user(ctx: Context, user_id: int) -> UserFile:
    """Return one user, to be shown or edited."""
    ctx.require(Permission.USER_READ)
    with store.reading(ctx) as session:
        row = _of_firm(session, ctx, user_id)
    return UserFile(row.id or 0, row.version, form_of(row), row.active, row.totp_secret is not None)


def choices(ctx: Context) -> dict[str, dict[int, str]]:
    """Return what the pickers of the form offer: `agencies`, `teams`, `people`, `advisers`."""
    ctx.require(Permission.FIRM_READ)
    with store.reading(ctx) as session:
        people = session.exec(
            select(User).where(User.firm_id == ctx.firm_id, col(User.active))
        ).all()
        agencies = session.exec(select(Agency).where(Agency.firm_id == ctx.firm_id)).all()
        teams = session.exec(select(Team).where(Team.firm_id == ctx.firm_id)).all()
    return {
        "agencies": {a.id or 0: a.name for a in agencies},
        "teams": {t.id or 0: t.name for t in teams},
        "people": {u.id or 0: name_of(u) for u in people},
        "advisers": {u.id or 0: name_of(u) for u in people if u.is_adviser},
    }


def user_schema(ctx: Context) -> FormSchema:
    """Return the form of a user with the agencies and teams of the firm to choose from."""
    ctx.require(Permission.FIRM_READ)
    offered = choices(ctx)
    lists = {"agency_id": offered["agencies"], "team_id": offered["teams"]}
    fields = (
        replace(f, choices={str(i): name for i, name in lists[f.key].items()})
        if f.key in lists
        else f
        for f in PERSON_FORM.fields
        if f.key != "assists"
    )
    return FormSchema(PERSON_FORM.title, tuple(fields))


def add_user(ctx: Context, form: UserForm, *, password: str | None = None) -> UserRef:
    """Create a user; without a given password, draw a temporary one to hand over."""
    ctx.require(Permission.USER_WRITE)
    _require_valid(ctx, form)
    login = form.login.strip().casefold()
    given = password or passwords.draw()
    if message := passwords.refusal(given, about=[login, form.last_name]):
        raise InvalidInputError(f"Mot de passe : {message}")
    trace = passwords.hashed(ctx.place, given)
    with store.tx(ctx) as tx:
        _require_consistent(tx.session, ctx, form, user_id=None)
        row = User(
            firm_id=ctx.firm_id,
            password_hash=trace,
            password_changed_at=ctx.now,
            must_change_password=password is None,
            **columns_of(form),
        )
        tx.add(row)
        tx.audit("create", "user", row.id, after=_rights(row))
        tx.touch("administration")
    return UserRef(row.id or 0, login, None if password else given)


def edit_user(ctx: Context, user_id: int, form: UserForm, expected_version: int) -> None:
    """Change a user; their rights and perimeter count from their next click on."""
    ctx.require(Permission.USER_WRITE)
    _require_valid(ctx, form)
    with store.tx(ctx) as tx:
        row = _of_firm(tx.session, ctx, user_id)
        before, typed = _rights(row), columns_of(form)
        changed = [key for key, value in typed.items() if getattr(row, key) != value]
        if row.version != expected_version:
            raise StaleEditError("L'utilisateur", _changes(row, typed, changed))
        _require_not_own_rights(ctx, row, changed)
        _require_consistent(tx.session, ctx, form, user_id=user_id)
        for key in changed:
            setattr(row, key, typed[key])
        store.stamp(ctx, row)
        tx.session.flush()
        _require_an_administrator(tx.session, ctx)
        after = _rights(row) | {"fields": changed}
        tx.audit("update", "user", user_id, before=before, after=after)
        tx.touch("administration")


def disable_user(ctx: Context, user_id: int) -> int:
    """Disable a user: their sessions end at once; return how many were open."""
    ctx.require(Permission.USER_DISABLE)
    with store.tx(ctx) as tx:
        row = _of_firm(tx.session, ctx, user_id)
        if row.id == ctx.user_id:
            raise InvalidInputError("Vous ne pouvez pas désactiver votre propre accès.")
        row.active = False
        store.stamp(ctx, row)
        tx.session.flush()
        _require_an_administrator(tx.session, ctx)
        ended = sessions.end_all(tx, user_id, "user disabled")
        tx.audit("disable", "user", user_id, after={"sessions_closed": ended})
        tx.touch("administration")
    return ended


def enable_user(ctx: Context, user_id: int) -> None:
    """Let a disabled user sign in again, with the same rights."""
    ctx.require(Permission.USER_DISABLE)
    with store.tx(ctx) as tx:
        row = _of_firm(tx.session, ctx, user_id)
        row.active = True
        store.stamp(ctx, row)
        tx.audit("enable", "user", user_id, after=_rights(row))
        tx.touch("administration")


def _require_valid(ctx: Context, form: UserForm) -> None:
    asked = USER_FORM if ctx.user_id is None else PERSON_FORM
    asked.require_valid(asdict(form), ctx.today)


def _require_consistent(
    session: Session, ctx: Context, form: UserForm, *, user_id: int | None
) -> None:
    """Raise unless login and e-mail are free, and agency, team and advisers are the firm's."""
    others = [u for u in session.exec(select(User)).all() if u.id != user_id]
    problems = []
    if any(u.login == form.login.strip().casefold() for u in others):
        problems.append(
            FieldProblem("login", "Identifiant", "déjà utilisé, choisissez-en un autre.")
        )
    email = form.email.strip().casefold()
    mine = [u for u in others if u.firm_id == ctx.firm_id]
    if email and any(u.email.casefold() == email for u in mine):
        problems.append(FieldProblem("email", "E-mail", "déjà utilisé par un autre utilisateur."))
    if problems:
        raise InvalidInputError(problems)
    _require_owned(session, ctx, form)


def _require_owned(session: Session, ctx: Context, form: UserForm) -> None:
    if form.agency_id is not None:
        owned(session, Agency, ctx.firm_id, form.agency_id, "Agence")
    if form.team_id is not None:
        owned(session, Team, ctx.firm_id, form.team_id, "Équipe")
    for adviser_id in form.assists:
        adviser = _of_firm(session, ctx, adviser_id)
        if not adviser.is_adviser:
            raise InvalidInputError(f"{name_of(adviser)} ne suit pas de clients.")


def _require_not_own_rights(ctx: Context, row: User, changed: list[str]) -> None:
    """Raise when somebody changes what they themselves may do or see."""
    rights = {"profile", "scope", "agency_id", "team_id", "is_adviser", "assists"}
    if row.id == ctx.user_id and rights & set(changed):
        raise InvalidInputError(
            "Personne ne change ses propres droits : demandez-le à un autre administrateur."
        )


def _require_an_administrator(session: Session, ctx: Context) -> None:
    query = select(func.count()).where(
        User.firm_id == ctx.firm_id, User.profile == ADMINISTRATOR, col(User.active)
    )
    if not session.exec(query).one():
        raise InvalidInputError(
            "Le cabinet doit garder au moins un administrateur actif : nommez-en un autre d'abord."
        )


def _of_firm(session: Session, ctx: Context, user_id: int) -> User:
    return owned(session, User, ctx.firm_id, user_id, "Utilisateur")


def _open_sessions(session: Session, ctx: Context) -> Mapping[int, int]:
    query = (
        select(UserSession.user_id, func.count())
        .where(UserSession.firm_id == ctx.firm_id, UserSession.pending == "")
        .where(col(UserSession.revoked_at).is_(None), col(UserSession.expires_at) > ctx.now)
        .group_by(col(UserSession.user_id))
    )
    return dict(session.exec(query).all())


def _line(
    session: Session,
    ctx: Context,
    row: User,
    agency_of: Mapping[int | None, str],
    team_of: Mapping[int | None, str],
    open_now: Mapping[int, int],
) -> dict[str, Any]:
    waiting = tries.locked_until(session, ctx.place, row.login, ctx.now)
    state = "disabled" if not row.active else "waiting" if waiting else "active"
    return {
        "id": row.id,
        "login": row.login,
        "name": name_of(row),
        "email": row.email,
        "profile": row.profile,
        "profile_label": profile(row.profile).label,
        "scope": row.scope,
        "scope_label": SCOPES[row.scope],
        "agency": agency_of.get(row.agency_id, ""),
        "team": team_of.get(row.team_id, ""),
        "is_adviser": row.is_adviser,
        "second_factor": row.totp_secret is not None,
        "sessions": open_now.get(row.id or 0, 0),
        "last_login_at": row.last_login_at,
        "state": state,
        "state_label": STATES[state],
    }


def _rights(row: User) -> dict[str, Any]:
    """Return what of a user may stand in the audit trail: rights, no name, no address."""
    kept = ("profile", "scope", "agency_id", "team_id", "is_adviser", "assists")
    return {key: getattr(row, key) for key in kept}


def _changes(row: User, typed: Mapping[str, Any], changed: list[str]) -> list[FieldChange]:
    return [FieldChange(USER_FORM.field(k).label, getattr(row, k), typed[k]) for k in changed]
