"""Which units does each line hold, at which cost, and what was sold? (parts et cessions)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from math import isnan, nan
from typing import Final

from o2s_core.analytics.cost import Lots, Method
from o2s_core.kernel import french
from o2s_core.portfolio.gains.transfers import Transfer, transfers
from o2s_core.portfolio.positions import BY_VALUE
from o2s_core.portfolio.running_positions import Instruments, Posted

Key = tuple[int, int]  #: account, instrument
#: Units by which movements may miss the quantity that a situation says.
UNITS: Final = 0.0001
#: What is taken in units to be paid leaves with its cost: a cost, no sale.
CHARGES: Final = frozenset({"fee", "tax", "social_levy", "adjustment", "transfer_out"})
SALES: Final = frozenset({"sell", "switch_out", "withdrawal"})
UNKNOWN_ENTRIES: Final[Mapping[str, str]] = {
    "transfer_in": "transfert entrant du {day}, coût d'origine inconnu",
    "adjustment": "régularisation du {day}, sans coût",
    "sell": "vente annulée le {day}, coût à reprendre inconnu",
    "switch_out": "arbitrage annulé le {day}, coût à reprendre inconnu",
    "withdrawal": "rachat annulé le {day}, coût à reprendre inconnu",
}
OPENED: Final = "situation d'ouverture du {day} : coût ou dates d'achat inconnus"
UNEXPLAINED: Final = "les mouvements reçus n'expliquent pas la quantité détenue au {day}"


@dataclass(frozen=True, slots=True)
class Sale:
    """Units sold, of the whole account: proceeds and cost in euros, then in the support's currency.

    A cost is NaN when it is unknown; `reason` then says why.
    """

    account_id: int
    instrument_id: int
    on: date
    kind: str
    quantity: float
    proceeds: tuple[float, float]
    cost: tuple[float, float]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a situation says of one line of an account: units, cost in both currencies or NaN."""

    quantity: float
    cost: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a line holds on the day of its situation, as the movements tell it.

    `reason` says why a cost is NaN; `explained` whether the units are those of the situation.
    """

    quantity: float
    cost: tuple[float, float]
    explained: bool
    reason: str


NOTHING: Final = Told(0.0, (0.0, 0.0))


@dataclass(slots=True)
class _Book:
    lots: Lots
    reason: str = ""
    sales: list[Sale] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What the books are written from.

    `openings` is the first situation of each account, `told` the last one, by account: its day
    and its lines. `units` gives what a currency was worth on a day: units for a euro, or NaN.
    """

    movements: Mapping[int, Sequence[Posted]]
    instruments: Instruments
    openings: Mapping[int, tuple[date, Mapping[int, Told]]]
    told: Mapping[int, tuple[date, Mapping[int, Told]]]
    units: Callable[[str, date], float]


