"""What is a scope worth on a day, to the cent? Of lines over time that were read already."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from o2s_core import market
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO
from o2s_core.portfolio.facts import quotes_on
from o2s_core.portfolio.held_accounts import HeldAccount
from o2s_core.portfolio.holders import owned
from o2s_core.portfolio.stretches import Stretch
from o2s_core.portfolio.valuation import in_euros, value_today


def total_on(
    ctx: Context,
    stretches: Sequence[Stretch],
    accounts: Mapping[int, HeldAccount],
    members: frozenset[int],
    on: date,
) -> Decimal:
    """Return the total of the holdings on a day, each line by its share, in cents.

    The same figure as `holdings(ctx, scope, on).total_eur`, without reading the lines again.
    """
    lines = [s.position for s in stretches if s.start <= on < s.end]
    quotes = quotes_on(ctx, (line.instrument_id for line in lines if not line.by_value), on)
    valued = [(line, value_today(line, quotes.get(line.instrument_id or 0))) for line in lines]
    rates = {}
    for currency in {worth.currency for _, worth in valued} - {"EUR"}:
        rate = market.euro_rate(ctx, currency, on)
        rates[currency] = rate.units_per_euro if rate else None
    total = ZERO
    for line, worth in valued:
        amount = in_euros(worth.amount, worth.currency, rates)
        if amount is not None:
            total += owned(amount, accounts[line.account_id].holders, members).total
    return total
