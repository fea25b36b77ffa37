"""What the movements of an account add up to, when no situation says what it holds."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO
from o2s_core.market.models import Instrument
from o2s_core.portfolio.models import Movement
from o2s_core.portfolio.movement_kinds import FUNDING, TRADES
from o2s_core.portfolio.positions import BY_VALUE, Position

UNFUNDED: Final = "solde espèces inconnu : les mouvements reçus ne contiennent pas les versements"


INCOMPLETE: Final = (
    "solde espèces inconnu : la somme des mouvements reçus est négative, "
    "leur historique est incomplet"
)


class Posted(NamedTuple):
    """A movement as valuation reads it, its amounts and signs those of `Movement`."""

    account_id: int
    trade_on: date
    kind: str
    instrument_id: int | None
    quantity: Decimal | None
    price: Decimal | None
    gross: Decimal | None
    fees: Decimal | None
    taxes: Decimal | None
    net: Decimal | None
    currency: str
    delivery_id: int | None
    locator: str


class Traded(NamedTuple):
    """An instrument as valuation reads it."""

    id: int
    isin: str | None
    label: str
    kind: str
    asset_class: str
    currency: str
    price_factor: Decimal


Instruments = dict[int, Traded]


@dataclass(slots=True)
class _Running:
    """What the movements of one line add up to; `made` is the line as last asked for."""

    quantity: Decimal = ZERO
    value: Decimal = ZERO
    last_on: date = date.min
    delivery_id: int | None = None
    locator: str = ""
    made: Position | None = None

    def take(self, movement: Posted) -> None:
        """Remember which movement spoke last."""
        self.made = None
        if movement.trade_on >= self.last_on:
            self.last_on = movement.trade_on
            self.delivery_id, self.locator = movement.delivery_id, movement.locator


class RunningAccount:
    """What the movements of one account add up to, one movement after another."""

    def __init__(self, account_id: int, instruments: Instruments) -> None:
        self._account_id, self._instruments = account_id, instruments
        self._lines: dict[int, _Running] = defaultdict(_Running)
        self._cash: dict[str, _Running] = defaultdict(_Running)
        self._funded: set[str] = set()

    def take(self, movement: Posted) -> None:
        """Count the next movement."""
        if movement.instrument_id is not None and not _is_cash(movement, self._instruments):
            line = self._lines[movement.instrument_id]
            line.quantity += movement.quantity or ZERO
            line.value += value_effect(movement)
            line.take(movement)
        effect = cash_effect(movement, self._instruments)
        if not effect:
            return
        if movement.kind in FUNDING:
            self._funded.add(movement.currency)
        cash = self._cash[movement.currency]
        cash.value += effect
        cash.take(movement)

    def positions(self) -> list[Position]:
        """Return the lines and the cash held now; a line that did not move is the same object."""
        lines = [self._line(id_, running) for id_, running in self._lines.items()]
        cash = [self._cash_line(c, running) for c, running in self._cash.items() if running.value]
        return [*(line for line in lines if line.quantity or line.value), *cash]

    def _line(self, instrument_id: int, running: _Running) -> Position:
        if running.made is None:
            running.made = _line(self._account_id, self._instruments[instrument_id], running)
        return running.made

    def _cash_line(self, currency: str, running: _Running) -> Position:
        if running.made is None:
            known = currency in self._funded
            running.made = _cash_line(self._account_id, currency, running, known=known)
        return running.made


def computed_positions(
    session: Session, ctx: Context, account_ids: Collection[int], on: date
) -> list[Position]:
    """Return what the movements of accounts without situation add up to, on a day."""
    by_account, instruments = posted_movements(session, ctx, account_ids, on)
    return [
        position
        for account_id, movements in by_account.items()
        for position in running_positions(account_id, movements, instruments)
    ]


def running_positions(
    account_id: int, movements: Iterable[Posted], instruments: Instruments
) -> list[Position]:
    """Return the lines and the cash that some movements of an account add up to.

    Quantities are exact sums. Cash is the sum of the net amounts where the
    movements say where the cash comes from and leave some; else its balance is
    unknown, and said so rather than shown negative.
    """
    account = RunningAccount(account_id, instruments)
    for movement in movements:
        account.take(movement)
    return account.positions()


def posted_movements(
    session: Session, ctx: Context, account_ids: Collection[int], on: date
) -> tuple[dict[int, list[Posted]], Instruments]:
    """Return the movements of some accounts until a day, oldest first, and their instruments."""
    by_account: dict[int, list[Posted]] = defaultdict(list)
    if not account_ids:
        return by_account, {}
    rows = session.execute(
        select(*(col(getattr(Movement, name)) for name in Posted._fields))
        .where(
            col(Movement.firm_id) == ctx.firm_id,
            col(Movement.account_id).in_(list(account_ids)),
            col(Movement.state) == "posted",
            col(Movement.trade_on) <= on,
        )
        .order_by(col(Movement.trade_on), col(Movement.id))
    ).all()
    for row in map(Posted._make, rows):
        by_account[row.account_id].append(row)
    held = {row.instrument_id for rows in by_account.values() for row in rows if row.instrument_id}
    return by_account, _instruments(session, ctx, held)


def _instruments(session: Session, ctx: Context, ids: set[int]) -> Instruments:
    rows = session.execute(
        select(*(col(getattr(Instrument, name)) for name in Traded._fields)).where(
            col(Instrument.firm_id) == ctx.firm_id, col(Instrument.id).in_(ids)
        )
    )
    return {row.id: Traded._make(row) for row in rows}


def _line(account_id: int, instrument: Traded, running: _Running) -> Position:
    by_value = instrument.kind in BY_VALUE
    return Position(
        account_id=account_id,
        kind="computed",
        as_of=running.last_on,
        label=instrument.label,
        instrument_kind=instrument.kind,
        asset_class=instrument.asset_class,
        currency=instrument.currency,
        quoted_in=instrument.currency,
        instrument_id=instrument.id,
        isin=instrument.isin,
        quantity=None if by_value else running.quantity,
        price_factor=instrument.price_factor,
        value=running.value if by_value else None,
        delivery_id=running.delivery_id,
        locator=running.locator,
    )


def _cash_line(account_id: int, currency: str, running: _Running, *, known: bool) -> Position:
    line = Position(
        account_id=account_id,
        kind="computed",
        as_of=running.last_on,
        label=f"Espèces {currency}",
        instrument_kind="cash",
        asset_class="cash",
        currency=currency,
        quoted_in=currency,
        value=running.value,
        delivery_id=running.delivery_id,
        locator=running.locator,
    )
    if known and running.value > 0:
        return line
    return replace(line, value=None, unknown=INCOMPLETE if known else UNFUNDED)


def cash_effect(movement: Posted, instruments: Instruments) -> Decimal:
    """Return what a movement adds to the cash of its account.

    A trade moves cash. A deposit, a fee or a dividend that moves a quantity, or
    that lands on a fonds euros, is settled on the line itself: no cash moves.
    """
    net = movement.net or ZERO
    if movement.instrument_id is None or _is_cash(movement, instruments):
        return net
    if movement.kind in TRADES:
        return net
    by_value = instruments[movement.instrument_id].kind in BY_VALUE
    return ZERO if movement.quantity or by_value else net


def value_effect(movement: Posted) -> Decimal:
    """Return what a movement adds to a line held by value, such as a fonds euros."""
    net = movement.net or ZERO
    return -net if movement.kind in TRADES else net


def _is_cash(movement: Posted, instruments: Instruments) -> bool:
    instrument = instruments.get(movement.instrument_id or 0)
    return instrument is not None and instrument.kind == "cash"
