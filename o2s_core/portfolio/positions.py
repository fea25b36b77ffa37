"""What an account holds on a day: its last situation, or without one the sum of its movements."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Select, bindparam
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO
from o2s_core.market.models import Instrument
from o2s_core.portfolio.models import Situation, SituationLine

#: Kinds of instruments whose value is given as such, never quantity x price.
BY_VALUE: Final = frozenset({"cash", "fonds_euros"})
#: Kind of the one line that stands for a situation without detail, and its label.
BARE_TOTAL: Final = "total"
ONLY_A_TOTAL: Final = "Total transmis sans le détail des lignes"
#: What is read of a situation, in the order of `SituationHead`.
HEAD: Final = (
    "id", "account_id", "as_of", "source", "delivery_id", "reported_total", "currency",
)  # fmt: skip
#: What is read of a line of a situation.
LINE: Final = (
    "account_id", "situation_id", "instrument_id", "label", "quantity", "unit_cost", "price",
    "price_on", "accrued", "value", "currency", "locator",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Position:
    """One line of an account as it is known, before any valuation.

    `kind` says how it is known: partner, manual (déclaratif) or computed from
    movements. `value` is as reported, in `currency`; `as_of` the day of the
    situation, or the day of the last movement when computed.
    """

    account_id: int
    kind: str
    as_of: date
    label: str
    instrument_kind: str
    asset_class: str
    currency: str
    quoted_in: str = "EUR"  #: currency of the instrument, in which the market prices it
    instrument_id: int | None = None
    isin: str | None = None
    quantity: Decimal | None = None
    unit_cost: Decimal | None = None
    price: Decimal | None = None
    price_on: date | None = None
    price_factor: Decimal = Decimal(1)
    accrued: Decimal | None = None
    value: Decimal | None = None
    delivery_id: int | None = None
    locator: str = ""
    situation_id: int | None = None
    unknown: str = ""  #: why it has no value although it may be there
    corrected: tuple[str, ...] = ()  #: figures that somebody corrected by hand
    told: "Position | None" = None  #: the line as its source said it, when corrected

    @property
    def by_value(self) -> bool:
        """Return whether its value is reported as such (cash, fonds euros, no quantity)."""
        return self.instrument_kind in BY_VALUE or self.quantity is None

    @property
    def fixed(self) -> bool:
        """Return whether its price was given by hand: the market's does not take over."""
        return "price" in self.corrected

    @property
    def source(self) -> "Position":
        """Return the line as its source said it, before any correction."""
        return self.told or self

    @property
    def reported(self) -> Decimal | None:
        """Return what its source says that it is worth, in its currency."""
        if self.value is not None:
            return self.value
        if self.quantity is None or self.price is None:
            return None
        return self.quantity * self.price * self.price_factor + (self.accrued or ZERO)


@dataclass(frozen=True, slots=True)
class SituationHead:
    """The situation that speaks for an account on a day."""

    id: int
    account_id: int
    as_of: date
    source: str
    delivery_id: int | None
    reported_total: Decimal | None
    currency: str


def situations_on(
    session: Session, ctx: Context, account_ids: Collection[int], on: date
) -> dict[int, SituationHead]:
    """Return the last active situation of each account, on a day or before."""
    asked = {"firm_id": ctx.firm_id, "ids": list(account_ids), "on": on}
    rows = session.execute(_LAST_SITUATIONS, asked) if account_ids else ()
    return {row.account_id: SituationHead(*row) for row in rows}


def _last_situations() -> Select[Any]:
    """Return the query of `situations_on`."""
    other = aliased(Situation)
    later = columns(col(other.id)).where(
        col(other.firm_id) == bindparam("firm_id"),
        col(other.account_id) == col(Situation.account_id),
        col(other.state) == "active",
        col(other.as_of) <= bindparam("on"),
        col(other.as_of) > col(Situation.as_of),
    )
    return columns(*(col(getattr(Situation, name)) for name in HEAD)).where(
        col(Situation.firm_id) == bindparam("firm_id"),
        col(Situation.account_id).in_(bindparam("ids", expanding=True)),
        col(Situation.state) == "active",
        col(Situation.as_of) <= bindparam("on"),
        ~later.exists(),
    )


