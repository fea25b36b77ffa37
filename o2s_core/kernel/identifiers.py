"""Codes that carry their own check: ISIN, IBAN, and account numbers compared without noise."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from stdnum import iban as _iban
from stdnum import isin as _isin


def compact(code: str) -> str:
    """Return a code without spaces, dots, dashes or slashes, in capitals."""
    # a file asks it of each account: most have nothing to drop
    return (code if code.isalnum() else _DROPPED.sub("", code)).upper()


_DROPPED: Final = re.compile(r"[\s.\-/\u00a0\u202f]")


@lru_cache(maxsize=65_536)  # a large file asks the same ones hundreds of thousands of times
def is_isin(code: str) -> bool:
    """Return whether `code` is an ISIN whose check digit is right (ISO 6166)."""
    text = compact(code)
    # stdnum knows the countries; EZ are derivatives, XF is what the demo firm reserves.
    return _isin.is_valid(text) or (
        bool(re.fullmatch(r"(X[A-Z]|EZ)[A-Z0-9]{9}\d", text))
        and _isin.calc_check_digit(text[:-1]) == text[-1]
    )


def isin_with_check_digit(stem: str) -> str:
    """Return the ISIN whose first eleven characters are `stem`."""
    return stem + _isin.calc_check_digit(stem)


def is_iban(code: str) -> bool:
    """Return whether `code` is an IBAN whose control key is right (mod 97)."""
    text = compact(code)
    return text[2:4].isdigit() and _iban.is_valid(text)


def search_key(text: str) -> str:
    """Return a text as it is searched: no accents, no case, single spaces."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^a-z0-9@.+]+", " ", plain).strip()