class Books:
    """The books of all lines of some accounts, written day after day.

    What one account sends to another keeps its cost. The first situation of an account
    opens the lines that movements do not explain, at the cost that it says.
    """

    def __init__(self, sources: Sources, method: Method) -> None:
        self._from, self._method = sources, method
        self._books: dict[Key, _Book] = defaultdict(lambda: _Book(Lots(method, 2)))
        self.standing: dict[Key, Standing] = {}
        rows = [row for some in sources.movements.values() for row in some if self._units(row)]
        self._pairs, self._moved = transfers(rows), set[Transfer]()
        self._write(rows)

    @property
    def sales(self) -> list[Sale]:
        """Return all sales, oldest first; without cost where the units do not add up."""
        made = [sale for book in self._books.values() for sale in book.sales]
        return sorted((self._checked(sale) for sale in made), key=lambda sale: sale.on)

    def _checked(self, sale: Sale) -> Sale:
        standing = self.standing.get((sale.account_id, sale.instrument_id))
        if standing is None or standing.explained:
            return sale
        return _without_cost(sale, standing.reason)

    def _units(self, row: Posted) -> bool:
        instrument = self._from.instruments.get(row.instrument_id or 0)
        return instrument is not None and instrument.kind not in BY_VALUE

    def _write(self, rows: Iterable[Posted]) -> None:
        by_day: dict[date, list[Posted]] = defaultdict(list)
        for row in rows:
            by_day[row.trade_on].append(row)
        marks = {day for day, _ in (*self._from.openings.values(), *self._from.told.values())}
        for day in sorted(by_day.keys() | marks):
            for account_id, some in groupby(by_day[day], lambda row: row.account_id):
                self._take_day(account_id, list(some))
            for account_id, (opened, lines) in self._from.openings.items():
                if opened == day:
                    self._open(account_id, day, lines)
            for account_id, (seen, lines) in self._from.told.items():
                if seen == day:
                    self._compare(account_id, day, lines)

    def _take_day(self, account_id: int, rows: Sequence[Posted]) -> None:
        actions = [row for row in rows if row.kind == "corporate_action"]
        for row in rows:
            if row.kind != "corporate_action" and row.quantity:
                self._take(account_id, row)
        if actions:
            self._act(account_id, actions)

    def _take(self, account_id: int, row: Posted) -> None:
        pair = self._pairs.get(id(row))
        if pair is not None:
            self._move(pair)
        elif (row.quantity or 0) > 0:
            self._enter(account_id, row)
        else:
            self._leave(account_id, row)

    def _supports(self, account_id: int) -> set[int]:
        return {id_ for account, id_ in self._books if account == account_id}

    def _book(self, account_id: int, instrument_id: int | None) -> _Book:
        return self._books[account_id, instrument_id or 0]

    def _enter(self, account_id: int, row: Posted) -> None:
        book = self._book(account_id, row.instrument_id)
        known = row.kind not in UNKNOWN_ENTRIES
        paid = self._amounts(row) if known else (nan, nan)
        if isnan(paid[0]) or isnan(paid[1]):
            said = UNKNOWN_ENTRIES.get(row.kind, "entrée du {day} sans montant ou sans taux")
            book.reason = said.format(day=french.day(row.trade_on))
        book.lots.buy(float(row.quantity or 0), paid)

    def _leave(self, account_id: int, row: Posted) -> None:
        book = self._book(account_id, row.instrument_id)
        cost, missing = book.lots.sell(-float(row.quantity or 0))
        if missing:
            book.reason = (
                f"au {french.day(row.trade_on)}, plus de parts sorties que d'entrées connues"
            )
        if row.kind in SALES:
            book.sales.append(self._sale(account_id, row, cost, book.reason))

    def _sale(
        self, account_id: int, row: Posted, cost: Sequence[float], reason: str, sold: float = 0.0
    ) -> Sale:
        proceeds = self._amounts(row)
        if isnan(proceeds[0]):
            cost, reason = (nan, nan), "montant de la vente inconnu"
        return Sale(
            account_id, row.instrument_id or 0, row.trade_on, row.kind,
            sold or -float(row.quantity or 0), proceeds, (cost[0], cost[1]),
            reason if isnan(cost[0]) or isnan(cost[1]) else "",
        )  # fmt: skip

    def _move(self, pair: Transfer) -> None:
        """Carry units from an account to another at their own cost, once for both ends."""
        if pair in self._moved:
            return
        self._moved.add(pair)
        source = self._book(pair.source, pair.instrument_id)
        target = self._book(pair.target, pair.instrument_id)
        taken, missing = source.lots.take(pair.quantity)
        target.lots.put(taken)
        target.reason = target.reason or source.reason
        if missing:
            target.lots.buy(missing, (nan, nan))
            said = UNKNOWN_ENTRIES["transfer_in"]
            source.reason = target.reason = said.format(day=french.day(pair.at))

    def _act(self, account_id: int, rows: Sequence[Posted]) -> None:
        """Carry the cost of what leaves by a corporate action over to what comes."""
        out = [row for row in rows if row.quantity and row.quantity < 0]
        entering = [row for row in rows if row.quantity and row.quantity > 0]
        for row in rows:
            if not row.quantity and row.net and row.net > 0:
                self._give_back(account_id, row)
        if out and entering:
            self._exchange(account_id, out, entering)
            return
        for row in out:
            self._redeem(account_id, row)
        for row in entering:
            self._attribute(account_id, row)

    def _give_back(self, account_id: int, row: Posted) -> None:
        """Take capital given back off the cost; what exceeds it is a gain."""
        book = self._book(account_id, row.instrument_id)
        returned, spent = self._amounts(row), book.lots.cost
        if not book.lots.quantity or isnan(spent[0]):
            return
        book.lots.lower(max(0.0, 1 - returned[0] / spent[0]) if spent[0] else 0.0)
        if returned[0] > spent[0]:
            book.sales.append(self._sale(account_id, row, spent, ""))

    def _redeem(self, account_id: int, row: Posted) -> None:
        book = self._book(account_id, row.instrument_id)
        cost, _ = book.lots.sell(-float(row.quantity or 0))
        if row.net:
            book.sales.append(self._sale(account_id, row, cost, book.reason))

    def _attribute(self, account_id: int, row: Posted) -> None:
        """Add units that came alone: paid for, or given (split, free shares)."""
        book = self._book(account_id, row.instrument_id)
        held = book.lots.quantity
        if row.net or not held:
            if not row.net:
                book.reason = f"opération sur titres du {french.day(row.trade_on)}, coût inconnu"
            paid = self._amounts(row) if row.net else (nan, nan)
            book.lots.buy(float(row.quantity or 0), paid)
        else:
            book.lots.multiply((held + float(row.quantity or 0)) / held)

    def _exchange(self, account_id: int, out: Sequence[Posted], entering: Sequence[Posted]) -> None:
        taken, short, reason = [], 0.0, ""
        for row in out:
            book = self._book(account_id, row.instrument_id)
            units, missing = book.lots.take(-float(row.quantity or 0))
            taken += units
            short += missing
            reason = reason or book.reason
        left = sum(quantity for quantity, _ in taken)
        known = not short and left > 0
        for row, share in zip(entering, _shares(entering), strict=True):
            book = self._book(account_id, row.instrument_id)
            if not known or isnan(share):
                book.reason = f"opération sur titres du {french.day(row.trade_on)}, coût inconnu"
                book.lots.buy(float(row.quantity or 0), (nan, nan))
                continue
            book.reason = book.reason or reason
            spent = sum(paid[0] for _, paid in taken) * share
            kept = share * max(0.0, 1 - self._cash(row) / spent) if spent else share
            factor = float(row.quantity or 0) / left
            book.lots.put((n * factor, [one * kept for one in paid]) for n, paid in taken)

    def _cash(self, row: Posted) -> float:
        """Return the cash in euros that came with an exchange: it takes off the cost."""
        return self._amounts(row)[0] if row.net and row.net > 0 else 0.0

    def _amounts(self, row: Posted) -> tuple[float, float]:
        """Return what a movement moved, positive: in euros, in the currency of the support."""
        stated = row.net or row.gross or None
        instrument = self._from.instruments[row.instrument_id or 0]
        if stated is None:
            if row.price is None or row.quantity is None:
                return nan, nan
            stated = row.quantity * row.price * instrument.price_factor
        amount = abs(float(stated))
        euros = amount / self._from.units(row.currency, row.trade_on)
        if row.currency == instrument.currency:
            return euros, amount
        return euros, euros * self._from.units(instrument.currency, row.trade_on)

    def _open(self, account_id: int, day: date, lines: Mapping[int, Told]) -> None:
        """Open the lines of a first situation that the movements before it do not explain."""
        for id_ in self._supports(account_id) | lines.keys():
            said = lines.get(id_, NOTHING)
            book = self._book(account_id, id_)
            agreed = abs(book.lots.quantity - said.quantity) <= UNITS
            if agreed and not any(map(isnan, book.lots.cost)):
                continue
            why = UNEXPLAINED if book.lots.quantity or book.sales else OPENED
            why = why.format(day=french.day(day))
            sales = book.sales if agreed else [_without_cost(sale, why) for sale in book.sales]
            self._books[account_id, id_] = opened = _Book(Lots(self._method, 2), why, sales)
            if said.quantity:
                opened.lots.buy(said.quantity, said.cost)

    def _compare(self, account_id: int, day: date, lines: Mapping[int, Told]) -> None:
        """Note what each line holds on the day of the last situation, and whether units agree."""
        for id_ in self._supports(account_id) | lines.keys():
            said = lines.get(id_, NOTHING)
            book = self._book(account_id, id_)
            held = book.lots.quantity
            explained = abs(held - said.quantity) <= UNITS
            cost = book.lots.cost
            reason = book.reason if explained else UNEXPLAINED.format(day=french.day(day))
            standing = Standing(held, (cost[0], cost[1]), explained, reason)
            self.standing[account_id, id_] = standing


def _shares(entering: Sequence[Posted]) -> list[float]:
    """Return the part of the cost that each new line bears; NaN when nobody says."""
    if len(entering) == 1:
        return [1.0]
    borne = [abs(float(row.gross)) if row.gross is not None else nan for row in entering]
    total = sum(borne)
    return [one / total if total else nan for one in borne]


def _without_cost(sale: Sale, reason: str) -> Sale:
    return Sale(
        sale.account_id, sale.instrument_id, sale.on, sale.kind, sale.quantity, sale.proceeds,
        (nan, nan), reason,
    )  # fmt: skip
