"""What happened on the accounts of a scope, as the flows and the contributions read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from o2s_core import market, store
from o2s_core.analytics.observations import Numbers
from o2s_core.kernel.context import Context
from o2s_core.market.models import Instrument
from o2s_core.portfolio.models import Movement
from o2s_core.portfolio.performance.paths import Paths
from o2s_core.portfolio.running_positions import posted_movements


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """The movements by account, oldest first, their instruments, and the rates of each day."""

    by_account: Mapping[int, Sequence[Movement]]
    instruments: dict[int, Instrument]
    rates: Mapping[str, Numbers]  #: currency -> units for a euro, one per day

    def of(self, account_id: int) -> Sequence[Movement]:
        """Return the movements of an account."""
        return self.by_account.get(account_id, ())

    def euro(self, currency: str, at: int) -> float:
        """Return what a unit of a currency is worth in euros on a day (index); NaN unknown."""
        return 1.0 / float(self.rates[currency][max(at, 0)])


def moves(ctx: Context, found: Paths) -> Moves:
    """Read what happened on the accounts of a scope until the last day."""
    last = found.day(len(found.days) - 1)
    ids = [path.account.id for path in found.accounts]
    with store.reading(ctx) as session:
        movements, instruments = posted_movements(session, ctx, ids, last)
    currencies = sorted({row.currency for rows in movements.values() for row in rows})
    rates = market.rate_matrix(ctx, currencies, found.first, last)
    return Moves(movements, instruments, dict(zip(currencies, rates.values, strict=True)))
