"""Which supports each contract of a network holds: a few favourites everywhere, a long tail."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from o2s_core.demo.contracts import Offer, offers
from o2s_core.demo.network.supports import Families

#: Lines more than a contract of the small firm, at least and at most.
MORE: Final = (3, 6)
#: Envelopes that hold one thing or two, there as here.
NARROW: Final = frozenset({"scpi", "fcpi_fip", "perco", "pee"})
#: How unequal the favour is: 1 is equal.
FAVOUR: Final = 2.0


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of some contracts, contract by contract."""

    contract: np.ndarray  #: rank of the contract
    support: np.ndarray  #: rank of the support
    place: np.ndarray  #: rank of the line in its contract


def choose(offer: np.ndarray, families: Families, draw: np.random.Generator) -> Lines:
    """Draw the supports of each contract among those that its envelope may hold."""
    counts = _counts(offer, draw)
    contract = np.repeat(np.arange(len(offer)), counts)
    pools = [_pool(o, families) for o in offers()]
    sizes = np.array([len(pool) for pool in pools])[offer][contract]
    pick = (sizes * draw.random(len(contract)) ** FAVOUR).astype(int)
    support = np.zeros(len(contract), dtype=np.int64)
    for n, pool in enumerate(pools):
        mine = offer[contract] == n
        support[mine] = pool[pick[mine]] if len(pool) else 0
    pairs = np.unique(contract * (len(families.of) + 1) + support)
    contract, support = np.divmod(pairs, len(families.of) + 1)
    starts = np.searchsorted(contract, contract, side="left")
    return Lines(contract, support, np.arange(len(contract)) - starts)


def _counts(offer: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    bounds = np.array([_bounds(o) for o in offers()])[offer]
    return draw.integers(bounds[:, 0], bounds[:, 1] + 1)


def _bounds(offer: Offer) -> tuple[int, int]:
    if not offer.kinds:
        return 0, 0
    least, most = offer.lines
    return (least, most) if offer.envelope in NARROW else (least + MORE[0], most + MORE[1])


def _pool(offer: Offer, families: Families) -> np.ndarray:
    """Return the supports that an envelope may hold, favourites first, families mingled."""
    wanted = [n for n, f in enumerate(families.known) if f.kind in offer.kinds]
    mine = np.flatnonzero(np.isin(families.of, wanted))
    return np.random.default_rng(len(mine)).permutation(mine)
