"""How somebody becomes a user: password, second factor, and a password of their own."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session, col, select, update

from o2s_core import store
from o2s_core.administration import credentials, passwords, second_factor, sessions, tries
from o2s_core.administration.identity import context_of, firm_of, required_firm
from o2s_core.administration.models import Firm, User, UserSession
from o2s_core.administration.profiles import profiles
from o2s_core.administration.settings import value_for_firm
from o2s_core.kernel.context import Context, Perimeter, Place
from o2s_core.kernel.errors import InvalidInputError, NotSignedInError, O2SError

REFUSED: Final = (
    "Identifiant ou mot de passe incorrect, ou trop d'essais : "
    "vérifiez la saisie, puis patientez quelques minutes."
)
CODE_REFUSED: Final = (
    "Code incorrect ou déjà utilisé, ou trop d'essais : attendez le code suivant, "
    "ou prenez un code de secours."
)


class SignInRefusedError(O2SError):
    """The sign-in is refused; the message never says which part was wrong."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who knocks: where the firm is, from which address and browser, when."""

    place: Place
    address: str
    agent: str
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Step:
    """Where a sign-in stands: the browser's new secret, and what is still asked.

    `pending` is "code", "enrol" or "password"; "" when the user is in.
    """

    token: str
    pending: str
    recovery_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """What the sign-in page may say to anybody."""

    firm_name: str
    is_demo: bool
    demo_logins: tuple[
        tuple[str, str], ...
    ]  #: one a profile, with its label; of a demonstration firm only


def front_door(place: Place) -> FrontDoor:
    """Return what the sign-in page shows before anybody is known; no name where no firm is."""
    firm_id = firm_of(place)
    if firm_id is None:
        return FrontDoor("", is_demo=False, demo_logins=())
    with Session(store.engine(place)) as session:
        firm = session.get_one(Firm, firm_id)
        users = session.exec(select(User).where(User.firm_id == firm.id, col(User.active))).all()
    first_of = {u.profile: u.login for u in sorted(users, key=lambda u: u.id or 0, reverse=True)}
    shown = [(first_of[p.code], p.label) for p in profiles().values() if p.code in first_of]
    return FrontDoor(firm.name, firm.is_demo, tuple(shown) if firm.is_demo else ())


def sign_in(visitor: Visitor, login: str, password: str) -> Step:
    """Check a login and a password; return what comes next.

    Exactly one bcrypt computation when the try is admitted, whether or not the
    login exists, none when it is not; one message for every refusal.
    """
    user = _admitted(visitor, login.strip().casefold())
    stored = user.password_hash if user and user.active else ""
    if not passwords.matches(visitor.place, password, stored) or user is None:
        with store.tx(_door(visitor)) as tx:
            tx.audit("login_refused", "user", user.id if user else None)
        raise SignInRefusedError(REFUSED)
    with store.tx(context_of(visitor.place, user.id or 0, visitor.now, visitor.today)) as tx:
        step = _advance(tx, user, visitor.agent, proved=False)
        tries.forgive(tx.session, visitor.place, "login", user.login)
    return step


def prove(visitor: Visitor, token: str, code: str) -> Step:
    """Check the code of the second factor; each code works once, five tries in a row."""
    user = _half_way(visitor, token, "code")
    ctx = context_of(visitor.place, user.id or 0, visitor.now, visitor.today)
    with store.tx(ctx) as tx:
        admitted = tries.admit(tx.session, ctx.place, "code", str(user.id), ctx.now)
        right = admitted and second_factor.is_right(tx, user, code)
        if right:
            tries.forgive(tx.session, ctx.place, "code", str(user.id))
            sessions.end(tx, token, "next step")
            return _advance(tx, user, visitor.agent, proved=True)
        tx.audit("code_refused", "user", user.id)
    raise SignInRefusedError(CODE_REFUSED)


