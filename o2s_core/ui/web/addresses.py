"""Which addresses are ours: where a form comes from, where a sign-in may lead."""

import re
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

#: A path of this site: one slash, then no backslash, no control character.
LOCAL: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
SIGN_IN: Final = ("/login", "/logout", "/dl/", "/media/", "/_stcore/")


def next_of(asked: str) -> str:
    """Return where to go after the sign-in: a page of this site, else the start page."""
    if not LOCAL.fullmatch(asked) or asked.startswith(SIGN_IN) or len(asked) > 500:
        return "/"
    return asked


def is_same_site(connection: HTTPConnection, *, required: bool = False) -> bool:
    """Return whether a request was made by a page of ours.

    A browser always names the origin of a form and of a websocket. What names
    none is no browser: refused where `required`.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return not required
    return urlsplit(origin).netloc == connection.headers.get("host", "")
