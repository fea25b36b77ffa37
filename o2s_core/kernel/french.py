"""How France writes amounts, days and quantities, for messages and screens."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

NARROW: Final = "\u202f"  # narrow no-break space, between thousands
NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"


def number(value: Decimal | float, decimals: int = 2, *, signed: bool = False) -> str:
    """Write a number the French way: `1 234 567,89`, rounded half up, with a true minus sign."""
    if isinstance(value, Decimal):
        value = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{abs(value):,.{decimals}f}".replace(",", NARROW).replace(".", ",")
    negative = value < 0 and any(c in "123456789" for c in text)
    return (MINUS if negative else "+" if signed and value > 0 else "") + text


def count(many: int, one: str, several: str = "") -> str:
    """Write how many there are: `0 compte`, `12 comptes`; `several` is the plural not in -s."""
    words = one if abs(many) < 2 else several or f"{one}s"
    return f"{number(many, 0)}{NBSP}{words}"


def eur(amount: Decimal | None, decimals: int = 2, *, signed: bool = False) -> str:
    """Write euros: `1 234,56 €`; no figure reads `n.c.`."""
    return "n.c." if amount is None else f"{number(amount, decimals, signed=signed)}{NBSP}€"


def percent(ratio: Decimal | float | None, decimals: int = 1, *, signed: bool = False) -> str:
    """Write a ratio as a percentage: 0.125 is `12,5 %`; no figure reads `n.c.`."""
    return "n.c." if ratio is None else f"{number(ratio * 100, decimals, signed=signed)}{NBSP}%"


def quantity(value: Decimal | None) -> str:
    """Write a quantity with the decimals it has, four at most: `812,4471`."""
    if value is None:
        return ""
    text = number(value, 4)
    return text.rstrip("0").rstrip(",") if "," in text else text


def day(value: date | None) -> str:
    """Write a day: `31/12/2025`; no day reads as nothing."""
    return "" if value is None else f"{value:%d/%m/%Y}"
