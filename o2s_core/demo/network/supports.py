"""The thousands of supports of a network: names of nobody, ISINs starting with XF."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from o2s_core.demo import supports as small
from o2s_core.kernel.identifiers import isin_with_check_digit, search_key

#: Currencies of what is quoted on a market.
QUOTED: Final = ("EUR",) * 14 + ("USD",) * 4 + ("GBP", "CHF")
#: Ranks of the ISINs start beyond those of the small firm.
FIRST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Families:
    """The priced supports by rank: which family each is of, and in which currency."""

    known: tuple[small.Family, ...]
    of: np.ndarray  #: rank -> family
    currencies: np.ndarray  #: rank -> code


def families(count: int, seed: int) -> Families:
    """Share `count` supports among the families of the small firm, in its proportions."""
    known = small.families()
    weights = np.array([f.count for f in known], dtype=float)
    shares = np.maximum(2, np.floor(weights / weights.sum() * count)).astype(int)
    shares[0] += count - shares.sum()
    of = np.repeat(np.arange(len(known)), shares)
    draw = np.random.default_rng(seed + 21)
    quoted = np.array([known[f].kind in {"etf", "share"} for f in of])
    currencies = np.where(quoted, draw.choice(QUOTED, len(of)), "EUR")
    return Families(known, of, currencies)


def rows(found: Families, seed: int) -> list[dict[str, Any]]:
    """Return the columns of the instruments, by rank."""
    draw = np.random.default_rng(seed + 22)
    sfdr = draw.choice([6, 8, 8, 9], len(found.of))
    return [_row(found, rank, int(sfdr[rank])) for rank in range(len(found.of))]


def _row(found: Families, rank: int, sfdr: int) -> dict[str, Any]:
    family = found.known[found.of[rank]]
    label = _label(family, rank)
    isin = isin_with_check_digit(f"XF{FIRST + rank:09d}")
    return {
        "isin": isin,
        "label": label,
        "kind": family.kind,
        "asset_class": family.asset_class,
        "currency": str(found.currencies[rank]),
        "manager": "" if family.kind == "share" else f"{_house(rank)} Gestion",
        "sri": family.sri,
        "sfdr": sfdr if family.kind == "opcvm" else None,
        "status": "active",
        "provider_id": None,
        "search_key": search_key(f"{label} {isin}"),
    }


def _house(rank: int) -> str:
    return small.HOUSES[rank % len(small.HOUSES)]


def _label(family: small.Family, rank: int) -> str:
    name = family.names[rank // len(small.HOUSES) % len(family.names)]
    series = rank // (len(small.HOUSES) * len(family.names)) + 1
    return f"{_house(rank)} {name} {series} {small.SHARE_CLASSES[rank % len(small.SHARE_CLASSES)]}"
