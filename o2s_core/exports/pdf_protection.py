"""A PDF that opens only with a password (AES-256)."""

import io
import secrets
from typing import Final

import pikepdf

#: Letters and digits that nobody mistakes for one another when they are read aloud.
ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
GROUPS: Final = 3
LENGTH: Final = 4  #: of a group: 12 signs, 59 bits


def protected(data: bytes, password: str) -> bytes:
    """Return a PDF that asks for `password`; what it shows and its tags are unchanged."""
    made = io.BytesIO()
    # nobody knows the owner's password: the reader may do all that the document allows
    rule = pikepdf.Encryption(user=password, owner=secrets.token_urlsafe(24), R=6)
    with pikepdf.open(io.BytesIO(data)) as opened:
        opened.save(made, encryption=rule)
    return made.getvalue()


def new_password() -> str:
    """Return a password to tell by telephone, such as `K7PM-4XQD-WT2H`."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS))
