"""A small real firm on a temporary store, and short builders for what it owns."""

from tests.kit.builders import (
    account,
    company,
    group,
    household,
    instrument,
    movement,
    person,
    price,
    provider,
    situation,
)
from tests.kit.firm import Firm, new_firm

__all__ = [
    "Firm",
    "account",
    "company",
    "group",
    "household",
    "instrument",
    "movement",
    "new_firm",
    "person",
    "price",
    "provider",
    "situation",
]
