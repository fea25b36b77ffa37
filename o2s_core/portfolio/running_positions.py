"""What the movements of an account add up to, when no situation says what it holds."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from sqlmodel import Session, col, select

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


@dataclass(slots=True)
class _Running:
    """What the movements of one line add up to."""

    quantity: Decimal = ZERO
    value: Decimal = ZERO
    last_on: date = date.min
    delivery_id: int | None = None
    locator: str = ""

    def take(self, movement: Movement) -> None:
        """Remember which movement spoke last."""
        if movement.trade_on >= self.last_on:
            self.last_on = movement.trade_on
            self.delivery_id, self.locator = movement.delivery_id, movement.locator


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
    account_id: int, movements: Iterable[Movement], instruments: dict[int, Instrument]
) -> list[Position]:
    """Return the lines and the cash that some movements of an account add up to.

    Quantities are exact sums. Cash is the sum of the net amounts where the
    movements say where the cash comes from and leave some; else its balance is
    unknown, and said so rather than shown negative.
    """
    rows = list(movements)
    return [*_lines(account_id, rows, instruments), *_cash(account_id, rows, instruments)]


def posted_movements(
    session: Session, ctx: Context, account_ids: Collection[int], on: date
) -> tuple[dict[int, list[Movement]], dict[int, Instrument]]:
    """Return the movements of some accounts until a day, oldest first, and their instruments."""
    by_account: dict[int, list[Movement]] = defaultdict(list)
    if not account_ids:
        return by_account, {}
    rows = session.exec(
        select(Movement)
        .where(
            Movement.firm_id == ctx.firm_id,
            col(Movement.account_id).in_(list(account_ids)),
            Movement.state == "posted",
            Movement.trade_on <= on,
        )
        .order_by(col(Movement.trade_on), col(Movement.id))
    ).all()
    for row in rows:
        by_account[row.account_id].append(row)
    held = {row.instrument_id for row in rows if row.instrument_id}
    return by_account, _instruments(session, ctx, held)


def _instruments(session: Session, ctx: Context, ids: set[int]) -> dict[int, Instrument]:
    rows = session.exec(
        select(Instrument).where(Instrument.firm_id == ctx.firm_id, col(Instrument.id).in_(ids))
    )
    return {row.id: row for row in rows if row.id}


def _lines(
    account_id: int, movements: Iterable[Movement], instruments: dict[int, Instrument]
) -> list[Position]:
    sums: dict[int, _Running] = defaultdict(_Running)
    for movement in movements:
        if movement.instrument_id is None or _is_cash(movement, instruments):
            continue
        running = sums[movement.instrument_id]
        running.quantity += movement.quantity or ZERO
        running.value += value_effect(movement)
        running.take(movement)
    made = [_line(account_id, instruments[id_], running) for id_, running in sums.items()]
    return [p for p in made if p.quantity or p.value]


def _line(account_id: int, instrument: Instrument, running: _Running) -> Position:
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


def _cash(
    account_id: int, movements: Iterable[Movement], instruments: dict[int, Instrument]
) -> list[Position]:
    sums: dict[str, _Running] = defaultdict(_Running)
    funded = set()
    for movement in movements:
        effect = cash_effect(movement, instruments)
        if movement.kind in FUNDING and effect:
            funded.add(movement.currency)
        if effect:
            sums[movement.currency].value += effect
            sums[movement.currency].take(movement)
    return [
        _cash_line(account_id, currency, running, known=currency in funded)
        for currency, running in sums.items()
        if running.value
    ]


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


def cash_effect(movement: Movement, instruments: dict[int, Instrument]) -> Decimal:
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


def value_effect(movement: Movement) -> Decimal:
    """Return what a movement adds to a line held by value, such as a fonds euros."""
    net = movement.net or ZERO
    return -net if movement.kind in TRADES else net


def _is_cash(movement: Movement, instruments: dict[int, Instrument]) -> bool:
    instrument = instruments.get(movement.instrument_id or 0)
    return instrument is not None and instrument.kind == "cash"
