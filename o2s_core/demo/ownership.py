"""Which client of the demonstration firm opened which contract, alone or with a spouse."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from o2s_core.demo.contracts import Contract, Offer, offers

#: Accounts per contact: 350 for 120.
ACCOUNTS_PER_CONTACT: Final = 350 / 120
#: One of these per person, by law or by habit.
SINGLE: Final = frozenset(
    ("pea", "pea_pme", "livret_a", "ldds", "lep", "pel", "cel", "perco", "pee", "madelin")
)
JOINT: Final = frozenset({"compte_titres", "compte_courant", "assurance_vie", "capitalisation"})
ALONE: Final = Decimal(1)
HALF: Final = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who opens contracts: rank of the contact, of the spouse, and the age to respect."""

    rank: int
    spouse: int | None
    is_company: bool
    is_minor: bool


def contracts(
    owners: list[Owner], contacts: int, seed: int, today: date, years: int
) -> list[Contract]:
    """Return the contracts of a firm, opened over the last `years`, 350 for 120 contacts."""
    draw = np.random.default_rng(seed + 3)
    made: list[Contract] = []
    taken: set[tuple[int, str]] = set()
    wanted = round(contacts * ACCOUNTS_PER_CONTACT)
    weights = np.array([offer.weight for offer in offers()], dtype=float)
    while len(made) < wanted:
        owner = owners[int(draw.integers(len(owners)))]
        offer = offers()[int(draw.choice(len(offers()), p=weights / weights.sum()))]
        if not _may_open(owner, offer, taken):
            continue
        taken.add((owner.rank, offer.envelope))
        made.append(_open(owner, offer, draw, len(made), today, years))
    return made


def _may_open(owner: Owner, offer: Offer, taken: set[tuple[int, str]]) -> bool:
    if offer.envelope in SINGLE and (owner.rank, offer.envelope) in taken:
        return False
    if owner.is_minor:
        return offer.envelope in {"livret_a", "assurance_vie"}
    if owner.is_company:
        return offer.envelope in {"capitalisation", "compte_titres", "compte_a_terme", "scpi"}
    return True


def _open(
    owner: Owner, offer: Offer, draw: np.random.Generator, n: int, today: date, years: int
) -> Contract:
    joint = owner.spouse is not None and offer.envelope in JOINT and int(draw.integers(100)) < 22
    shares = [(owner.rank, HALF), (owner.spouse, HALF)] if joint else [(owner.rank, ALONE)]
    age = int(draw.integers(120, max(200, round(years * 365) - 30)))
    monthly = int(draw.integers(10)) < offer.monthly
    return Contract(
        offer=offer,
        provider=str(draw.choice(offer.providers)),
        number=f"{offer.envelope[:2].upper()}{10_000_000 + n * 37 + int(draw.integers(37))}",
        opened_on=today - timedelta(days=age),
        holders=[(rank, share) for rank, share in shares if rank is not None],
        monthly=Decimal(int(draw.integers(1, 9)) * 50) if monthly else Decimal(0),
    )
