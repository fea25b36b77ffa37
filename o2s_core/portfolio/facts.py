"""What is read before a valuation: the lines of some accounts, their prices, the rates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from o2s_core import market, store
from o2s_core.kernel.context import Context
from o2s_core.portfolio.before_situations import positions_before
from o2s_core.portfolio.corrections import corrected, corrections_on
from o2s_core.portfolio.held_accounts import HeldAccount
from o2s_core.portfolio.positions import Position, SituationHead, reported_positions, situations_on
from o2s_core.portfolio.valuation import Quote

#: Units of currency per euro on a day, null when unknown.
Rates = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was read for a valuation on a day."""

    on: date
    accounts: Mapping[int, HeldAccount]
    heads: Mapping[int, SituationHead]
    positions: list[Position]
    quotes: Mapping[int, Quote]
    rates: Mapping[date, Rates]

    def rates_on(self, day: date) -> Rates:
        """Return the rates of one day."""
        return self.rates.get(day, {})


def facts(ctx: Context, accounts: list[HeldAccount], on: date) -> Facts:
    """Read the lines of some accounts, in their order, with last prices and rates."""
    ids = [account.id for account in accounts]
    with store.reading(ctx) as session:
        heads = situations_on(session, ctx, ids, on)
        positions = reported_positions(session, ctx, heads.values())
        without = [id_ for id_ in ids if id_ not in heads]
        positions += positions_before(session, ctx, without, on)
        corrections = corrections_on(session, ctx, ids, on)
    positions = [corrected(position, corrections) for position in positions]
    order = {id_: rank for rank, id_ in enumerate(ids)}
    positions.sort(key=lambda position: order[position.account_id])
    quotes = quotes_on(ctx, (p.instrument_id for p in positions if not p.by_value), on)
    return Facts(
        on,
        {a.id: a for a in accounts},
        heads,
        positions,
        quotes,
        _rates(ctx, positions, quotes, on),
    )


def quotes_on(ctx: Context, instrument_ids: Iterable[int | None], on: date) -> dict[int, Quote]:
    """Return the last price of each instrument on a day or before."""
    ids = sorted({id_ for id_ in instrument_ids if id_ is not None})
    return {id_: Quote(*said) for id_, said in market.quotes(ctx, ids, on).items()}


def _rates(
    ctx: Context, positions: list[Position], quotes: Mapping[int, Quote], on: date
) -> dict[date, dict[str, Decimal | None]]:
    """Return the rates of the day, and of the day of each situation."""
    asked = {(day, p.currency) for p in positions for day in (on, p.as_of)}
    asked |= {(on, quote.currency) for quote in quotes.values()}
    found: dict[date, dict[str, Decimal | None]] = {}
    for day, currency in asked:
        if currency != "EUR":
            rate = market.euro_rate(ctx, currency, day)
            found.setdefault(day, {})[currency] = rate.units_per_euro if rate else None
    return found
