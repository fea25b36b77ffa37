"""How the contracts of a network live: a month at a time, all of them at once, in exact integers.

Quantities and prices are integers of 1 / 10,000, amounts are cents; what a
partner saw is kept as of its last statement.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from o2s_core.demo.contracts import offers
from o2s_core.demo.network.choices import Lines
from o2s_core.demo.network.contracts import Contracts
from o2s_core.demo.network.ledger import EURO_FUND, Ledger
from o2s_core.demo.network.quotes import Quotes
from o2s_core.demo.network.supports import Families

#: A quantity × a price, over this, is cents.
TO_CENTS: Final = 1_000_000
MONTH: Final = 30.4375
EURO_SHARE: Final = 0.4
#: Lines that a programmed payment buys.
PROGRAMMED_LINES: Final = 3
FEE: Final = 0.004
PROFIT: Final = 0.026
DIVIDEND: Final = 0.014
SWITCH_CHANCE: Final = 1 / 40
#: Of the contracts, those of which the partner has not spoken for months; for how long.
SILENT: Final = 0.04
SILENCE: Final = (60, 400)


@dataclass(slots=True)
class State:
    """What the contracts hold at one moment of their lives."""

    quantity: np.ndarray  #: by line
    cost: np.ndarray  #: by line
    euro_fund: np.ndarray  #: by contract
    cash: np.ndarray  #: by contract


@dataclass(frozen=True, slots=True)
class Seen:
    """What the partners said last: on which day, of which lines, and every movement."""

    as_of: np.ndarray  #: calendar day, by contract
    held: State
    movements: pl.DataFrame


class Lives:
    """Some contracts and their lines, as they live."""

    def __init__(
        self, contracts: Contracts, lines: Lines, quotes: Quotes, families: Families,
        draw: np.random.Generator,
    ) -> None:  # fmt: skip
        self.contracts, self.lines, self.quotes, self.draw = contracts, lines, quotes, draw
        kinds = np.array([f.kind for f in families.known])[families.of]
        self.pays = np.isin(kinds, ["share", "scpi"])[lines.support]
        known = offers()
        self.insured = np.array([o.fonds_euros for o in known])[contracts.offer]
        self.savings = np.array([not o.kinds for o in known])[contracts.offer]
        bounds = np.array([o.first for o in known])[contracts.offer]
        self.first = draw.integers(bounds[:, 0], bounds[:, 1] + 1) * 100
        self.most = bounds[:, 1] * 100
        self.last_day = len(quotes.in_force[0]) - 2
        self.start = np.maximum(
            self.last_day - contracts.age, 7 + draw.integers(20, size=len(self))
        )
        self.as_of = self._statements()
        self.ledger = Ledger()
        size, count = len(lines.contract), len(contracts)
        self.now = State(*(np.zeros(n, dtype=np.int64) for n in (size, size, count, count)))
        self.seen = State(*(np.zeros(n, dtype=np.int64) for n in (size, size, count, count)))

    def __len__(self) -> int:
        """Return how many contracts live."""
        return len(self.contracts)

    def _statements(self) -> np.ndarray:
        """Return the day of the last statement of each contract, never before its first day."""
        monthly = 6 + self.draw.integers(24, size=len(self))
        weekly = 2 + self.draw.integers(5, size=len(self))
        late = self.draw.integers(*SILENCE, size=len(self))
        quiet = self.draw.random(len(self)) < SILENT
        ago = np.where(quiet, late, np.where(self.insured, monthly, weekly))
        return np.maximum(self.start, self.last_day + 1 - ago)

    def live(self) -> Seen:
        """Let the contracts live until yesterday."""
        months = int((self.last_day - self.start.min()) / MONTH) + 1
        for month in range(months):
            day = self.start + round(month * MONTH)
            alive = day <= self.last_day
            self._live_a_month(month, day, alive)
            self._be_seen(alive & (day <= self.as_of))
        return Seen(self.as_of, self.seen, self.ledger.table())

    def _live_a_month(self, month: int, day: np.ndarray, alive: np.ndarray) -> None:
        if month == 0:
            self._pay(self.first, day, alive, len(self.lines.place))
            return
        self._pay(self.contracts.monthly, day, alive & ~self.savings, PROGRAMMED_LINES)
        if month % 3 == 0:
            self._save(day, alive & self.savings)
        if month % 6 == 0:
            self._charge(day, alive & self.insured)
        if month % 6 == 3:
            self._receive_income(day, alive & ~self.insured)
        if month % 12 == 0:
            self._credit(day, alive & self.insured)
        self._switch(day, alive & (self.draw.random(len(self)) < SWITCH_CHANCE))

    def _be_seen(self, said: np.ndarray) -> None:
        """Keep what the partner sees of the contracts that it speaks of later."""
        mine = said[self.lines.contract]
        self.seen.quantity[mine], self.seen.cost[mine] = (
            self.now.quantity[mine],
            self.now.cost[mine],
        )
        self.seen.euro_fund[said], self.seen.cash[said] = (
            self.now.euro_fund[said],
            self.now.cash[said],
        )

    def _pay(self, amount: np.ndarray, day: np.ndarray, alive: np.ndarray, places: int) -> None:
        """Pay in, then buy: a part on the fonds euros, the rest in equal parts."""
        who = np.flatnonzero(alive & (amount > 0))
        self.ledger.note("deposit", who, day[who], net=amount[who])
        paying = alive & (amount > 0)
        lines = np.flatnonzero(paying[self.lines.contract] & (self.lines.place < places))
        owner = self.lines.contract[lines]
        count = np.maximum(1, np.bincount(owner, minlength=len(self)))
        invested = np.where(self.insured, (amount * (1 - EURO_SHARE)).astype(np.int64), amount)
        spent = self._buy("buy", lines, day[owner], (invested // count)[owner])
        self._keep_rest("buy", who, day, (amount - spent)[who])

    def _buy(self, kind: str, lines: np.ndarray, day: np.ndarray, budget: np.ndarray) -> np.ndarray:
        """Buy lines for at most a budget each; return what each contract spent."""
        owner = self.lines.contract[lines]
        price = self.quotes.euros(self.lines.support[lines], day)
        quantity = budget * TO_CENTS // price
        amount = _worth(quantity, price)
        bought = quantity > 0
        self.now.quantity[lines] += quantity
        self.now.cost[lines] += amount
        self.ledger.note(
            kind, owner[bought], day[bought], support=self.lines.support[lines][bought],
            quantity=quantity[bought], price=price[bought], gross=-amount[bought],
            net=-amount[bought],
        )  # fmt: skip
        return np.bincount(owner, weights=amount, minlength=len(self)).astype(np.int64)

    def _keep_rest(self, kind: str, who: np.ndarray, day: np.ndarray, rest: np.ndarray) -> None:
        """Put what was not invested on the fonds euros, else leave it in cash."""
        euro = self.insured[who] & (rest > 0)
        np.add.at(self.now.euro_fund, who[euro], rest[euro])
        np.add.at(self.now.cash, who[~euro], rest[~euro])
        self.ledger.note(
            kind, who[euro], day[who[euro]], support=EURO_FUND, gross=-rest[euro], net=-rest[euro]
        )

    def _save(self, day: np.ndarray, alive: np.ndarray) -> None:
        """Pay a little in, or out, on a third of the savings accounts."""
        who = np.flatnonzero(alive & (self.draw.random(len(self)) < 1 / 3))
        amount = self.draw.integers(50, 800, size=len(who)) * 100
        held = self.now.cash[who]
        out = held + amount > self.most[who]
        signed = np.where(out, -np.minimum(amount, held), amount)
        self.now.cash[who] += signed
        self.ledger.note("deposit", who[~out], day[who[~out]], net=signed[~out])
        self.ledger.note("withdrawal", who[out], day[who[out]], net=signed[out])

    def _charge(self, day: np.ndarray, alive: np.ndarray) -> None:
        """Take half a year's management fee in parts of each support."""
        lines = np.flatnonzero(alive[self.lines.contract])
        parts = (self.now.quantity[lines] * FEE).astype(np.int64)
        lines, parts = lines[parts > 0], parts[parts > 0]
        owner = self.lines.contract[lines]
        price = self.quotes.euros(self.lines.support[lines], day[owner])
        self._give_up(lines, parts)
        self.ledger.note(
            "fee", owner, day[owner], support=self.lines.support[lines], quantity=-parts,
            price=price, fees=_worth(parts, price),
        )  # fmt: skip

    def _give_up(self, lines: np.ndarray, parts: np.ndarray) -> None:
        """Take parts of lines away, and their share of the cost."""
        share = parts / np.maximum(1, self.now.quantity[lines])
        self.now.cost[lines] -= (self.now.cost[lines] * share).astype(np.int64)
        self.now.quantity[lines] -= parts

    def _receive_income(self, day: np.ndarray, alive: np.ndarray) -> None:
        """Receive half a year's dividends on shares and SCPI."""
        lines = np.flatnonzero(alive[self.lines.contract] & self.pays & (self.now.quantity > 0))
        owner = self.lines.contract[lines]
        price = self.quotes.euros(self.lines.support[lines], day[owner])
        amount = (_worth(self.now.quantity[lines], price) * DIVIDEND).astype(np.int64)
        np.add.at(self.now.cash, owner, amount)
        self.ledger.note(
            "dividend", owner, day[owner], support=self.lines.support[lines], gross=amount,
            net=amount,
        )  # fmt: skip

    def _credit(self, day: np.ndarray, alive: np.ndarray) -> None:
        """Credit the year's profit sharing to the fonds euros."""
        gain = (self.now.euro_fund * PROFIT).astype(np.int64)
        who = np.flatnonzero(alive & (gain > 0))
        self.now.euro_fund[who] += gain[who]
        self.ledger.note(
            "profit_sharing", who, day[who], support=EURO_FUND, gross=gain[who], net=gain[who]
        )

    def _switch(self, day: np.ndarray, alive: np.ndarray) -> None:
        """Sell three tenths of the first line of some contracts to buy their second."""
        has_two = np.bincount(self.lines.contract, minlength=len(self)) > 1
        chosen = (alive & has_two)[self.lines.contract]
        sold = np.flatnonzero(chosen & (self.lines.place == 0) & (self.now.quantity >= 10_000))
        owner = self.lines.contract[sold]
        parts = self.now.quantity[sold] * 3 // 10
        price = self.quotes.euros(self.lines.support[sold], day[owner])
        amount = _worth(parts, price)
        self._give_up(sold, parts)
        self.ledger.note(
            "switch_out", owner, day[owner], support=self.lines.support[sold], quantity=-parts,
            price=price, gross=amount, net=amount,
        )  # fmt: skip
        spent = self._buy("switch_in", sold + 1, day[owner], amount)
        self._keep_rest("switch_in", owner, day, amount - spent[owner])


def _worth(quantity: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Return a quantity × a price, in cents, halves up."""
    return (quantity * price + TO_CENTS // 2) // TO_CENTS
