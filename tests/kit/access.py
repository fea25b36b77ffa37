"""Passwords and second factors for the firm under test."""

from datetime import timedelta
from functools import cache

import bcrypt
import pyotp
from sqlmodel import Session, select, update

from o2s_core import administration, store
from o2s_core.administration import Visitor, passwords
from o2s_core.administration.models import Firm, User
from o2s_core.kernel.context import Place
from tests.kit.firm import NOW, TODAY

PASSWORD = "un cheval correct agrafé"


def give_passwords(place: Place, password: str = PASSWORD) -> None:
    """Let everybody of the firm sign in with the same password."""
    trace = _trace(place, place.key_path.read_text(), password)
    with store.engine(place).begin() as connection:
        connection.execute(update(User).values(password_hash=trace))


@cache
def _trace(place: Place, _key: str, password: str) -> str:
    """A trace made with little work, so that the tests spend theirs elsewhere."""
    return bcrypt.hashpw(passwords.peppered(place, password).encode(), bcrypt.gensalt(4)).decode()


def visitor(place: Place, *, after: float = 0, address: str = "192.0.2.1") -> Visitor:
    """Somebody at the door, `after` seconds past the hour of the tests."""
    return Visitor(
        place,
        address,
        "Mozilla/5.0 (X11; Linux) Firefox/140",
        NOW + timedelta(seconds=after),
        TODAY,
    )


def require_second_factor(place: Place) -> None:
    with store.engine(place).begin() as connection:
        connection.execute(update(Firm).values(totp_required=True))


def enrolled(place: Place, login: str, *, after: float = 0) -> tuple[str, str, tuple[str, ...]]:
    """Enrol a user through the door; their session, their secret and their recovery codes."""
    require_second_factor(place)
    knock = visitor(place, after=after)
    step = administration.sign_in(knock, login, PASSWORD)
    offer = administration.enrolment(knock, step.token)
    secret = offer.typed.replace(" ", "")
    done = administration.enrol(knock, step.token, offer.sealed, code(secret, after=after))
    return done.token, secret, done.recovery_codes


def code(secret: str, *, after: float = 0) -> str:
    """The code that the user's phone shows."""
    return pyotp.TOTP(secret).at(NOW + timedelta(seconds=after))


def stored_user(place: Place, login: str) -> User:
    with Session(store.engine(place)) as session:
        return session.exec(select(User).where(User.login == login)).one()