def situations_until(
    session: Session, ctx: Context, account_ids: Collection[int], last: date
) -> list[SituationHead]:
    """Return every active situation of some accounts until a day, the oldest first."""
    asked = {"firm_id": ctx.firm_id, "ids": list(account_ids), "last": last}
    return [SituationHead(*row) for row in session.execute(_ALL_SITUATIONS, asked)]


def _all_situations() -> Select[Any]:
    """Return the query of `situations_until`."""
    return (
        columns(*(col(getattr(Situation, name)) for name in HEAD))
        .where(
            col(Situation.firm_id) == bindparam("firm_id"),
            col(Situation.account_id).in_(bindparam("ids", expanding=True)),
            col(Situation.state) == "active",
            col(Situation.as_of) <= bindparam("last"),
        )
        .order_by(col(Situation.as_of))
    )


#: Statements are built once: building one costs more than asking it.
_ALL_SITUATIONS: Final = _all_situations()
_LAST_SITUATIONS: Final = _last_situations()


def head_of(row: Situation) -> SituationHead:
    """Return a stored situation without its lines."""
    return SituationHead(
        row.id or 0,
        row.account_id,
        row.as_of,
        row.source,
        row.delivery_id,
        row.reported_total,
        row.currency,
    )


def reported_positions(
    session: Session, ctx: Context, heads: Iterable[SituationHead]
) -> list[Position]:
    """Return the lines of some situations, in the order in which they were given.

    A situation that is only a total counts as one line of that amount, which says so.
    """
    by_id = {head.id: head for head in heads}
    asked = {"firm_id": ctx.firm_id, "ids": list(by_id)}
    rows = session.execute(_LINES, asked) if by_id else ()
    found = [_reported(row, by_id[row.situation_id]) for row in rows]
    detailed = {position.situation_id for position in found}
    bare = [head for head in by_id.values() if head.id not in detailed and head.reported_total]
    return [*found, *(_bare_total(head) for head in bare)]


def _lines() -> Select[Any]:
    """Return the query of the lines of some situations, with what their support is."""
    return (
        columns(
            *(col(getattr(SituationLine, name)) for name in LINE),
            col(Instrument.isin),
            col(Instrument.label).label("instrument_label"),
            col(Instrument.kind),
            col(Instrument.asset_class),
            col(Instrument.price_factor),
            col(Instrument.currency).label("quoted_in"),
        )
        .join(Instrument, col(Instrument.id) == col(SituationLine.instrument_id))
        .where(
            col(SituationLine.firm_id) == bindparam("firm_id"),
            col(SituationLine.situation_id).in_(bindparam("ids", expanding=True)),
        )
        .order_by(col(SituationLine.id))
    )


_LINES: Final = _lines()


def _bare_total(head: SituationHead) -> Position:
    """Return the one line of an account of which nothing but a total was reported."""
    return Position(
        account_id=head.account_id,
        kind=head.source,
        as_of=head.as_of,
        label=ONLY_A_TOTAL,
        instrument_kind=BARE_TOTAL,
        asset_class="unknown",
        currency=head.currency,
        quoted_in=head.currency,
        value=head.reported_total,
        delivery_id=head.delivery_id,
        situation_id=head.id,
    )


def _reported(row: Any, head: SituationHead) -> Position:  # noqa: ANN401
    return Position(
        account_id=row.account_id,
        kind=head.source,
        as_of=head.as_of,
        label=row.instrument_label or row.label,
        instrument_kind=row.kind,
        asset_class=row.asset_class,
        currency=row.currency,
        quoted_in=row.quoted_in,
        instrument_id=row.instrument_id,
        isin=row.isin,
        quantity=row.quantity,
        unit_cost=row.unit_cost,
        price=row.price,
        price_on=row.price_on,
        price_factor=row.price_factor,
        accrued=row.accrued,
        value=row.value,
        delivery_id=head.delivery_id,
        locator=row.locator,
        situation_id=head.id,
    )
