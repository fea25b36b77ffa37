"""What is read before gains are counted: movements, first and last situations, rates, shares."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isinf, isnan, nan

from o2s_core import market, store
from o2s_core.analytics.cost import Method
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import cents
from o2s_core.portfolio.before_situations import history_of
from o2s_core.portfolio.counting import YARDSTICK
from o2s_core.portfolio.gains.books import Books, Key, Sale, Sources, Standing, Told
from o2s_core.portfolio.held_accounts import HeldAccount, held_accounts, inside_members
from o2s_core.portfolio.holders import owned
from o2s_core.portfolio.positions import Position, reported_positions, situations_on
from o2s_core.portfolio.running_positions import Instruments, Posted, running_positions
from o2s_core.portfolio.valuation import cost as cost_of


class Units:
    """Say what a currency was worth on a day: units for one euro, NaN when unknown."""

    def __init__(self, ctx: Context, currencies: Iterable[str], first: date, last: date) -> None:
        codes = sorted(set(currencies) | {"EUR"})
        self._first = first.toordinal()
        values = market.rate_matrix(ctx, codes, first, last).values
        self._rows = dict(zip(codes, values, strict=True))

    def __call__(self, currency: str, on: date) -> float:
        """Return the units of a currency that one euro bought on a day."""
        row = self._rows.get(currency)
        return nan if row is None else float(row[on.toordinal() - self._first])


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What lines stand for, what was sold, whose share it is, rates and currencies."""

    on: date
    standing: Mapping[Key, Standing]
    sales: Sequence[Sale]
    accounts: Mapping[int, HeldAccount]
    shares: Mapping[int, float]
    instruments: Instruments
    currencies: Mapping[Key, tuple[str, str]]  #: of the unit cost of a line, and of its support
    units: Units


def known_of(ctx: Context, scope: Scope, method: Method) -> Known:
    """Read what happened on the accounts of a scope until today, and write their books."""
    with store.reading(ctx) as session:
        members = inside_members(session, ctx, scope.member_ids)
        accounts = {a.id: a for a in held_accounts(session, ctx, scope.member_ids)}
        history = history_of(session, ctx, list(accounts), ctx.today)
        heads = situations_on(session, ctx, list(accounts), ctx.today)
        last = _by_account(reported_positions(session, ctx, heads.values()))
        openings = [head for head in history.first.values() if head.as_of <= ctx.today]
        first = _by_account(reported_positions(session, ctx, openings))
    movements = {
        id_: [row for row in rows if row.trade_on <= ctx.today]
        for id_, rows in history.movements.items()
    }
    for id_ in movements.keys() - heads.keys():
        last[id_] = running_positions(id_, movements[id_], history.instruments)
    held = [position for rows in last.values() for position in rows]
    units = _units(ctx, movements, history.instruments, held)
    days = {id_: head.as_of for id_, head in heads.items()}
    told = {id_: (days.get(id_, ctx.today), _told(last[id_])) for id_ in last.keys() | days.keys()}
    opened = {head.account_id: (head.as_of, _told(first[head.account_id])) for head in openings}
    books = Books(Sources(movements, history.instruments, opened, told, units), method)
    return Known(
        on=ctx.today,
        standing=books.standing,
        sales=books.sales,
        accounts=accounts,
        shares={id_: _share(account, members) for id_, account in accounts.items()},
        instruments=history.instruments,
        currencies={(p.account_id, p.instrument_id or 0): (p.currency, p.quoted_in) for p in held},
        units=units,
    )


def _units(
    ctx: Context,
    movements: Mapping[int, Sequence[Posted]],
    instruments: Instruments,
    held: Iterable[Position],
) -> Units:
    rows = [row for some in movements.values() for row in some]
    used = {row.currency for row in rows} | {one.currency for one in instruments.values()}
    used |= {position.quoted_in for position in held}
    return Units(ctx, used, min((row.trade_on for row in rows), default=ctx.today), ctx.today)


def _by_account(positions: Iterable[Position]) -> dict[int, list[Position]]:
    found: dict[int, list[Position]] = defaultdict(list)
    for position in positions:
        found[position.account_id].append(position)
    return found


def _told(positions: Iterable[Position]) -> dict[int, Told]:
    """Return the units of each support, and what its unit cost says; NaN where it says nothing."""
    found: dict[int, Told] = {}
    for line in positions:
        if line.instrument_id is None or line.by_value:
            continue
        paid = cost_of(line)
        spent = nan if paid is None else float(paid)
        cost = (
            spent if line.currency == "EUR" else nan,
            spent if line.currency == line.quoted_in else nan,
        )
        before = found.get(line.instrument_id, Told(0.0, (0.0, 0.0)))
        quantity = before.quantity + float(line.quantity or 0)
        found[line.instrument_id] = Told(
            quantity, (before.cost[0] + cost[0], before.cost[1] + cost[1])
        )
    return found


def _share(account: HeldAccount, members: frozenset[int]) -> float:
    return float(owned(YARDSTICK, account.holders, members).total / YARDSTICK)


def in_cents(amount: float) -> Decimal | None:
    """Return an amount of floats as cents; NaN is null."""
    return None if isnan(amount) or isinf(amount) else cents(Decimal(repr(float(amount))))
