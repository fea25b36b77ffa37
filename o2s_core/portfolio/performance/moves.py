"""What happened on the accounts of a scope, as the flows and the contributions read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from o2s_core import market
from o2s_core.analytics.observations import Numbers
from o2s_core.kernel.context import Context
from o2s_core.portfolio.performance.paths import Paths
from o2s_core.portfolio.running_positions import Instruments, Posted


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """The movements by account, oldest first, their instruments, and the rates of each day."""

    by_account: Mapping[int, Sequence[Posted]]
    instruments: Instruments
    rates: Mapping[str, Numbers]  #: currency -> units for a euro, one per day

    def of(self, account_id: int) -> Sequence[Posted]:
        """Return the movements of an account."""
        return self.by_account.get(account_id, ())

    def euro(self, currency: str, at: int) -> float:
        """Return what a unit of a currency is worth in euros on a day (index); NaN unknown."""
        return 1.0 / float(self.rates[currency][max(at, 0)])


def moves(ctx: Context, found: Paths) -> Moves:
    """Return what happened on the accounts of a scope until the last day, and the rates."""
    last, history = found.day(len(found.days) - 1), found.history
    movements = {
        path.account.id: [
            row for row in history.movements.get(path.account.id, ()) if row.trade_on <= last
        ]
        for path in found.accounts
    }
    currencies = sorted(
        {row.currency for rows in movements.values() for row in rows}
        | {line.position.quoted_in for path in found.accounts for line in path.lines}
    )
    rates = market.rate_matrix(ctx, currencies, found.first, last)
    by_currency = dict(zip(currencies, rates.values, strict=True))
    return Moves(movements, history.instruments, by_currency)
