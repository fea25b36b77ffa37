"""Exact amounts: rounding to the cent, and splitting without losing one."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal(0)


def cents(amount: Decimal) -> Decimal:
    """Return an amount rounded half up to the cent, as posted."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def split_by_shares(amount: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount of whole cents by shares; the parts add up to the cent.

    Largest remainder: each part is floored to the cent, the cents left over go
    to the largest remainders, first holder first when equal. Shares are ratios
    (0.5 is 50 %). When they add up to less than 1 the missing part is not
    distributed: the parts then add up to `amount` x sum of shares, rounded.

    >>> split_by_shares(Decimal("100.01"), [Decimal("0.5"), Decimal("0.5")])
    [Decimal('50.01'), Decimal('50.00')]
    """
    exact = [amount * share for share in shares]
    floors = [part.quantize(CENT, ROUND_FLOOR) for part in exact]
    left = int((cents(sum(exact, ZERO)) - sum(floors, ZERO)) / CENT)
    order = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    for i in order[:left]:
        floors[i] += CENT
    return floors
