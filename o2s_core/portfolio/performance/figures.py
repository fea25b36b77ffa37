"""How has a scope done? Every figure of the page, the command line and the statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import polars as pl

from o2s_core import store
from o2s_core.analytics import returns, risk
from o2s_core.analytics.observations import Numbers
from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import cents
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.holdings import holdings
from o2s_core.portfolio.performance.contracts import CONTRACTS, contracts
from o2s_core.portfolio.performance.contributions import CONTRIBUTIONS, contributions
from o2s_core.portfolio.performance.flows import AccountFlows, external_flows
from o2s_core.portfolio.performance.measuring import Measured, measured, time_weighted
from o2s_core.portfolio.performance.moves import moves
from o2s_core.portfolio.performance.paths import AccountPath, Paths, paths
from o2s_core.portfolio.performance.periods import PERIODS, start_of
from o2s_core.portfolio.performance.reference import Reference, reference, relative
from o2s_core.portfolio.performance.rhythm import Rhythm, observed
from o2s_core.portfolio.positions import BARE_TOTAL
from o2s_core.portfolio.total_on import total_on

#: One row per day: worth and what was put in since the start (opening included), in euros,
#: the time-weighted index, 1 on the first day, and that of the reference, null without one.
SERIES: Final = pl.Schema(
    {"day": pl.Date(), "value_eur": pl.Float64(), "invested_eur": pl.Float64(),
     "index": pl.Float64(), "reference": pl.Float64()}
)  # fmt: skip
#: One row per external flow; `amount_eur` is positive when it came in.
FLOWS: Final = pl.Schema(
    {"day": pl.Date(), "account_id": pl.Int64(), "account": pl.String(), "kind": pl.String(),
     "amount_eur": pl.Float64()}
)  # fmt: skip
#: Fewer observations than this have no volatility.
FEWEST: Final = 26
METHODS: Final[Mapping[str, str]] = {
    "daily": "Rendement pondéré par le temps, chaîné chaque jour",
    "linked_dietz": "Rendement pondéré par le temps, Modified Dietz entre deux situations",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the figures can be trusted."""

    since: date  #: first day on which something is known
    unknown_accounts: tuple[str, ...]
    without_amount: int  #: flows of which the amount is unknown, left out
    deduced: int  #: flows deduced from quantities
    weighed: int  #: flows between two valuations
    only_totals: tuple[str, ...] = ()  #: accounts known by their total alone, on some day


@dataclass(frozen=True, slots=True)
class Performance:
    """What a scope earned from the close of `start` to the close of `end`.

    Returns are ratios of the whole period (`mwr` is yearly beyond one year), None where
    they do not exist. `opening_eur + net_flows_eur + gain_eur = closing_eur`, to the cent;
    opening and closing are the totals of the holdings on their days. `risk` is empty of
    figures below 26 observations. `reference` names the index compared, `reference_return`
    is what it earned over the same days. `lines` says which support earned what,
    `contracts` what each contract did since it is known.
    """

    scope_name: str
    start: date
    end: date
    opening_eur: Decimal
    closing_eur: Decimal
    net_flows_eur: Decimal
    gain_eur: Decimal
    twr: float | None
    twr_annual: float | None
    mwr: float | None
    dietz: float | None
    method: str
    series: pl.DataFrame
    flows: pl.DataFrame
    periods: Mapping[str, float | None]
    risk: Mapping[str, float | None]
    rhythm: str
    coverage: Coverage
    lines: pl.DataFrame = field(default_factory=CONTRIBUTIONS.to_frame)
    contracts: pl.DataFrame = field(default_factory=CONTRACTS.to_frame)
    reference: str = ""
    reference_return: float | None = None


def performance(
    ctx: Context,
    scope: Scope,
    start: date | None = None,
    end: date | None = None,
    *,
    gross: bool = False,
    benchmark: str | None = None,
    by_contract: bool = False,
) -> Performance | None:
    """Return how a contact, a household or a group has done.

    Without `start` it is since the first day known, which also replaces an earlier one.
    `gross` adds back the fees charged inside the accounts. `benchmark` is the ISIN of an
    instrument to compare with. `by_contract` also fills `contracts`.

    Returns
    -------
    Performance | None
        `None` when nothing is known of the scope on these days.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    last = min(end or ctx.today, ctx.today)
    if start is not None and start >= last:
        raise InvalidInputError("Le début de la période doit précéder sa fin.")
    with store.reading(ctx):
        return _performance(
            ctx, scope, start or date.min, last, gross=gross, benchmark=benchmark, whole=by_contract
        )


def _performance(
    ctx: Context,
    scope: Scope,
    start: date,
    last: date,
    *,
    gross: bool,
    benchmark: str | None,
    whole: bool,
) -> Performance | None:
    found = paths(ctx, scope, last)
    if not found.accounts:
        return None
    moved = moves(ctx, found)
    flows = external_flows(found, moved, gross=gross)
    period = measured(found, flows, start, last)
    if period is None:
        return None
    compared = reference(ctx, benchmark, period.first, period.last) if benchmark else None
    made = _figures(ctx, scope, found, flows, period, compared)
    made = replace(made, lines=contributions(found, moved, period))
    if not whole:
        return made
    closing = holdings(ctx, scope, period.last)
    return replace(made, contracts=contracts(found, moved, flows, closing, period))


def performance_over(
    ctx: Context, scope: Scope, starts: Sequence[date | None]
) -> list[Performance | None]:
    """Return how a scope has done since several days until today, all read once.

    Each is what `performance` returns from that day, net of fees, without `lines`.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    found = paths(ctx, scope, ctx.today)
    if not found.accounts:
        return [None] * len(starts)
    flows = external_flows(found, moves(ctx, found))
    periods = [measured(found, flows, start or date.min, ctx.today) for start in starts]
    return [
        None if period is None else _figures(ctx, scope, found, flows, period, None)
        for period in periods
    ]


