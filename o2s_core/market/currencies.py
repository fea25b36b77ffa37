"""Which code a price is quoted in, and what a pound is when a file says pence."""

from decimal import Decimal
from functools import cache
from typing import Final

import pycountry

#: Minor units that exchanges quote in: the currency, and how many make one of it.
MINOR_UNITS: Final = {
    "GBX": ("GBP", 100),
    "GBp": ("GBP", 100),
    "ILA": ("ILS", 100),
    "ZAc": ("ZAR", 100),
    "ZAC": ("ZAR", 100),
}
#: ISO 4217 numbers of the codes for tests and for "no currency".
NO_CURRENCY: Final = frozenset({"963", "999"})


def major_unit(currency: str) -> tuple[str, int]:
    """Return the currency behind a code, and how many of its units make one: pence are 100.

    >>> major_unit("GBX")
    ('GBP', 100)
    """
    return MINOR_UNITS.get(currency, (currency, 1))


def in_major_unit(amount: Decimal, currency: str) -> tuple[Decimal, str]:
    """Return an amount in the currency itself: 250 pence are 2.50 pounds."""
    code, units = major_unit(currency)
    return amount / units, code


@cache
def known_currencies() -> frozenset[str]:
    """Return the codes of ISO 4217, and the minor units that exchanges use."""
    current = {c.alpha_3 for c in pycountry.currencies if c.numeric not in NO_CURRENCY}
    return frozenset(current | set(MINOR_UNITS))


def is_currency(code: str) -> bool:
    """Return whether a code is that of a currency."""
    return code in known_currencies()
