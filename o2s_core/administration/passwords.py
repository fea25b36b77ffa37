"""What a good password is, and how its trace is kept: never the password itself."""

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Final

from o2s_core.kernel.context import Place
from o2s_core.kernel.identifiers import search_key
from o2s_core.store.keys import keys

MINIMUM: Final = 12  #: characters
MAXIMUM: Final = 128
#: Letters and digits that cannot be taken for one another when read aloud.
CLEAR: Final = "abcdefghjkmnpqrstuvwxyz23456789"
#: The hash of a password nobody has: an unknown login costs as much as a known one.
DUMMY: Final = "$2b$12$3rnwk6ZfVJEKy2LhijQfn.2dz4Msxwftdp8Hg4JNAkEqvVYxWMTCS"


def draw() -> str:
    """Draw a temporary password, easy to dictate: four groups of four signs, 79 bits."""
    return "-".join("".join(secrets.choice(CLEAR) for _ in range(4)) for _ in range(4))


def hashed(place: Place, password: str) -> str:
    """Return the trace of a password, to be stored."""
    return str(_hasher().hash(peppered(place, password)))


def matches(place: Place, password: str, stored: str) -> bool:
    """Return whether a password is the stored one; without a stored one, work as long, then no.

    One bcrypt computation, whatever is asked.
    """
    right = bool(_hasher().check_pw(peppered(place, password), stored or DUMMY))
    return right and bool(stored)


def refusal(password: str, *, about: Iterable[str] = ()) -> str | None:
    """Return what is wrong with a new password, or None.

    `about` are words that others know of the user: login, name, firm. Spaces
    and case count; no class of characters is imposed.
    """
    if len(password) < MINIMUM:
        return f"{MINIMUM} caractères au moins : une phrase de quelques mots convient."
    if len(password) > MAXIMUM:
        return f"{MAXIMUM} caractères au plus."
    if not _validator().validate_password(password):
        return "ce mot de passe est trop connu ou trop répétitif : choisissez-en un autre."
    plain = search_key(password).replace(" ", "")
    if any(_given_away(plain, word) for word in about):
        return "il ne doit pas reprendre votre identifiant, votre nom ou celui du cabinet."
    return None


def is_email(text: str) -> bool:
    """Return whether a text has the shape of an e-mail address."""
    return bool(_validator().validate_email(text))


def is_login(text: str) -> bool:
    """Return whether a text may be a login: letters, digits, dash, or an e-mail address."""
    return bool(_validator().validate_username(text))


def _given_away(plain: str, word: str) -> bool:
    """Return whether little is left of a password once a known word is taken out."""
    known = search_key(word).replace(" ", "")
    return len(known) > 3 and known in plain and len(plain.replace(known, "")) < MINIMUM // 2


def peppered(place: Place, password: str) -> str:
    """Return 44 signs that depend on the password and on the key file.

    bcrypt reads at most 72 bytes, so it never sees the password but this; and
    a stolen database cannot be searched without the key file.
    """
    pepper = keys(place).first("password pepper")
    return base64.b64encode(hmac.new(pepper, password.encode(), hashlib.sha256).digest()).decode()


@cache
def _worst() -> frozenset[str]:
    """Return what people type when a rule forces them, long enough to pass it."""
    text = files("o2s_core.administration").joinpath("worst_passwords.csv").read_text("utf-8")
    return frozenset(text.split()[1:])


@cache
def _hasher() -> Any:  # noqa: ANN401
    """Return the hasher of streamlit-authenticator, loaded only where passwords are."""
    with _silence():
        from streamlit_authenticator.utilities.hasher import Hasher

    return Hasher


@cache
def _validator() -> Any:  # noqa: ANN401
    """Return its validator with our password rule: theirs stops at twenty characters."""
    with _silence():
        from streamlit_authenticator.utilities.validator import Validator

    class LongPasswords(Validator):  # type: ignore[misc]
        """Refuse only what is known or repeats itself."""

        def validate_password(self, password: str) -> bool:
            few_signs = len(set(password)) < 5
            return not few_signs and search_key(password).replace(" ", "") not in _worst()

    return LongPasswords()


@contextmanager
def _silence() -> Iterator[None]:
    """Load a package that expects a running screen, without its warnings."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
