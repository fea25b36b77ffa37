"""How much of everything a network of some size has."""

from dataclasses import dataclass
from typing import Final

#: Per contact, as in a real network of advisers.
ACCOUNTS: Final = 3
SUPPORTS: Final = 0.75
ADVISERS: Final = 500
AGENCIES: Final = 4_000
LEAST_SUPPORTS: Final = 300


@dataclass(frozen=True, slots=True)
class Size:
    """What a network of `contacts` people and companies has."""

    contacts: int

    @property
    def advisers(self) -> int:
        """Return how many advisers share the clients."""
        return max(8, self.contacts // ADVISERS)

    @property
    def agencies(self) -> int:
        """Return how many agencies they work in."""
        return max(2, self.contacts // AGENCIES)

    @property
    def accounts(self) -> int:
        """Return how many accounts the clients hold."""
        return self.contacts * ACCOUNTS

    @property
    def supports(self) -> int:
        """Return how many supports are priced."""
        return max(LEAST_SUPPORTS, round(self.contacts * SUPPORTS))
