"""What did an account hold before its first situation? Its movements say, where they explain it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, col, select

from o2s_core.kernel.context import Context
from o2s_core.kernel.french import day
from o2s_core.kernel.money import ZERO
from o2s_core.portfolio.models import Situation
from o2s_core.portfolio.positions import Position, SituationHead, head_of, reported_positions
from o2s_core.portfolio.running_positions import (
    Instruments,
    Posted,
    posted_movements,
    running_positions,
)

#: Units by which a sum of movements may miss the quantity of a situation.
UNITS: Final = Decimal("0.0001")
#: Share by which it may miss an amount held by value (cash, fonds euros): roundings.
AMOUNT: Final = Decimal("0.001")

Key = tuple[str, int | str]


@dataclass(frozen=True, slots=True)
class History:
    """What happened on some accounts: their movements, and their first situations.

    `explained` are those whose movements add up to their first situation.
    """

    first: Mapping[int, SituationHead]
    movements: Mapping[int, Sequence[Posted]]
    instruments: Instruments
    explained: frozenset[int]


def positions_before(
    session: Session, ctx: Context, account_ids: Collection[int], on: date
) -> list[Position]:
    """Return what the movements of accounts without situation until a day add up to.

    Where a later situation exists and the movements until then do not add up to it, part of
    the history is missing: the lines are given without value, and say why.
    """
    if not account_ids:
        return []
    history = history_of(session, ctx, account_ids, on)
    made: list[Position] = []
    for account_id, rows in history.movements.items():
        past = [row for row in rows if row.trade_on <= on]
        positions = running_positions(account_id, past, history.instruments)
        first = history.first.get(account_id)
        if first is not None and account_id not in history.explained:
            positions = [_unexplained(p, first.as_of) for p in positions]
        made += positions
    return made


def history_of(session: Session, ctx: Context, account_ids: Collection[int], last: date) -> History:
    """Read what happened on some accounts until a day, and until their first situation."""
    first = first_situations(session, ctx, account_ids)
    until = max([last, *(head.as_of for head in first.values())])
    movements, instruments = posted_movements(session, ctx, account_ids, until)
    explained = explained_by(session, ctx, first.values(), movements, instruments)
    return History(first, movements, instruments, explained)


def first_situations(
    session: Session, ctx: Context, account_ids: Collection[int]
) -> dict[int, SituationHead]:
    """Return the first active situation of each account that has one."""
    here = (
        Situation.firm_id == ctx.firm_id,
        col(Situation.account_id).in_(list(account_ids)),
        Situation.state == "active",
    )
    oldest = (
        select(col(Situation.account_id), func.min(Situation.as_of).label("as_of"))
        .where(*here)
        .group_by(col(Situation.account_id))
        .subquery()
    )
    rows = session.exec(
        select(Situation)
        .join(
            oldest,
            (col(Situation.account_id) == oldest.c.account_id)
            & (col(Situation.as_of) == oldest.c.as_of),
        )
        .where(*here)
    )
    return {row.account_id: head_of(row) for row in rows}


def explained_by(
    session: Session,
    ctx: Context,
    heads: Iterable[SituationHead],
    movements: Mapping[int, Sequence[Posted]],
    instruments: Instruments,
) -> frozenset[int]:
    """Return the accounts whose movements add up to their first situation.

    Every quantity must agree to 0.0001 unit and every amount held by value to 0.1 %.
    """
    wanted = [head for head in heads if head.account_id in movements]
    reported: dict[int, dict[Key, Decimal]] = defaultdict(dict)
    for position in reported_positions(session, ctx, wanted):
        _add(reported[position.account_id], position)
    return frozenset(
        head.account_id
        for head in wanted
        if _agree(reported[head.account_id], _sums(head, movements[head.account_id], instruments))
    )


def _sums(
    head: SituationHead, movements: Sequence[Posted], instruments: Instruments
) -> dict[Key, Decimal]:
    past = [row for row in movements if row.trade_on <= head.as_of]
    sums: dict[Key, Decimal] = {}
    for position in running_positions(head.account_id, past, instruments):
        _add(sums, position)
    return sums


def _add(sums: dict[Key, Decimal], position: Position) -> None:
    """Count a line by its quantity, or by its amount when it is held by value."""
    cash = position.instrument_kind == "cash"
    if position.by_value:
        key: Key = ("amount", position.currency if cash else position.instrument_id or 0)
        sums[key] = sums.get(key, ZERO) + (position.value or ZERO)
    else:
        key = ("units", position.instrument_id or position.label)
        sums[key] = sums.get(key, ZERO) + (position.quantity or ZERO)


def _agree(reported: Mapping[Key, Decimal], summed: Mapping[Key, Decimal]) -> bool:
    return all(
        _near(key[0], reported.get(key, ZERO), summed.get(key, ZERO))
        for key in reported.keys() | summed.keys()
    )


def _near(what: str, reported: Decimal, summed: Decimal) -> bool:
    allowed = UNITS if what == "units" else max(Decimal("0.05"), abs(reported) * AMOUNT)
    return abs(reported - summed) <= allowed


def _unexplained(position: Position, first: date) -> Position:
    reason = (
        f"avant la première situation ({day(first)}), les mouvements reçus n'expliquent pas "
        "ce que le compte détient"
    )
    return replace(position, value=None, unknown=reason)
