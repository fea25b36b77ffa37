"""Column types that lose nothing: exact decimals, aware instants, identities."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Integer, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from o2s_core.kernel.errors import InvalidInputError

#: Largest amount a scaled integer of scale 8 can hold, in units.
LIMIT: Final = Decimal(92000000000)
#: Where identities end: on SQLite, elsewhere.
LARGE: Final = 2**63
BEYOND: Final = 2**31
NOBODY: Final = -1


class Scaled(TypeDecorator[Decimal]):
    """An exact decimal kept as an integer of 10**-scale; a digit that would be lost is refused."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn a decimal into the stored integer."""
        if value is None:
            return None
        if abs(value) > LIMIT:
            raise InvalidInputError(f"Montant trop grand : {value}.")
        scaled = Decimal(value).scaleb(self.scale)
        if scaled != scaled.to_integral_value():
            raise InvalidInputError(f"{value} : plus de {self.scale} décimales.")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401, ARG002
        """Turn the stored integer into a decimal."""
        return None if value is None else _decimal(value, self.scale)


@lru_cache(maxsize=16_384)
def _decimal(value: int, scale: int) -> Decimal:
    """Return a decimal from its integer; the same quantities come back month after month."""
    return Decimal(int(value)).scaleb(-scale)


class Identity(TypeDecorator[int]):
    """The identity of a record; a number that no database can hold is nobody's."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Turn a number too large, typed in an address, into one that no record bears."""
        beyond = LARGE if dialect.name == "sqlite" else BEYOND
        return value if value is None or abs(value) < beyond else NOBODY


class Instant(TypeDecorator[datetime]):
    """An aware instant, UTC, on databases that have time zones and on SQLite alike."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive instant, store UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return an aware instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def stored_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type in which the database itself keeps a column."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


#: Quantities, prices and amounts as a partner reports them: eight decimals.
EXACT: Final = Scaled(8)
#: Amounts posted by the firm itself: cents.
MONEY: Final = Scaled(2)