def _figures(
    ctx: Context,
    scope: Scope,
    found: Paths,
    flows: Mapping[int, AccountFlows],
    period: Measured,
    compared: Reference | None,
) -> Performance:
    opening, closing = (_total(ctx, found, day) for day in (period.first, period.last))
    net = cents(Decimal(repr(period.net_flows)))
    rhythm = observed(period)
    return Performance(
        scope_name=scope.name,
        start=period.first,
        end=period.last,
        opening_eur=opening,
        closing_eur=closing,
        net_flows_eur=net,
        gain_eur=closing - opening - net,
        twr=period.twr,
        twr_annual=returns.annualised(period.twr, period.first, period.last),
        mwr=period.mwr,
        dietz=period.dietz,
        method="linked_dietz" if period.weighed else "daily",
        series=_series(period, compared),
        flows=_flows(found, period),
        periods=_periods(found, flows, period),
        risk=_risk(rhythm) | (relative(rhythm, compared) if compared else {}),
        rhythm=rhythm.name,
        coverage=_coverage(found, flows, period),
        reference=compared.label if compared else "",
        reference_return=compared.total if compared else None,
    )


def _series(period: Measured, compared: Reference | None) -> pl.DataFrame:
    days = np.arange(np.datetime64(period.first), np.datetime64(period.last) + 1)
    moved = np.cumsum(period.entering - period.leaving)
    return pl.DataFrame(
        {
            "day": pl.Series(days).cast(pl.Date),
            "value_eur": np.round(period.values, 2),
            "invested_eur": np.round(period.values[0] + moved - moved[0], 2),
            "index": 1.0 + period.index,
            "reference": compared.index if compared else [None] * len(days),
        },
        SERIES,
    )


def _flows(found: Paths, period: Measured) -> pl.DataFrame:
    labels = {path.account.id: path.account.label for path in found.accounts}
    rows = [
        (
            found.day(flow.at),
            flow.account_id,
            labels[flow.account_id],
            flow.kind,
            round(flow.amount, 2),
        )
        for flow in period.dated
    ]
    return pl.DataFrame(rows, FLOWS, orient="row")


def _total(ctx: Context, found: Paths, on: date) -> Decimal:
    accounts = {path.account.id: path.account for path in found.accounts}
    return total_on(ctx, found.stretches, accounts, found.members, on)


def _periods(
    found: Paths, flows: Mapping[int, AccountFlows], shown: Measured
) -> dict[str, float | None]:
    """Return the time-weighted return of each usual period; None when it starts before all."""
    origin, last = found.first, shown.last
    made: dict[date, float | None] = {shown.first: shown.twr}
    starts = {name: start_of(name, last, origin) for name in PERIODS}
    for start in starts.values():
        if start not in made:
            inside = origin <= start < last
            made[start] = time_weighted(found, flows, start, last) if inside else None
    return {name: made[start] for name, start in starts.items()}


def _risk(rhythm: Rhythm) -> dict[str, float | None]:
    """Return the risk figures of the period, yearly where it applies."""
    kept: Numbers = rhythm.returns if len(rhythm.returns) >= FEWEST else np.array([])
    times = rhythm.periods
    return {
        "volatility": risk.volatility(kept, times),
        "downside_deviation": risk.downside_deviation(kept, 0.0, times),
        "max_drawdown": risk.max_drawdown(rhythm.returns),
        "sharpe": risk.sharpe(kept, 0.0, times),
        "sortino": risk.sortino(kept, 0.0, times),
        "calmar": risk.calmar(kept, times),
        "value_at_risk": risk.value_at_risk(kept),
        "expected_shortfall": risk.expected_shortfall(kept),
    }


def _coverage(found: Paths, flows: Mapping[int, AccountFlows], period: Measured) -> Coverage:
    return Coverage(
        since=found.first,
        unknown_accounts=found.unknown,
        without_amount=sum(own.without_amount for own in flows.values()),
        deduced=sum(flow.kind == "deduced" for flow in period.dated),
        weighed=period.weighed,
        only_totals=tuple(
            path.account.label for path in found.accounts if _bare(path, found, period)
        ),
    )


def _bare(path: AccountPath, found: Paths, period: Measured) -> bool:
    """Return whether an account is valued at a total without detail on a day of the period."""
    first, last = found.at(period.first), found.at(period.last)
    return any(
        line.position.instrument_kind == BARE_TOTAL and line.start <= last and line.stop > first
        for line in path.lines
    )
