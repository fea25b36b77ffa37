"""What a line is worth on a day: pure numbers, no store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2s_core.kernel import french
from o2s_core.kernel.money import ZERO, cents
from o2s_core.portfolio.positions import Position


@dataclass(frozen=True, slots=True)
class Quote:
    """A price of the market's history: its day, its currency."""

    value: Decimal
    day: date
    currency: str


@dataclass(frozen=True, slots=True)
class Valued:
    """A line and its worth in `currency`; `data_on` is the day that the worth speaks of.

    `amount` is null when nothing is known, and `reason` says why in French.
    """

    amount: Decimal | None
    currency: str
    price: Decimal | None
    price_on: date | None
    data_on: date
    reason: str = ""


def value_today(line: Position, quote: Quote | None) -> Valued:
    """Return the worth of a line by the newest of its own price and the market's.

    Cash, fonds euros and lines without quantity keep their reported value. When
    the partner's price is as recent as the market's, the partner's own value
    stands, so that both figures agree until a newer price comes.
    """
    if line.unknown:
        return _unknown(line, line.unknown)
    if quote is not None and _newer(line, quote):
        quantity = line.quantity or ZERO
        amount = quantity * quote.value * line.price_factor + (line.accrued or ZERO)
        return Valued(amount, quote.currency, quote.value, quote.day, quote.day)
    if line.reported is None:
        return _unknown(line, "aucun cours connu pour ce support")
    on = line.as_of if line.by_value else line.price_on or line.as_of
    return Valued(line.reported, line.currency, line.price, line.price_on, on)


def _newer(line: Position, quote: Quote) -> bool:
    """Return whether the market's price takes over from what the source reported."""
    if line.by_value or line.fixed:
        return False
    return line.reported is None or quote.day > (line.price_on or line.as_of)


def _unknown(line: Position, reason: str) -> Valued:
    return Valued(None, line.currency, line.price, line.price_on, line.as_of, reason)


def in_euros(
    amount: Decimal | None, currency: str, rates: Mapping[str, Decimal | None]
) -> Decimal | None:
    """Return an amount in euros, to the cent; null when its rate is unknown.

    `rates` gives units of currency for one euro.
    """
    if amount is None:
        return None
    if currency == "EUR":
        return cents(amount)
    rate = rates.get(currency)
    return cents(amount / rate) if rate else None


def missing_rate(currency: str, on: date) -> str:
    """Say that a rate is unknown."""
    return f"taux de change {currency} inconnu au {french.day(on)} et dans les 7 jours précédents"


def cost(line: Position) -> Decimal | None:
    """Return what a line cost, in its currency; null when its unit cost is unknown."""
    if line.unit_cost is None or line.quantity is None:
        return None
    return line.unit_cost * line.quantity * line.price_factor