def enrolment(visitor: Visitor, token: str) -> second_factor.Enrolment:
    """Return a second factor to set up, for a user whose firm requires one."""
    user = _half_way(visitor, token, "enrol")
    with Session(store.engine(visitor.place)) as session:
        firm = session.get_one(Firm, user.firm_id)
    return second_factor.propose(visitor.place, user, firm, sessions.fingerprint(token))


def enrol(visitor: Visitor, token: str, sealed: str, code: str) -> Step:
    """Adopt the second factor once its first code is right; return the recovery codes too."""
    user = _half_way(visitor, token, "enrol")
    ctx = context_of(visitor.place, user.id or 0, visitor.now, visitor.today)
    with store.tx(ctx) as tx:
        row = tx.session.get_one(User, user.id)
        codes = second_factor.adopt(tx, row, sealed, sessions.fingerprint(token), code)
        sessions.end(tx, token, "next step")
        tx.audit("enrol", "second_factor", user.id)
        step = _advance(tx, row, visitor.agent, proved=True)
    return Step(step.token, step.pending, codes)


def choose_password(visitor: Visitor, token: str, password: str, again: str) -> Step:
    """Replace a temporary password by one that only its owner knows."""
    user = _half_way(visitor, token, "password")
    credentials.require_good(visitor.place, user, password, again)
    if passwords.matches(visitor.place, password, user.password_hash):
        raise InvalidInputError("Choisissez un mot de passe différent du mot de passe provisoire.")
    trace = passwords.hashed(visitor.place, password)
    ctx = context_of(visitor.place, user.id or 0, visitor.now, visitor.today)
    with store.tx(ctx) as tx:
        row = tx.session.get_one(User, user.id)
        proved = tx.session.get_one(UserSession, sessions.fingerprint(token)).second_factor
        credentials.store_password(tx, row, trace, temporary=False)
        return _advance(tx, row, visitor.agent, proved=proved)


def _admitted(visitor: Visitor, login: str) -> User | None:
    """Return whose login this is, None for nobody's; raise when the try is one too many."""
    with store.tx(_door(visitor)) as tx:
        tries.purge(tx.session, visitor.now)
        allowed = tries.admit_address(
            tx.session, visitor.place, visitor.address, visitor.now
        ) and tries.admit(tx.session, visitor.place, "login", login, visitor.now)
        user = tx.session.exec(select(User).where(User.login == login)).first()
    if not allowed:
        raise SignInRefusedError(REFUSED)
    return user


def _advance(tx: store.Tx, user: User, agent: str, *, proved: bool) -> Step:
    """Open the next session: a step of the sign-in, or the real one."""
    firm = tx.session.get_one(Firm, user.firm_id)
    pending = _asked(user, firm, proved=proved)
    idle = int(value_for_firm(tx.session, user.firm_id, "session.idle_minutes"))
    token = sessions.open_session(
        tx, user, pending=pending, agent=agent, idle_minutes=idle, second_factor=proved
    )
    if not pending:
        # Not an edit of the user: their version must not step under an open form.
        seen = update(User).where(col(User.id) == user.id).values(last_login_at=tx.ctx.now)
        tx.session.exec(seen)
        tx.audit("login", "user", user.id)
    return Step(token, pending)


def _asked(user: User, firm: Firm, *, proved: bool) -> str:
    """Return what is still asked of somebody whose password was right."""
    if not proved and user.totp_secret:
        return "code"
    if not proved and firm.totp_required:
        return "enrol"
    return "password" if user.must_change_password else ""


def _half_way(visitor: Visitor, token: str, pending: str) -> User:
    """Return the user of an unfinished sign-in that waits for `pending`."""
    found = sessions.signed_in(visitor.place, token, visitor.now)
    if found is None or found.pending != pending:
        raise NotSignedInError
    with Session(store.engine(visitor.place)) as session:
        return session.get_one(User, found.user_id)


def _door(visitor: Visitor) -> Context:
    """Return the context of somebody unknown: nothing to see, nothing to do, but audited."""
    return Context(
        visitor.place,
        required_firm(visitor.place),
        None,
        "anonyme",
        Perimeter(),
        frozenset(),
        visitor.now,
        visitor.today,
    )
