"""The tens of thousands of contracts of a network: who opened what, where, when, alone or not."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from o2s_core.demo.clients import People
from o2s_core.demo.contracts import offers
from o2s_core.demo.network.partners import Partners
from o2s_core.demo.ownership import JOINT, SINGLE
from o2s_core.kernel.context import Context
from o2s_core.portfolio import account_key
from o2s_core.portfolio.models import Account, AccountHolder
from o2s_core.store import EXACT_FRAME, Tx, insert_frame

#: Draws per account wanted: some are refused, for want of right or because there is one.
TRIES: Final = 2.0
MINORS: Final = frozenset({"livret_a", "assurance_vie"})
COMPANIES: Final = frozenset({"capitalisation", "compte_titres", "compte_a_terme", "scpi"})
JOINT_SHARE: Final = 0.22
#: Ages of the contracts, in days: half are older than the prices.
OPENED: Final = (120, 3_650)


@dataclass(frozen=True, slots=True)
class Contracts:
    """The contracts by rank, as arrays of one length."""

    ids: np.ndarray  #: of the accounts
    numbers: np.ndarray
    offer: np.ndarray  #: row of `offers()`
    provider: np.ndarray  #: row of the codes of partners
    age: np.ndarray  #: days since the opening
    monthly: np.ndarray  #: programmed payment, cents; 0: none

    def part(self, where: slice) -> "Contracts":
        """Return some of the contracts."""
        return Contracts(*(getattr(self, name)[where] for name in self.__slots__))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.offer)


def open_contracts(tx: Tx, people: People, partners: Partners, wanted: int, seed: int) -> Contracts:
    """Open the contracts of the clients, with their holders."""
    draw = np.random.default_rng(seed + 24)
    owner, offer = _chosen(people, wanted, draw)
    made = _drawn(offer, partners, draw)
    ids = insert_frame(tx, Account, _accounts(tx.ctx, made, partners)).to_numpy()
    insert_frame(tx, AccountHolder, _holders(people, owner, offer, ids, draw))
    tx.touch("portfolio")
    return Contracts(ids, *(getattr(made, name) for name in made.__slots__ if name != "ids"))


def _chosen(
    people: People, wanted: int, draw: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw owner and offer of each contract, within what law and habit allow."""
    count = round(wanted * TRIES)
    weights = np.array([o.weight for o in offers()], dtype=float)
    owner = draw.integers(len(people.owners), size=count)
    offer = draw.choice(len(offers()), size=count, p=weights / weights.sum())
    names = [o.envelope for o in offers()]
    allowed = np.stack(
        [
            np.ones(len(names), dtype=bool),
            np.array([n in MINORS for n in names]),
            np.array([n in COMPANIES for n in names]),
        ]
    )
    kind = np.array([1 if o.is_minor else 2 if o.is_company else 0 for o in people.owners])
    single = np.array([n in SINGLE for n in names])[offer]
    pair = owner.astype(np.int64) * len(names) + offer
    first = np.zeros(count, dtype=bool)
    first[np.unique(pair, return_index=True)[1]] = True
    good = np.flatnonzero(allowed[kind[owner], offer] & (first | ~single))[:wanted]
    return owner[good], offer[good]


def _drawn(offer: np.ndarray, partners: Partners, draw: np.random.Generator) -> Contracts:
    count = len(offer)
    codes = list(partners.provider_ids)
    places = [[codes.index(code) for code in o.providers] for o in offers()]
    pick = draw.random(count)
    provider = np.array(
        [places[o][int(u * len(places[o]))] for o, u in zip(offer, pick, strict=True)]
    )
    spread = 10_000_000 + np.arange(count) * 37 + draw.integers(37, size=count)
    prefix = [o.envelope[:2].upper() for o in offers()]
    numbers = np.array([f"{prefix[o]}{n}" for o, n in zip(offer, spread, strict=True)])
    chance = np.array([o.monthly for o in offers()])[offer]
    programmed = draw.integers(10, size=count) < chance
    monthly = np.where(programmed, draw.integers(1, 9, size=count) * 5_000, 0)
    return Contracts(
        np.zeros(count, dtype=np.int64), numbers, offer, provider,
        draw.integers(*OPENED, size=count), monthly,
    )  # fmt: skip


def _accounts(ctx: Context, made: Contracts, partners: Partners) -> pl.DataFrame:
    codes = list(partners.provider_ids)
    known = offers()
    names = [partners.names[code].split()[0] for code in codes]
    pairs = list(zip(made.offer, made.provider, strict=True))
    labels = [f"{known[o].label} {names[p]}" for o, p in pairs]
    keys = [account_key(*said) for said in zip(labels, made.numbers, strict=True)]
    return pl.DataFrame(
        {
            "number": made.numbers,
            "number_key": made.numbers,
            "search_key": keys,
            "label": labels,
            "envelope": [known[o].envelope for o in made.offer],
            "provider_id": [partners.provider_ids[codes[p]] for p in made.provider],
            "currency": "EUR",
            "opened_on": [ctx.today - timedelta(days=int(age)) for age in made.age],
            "managed": True,
            "aggregated": True,
        }
    )


def _holders(
    people: People, owner: np.ndarray, offer: np.ndarray, ids: np.ndarray,
    draw: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    """Return who holds each account: one person, or two spouses by halves."""
    joint = np.array([o.envelope in JOINT for o in offers()])[offer]
    together = joint & (draw.random(len(offer)) < JOINT_SHARE)
    rows: list[dict[str, Any]] = []
    for who, account_id, both in zip(owner, ids, together, strict=True):
        person = people.owners[who]
        held = [person.rank]
        if both and person.spouse is not None:
            held.append(person.spouse)
        for rank, contact in enumerate(held):
            rows.append(
                {
                    "account_id": int(account_id),
                    "contact_id": people.ids[contact],
                    "role": "holder" if len(held) == 1 else "co_holder",
                    "share": Decimal(1) if len(held) == 1 else Decimal("0.5"),
                    "rank": rank,
                }
            )
    return pl.DataFrame(rows).with_columns(pl.col("share").cast(EXACT_FRAME))
