"""What a model portfolio would have earned, on the prices that are known (simulation passée)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from o2s_core import store
from o2s_core.analytics import returns, risk
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.instruments import one_instrument
from o2s_core.market.model_portfolios.catalogue import VersionCard, model_portfolio
from o2s_core.market.price_matrix import price_matrix
from o2s_core.market.prices import price_series
from o2s_core.market.rates import rate_matrix

#: How often the weights are brought back, in months; never for 0.
RHYTHMS: Final = {"never": 0, "monthly": 1, "quarterly": 3, "yearly": 12}
RHYTHM_LABELS: Final = {
    "never": "Jamais",
    "monthly": "Chaque mois",
    "quarterly": "Chaque trimestre",
    "yearly": "Chaque année",
}
#: Base 100; the benchmark is null where it has no price.
BACKTEST_PATH: Final = pl.Schema(
    {"day": pl.Date(), "index": pl.Float64(), "benchmark": pl.Float64()}
)
#: Months of the period in which a support has no price of its own: its last one is carried.
SILENT_MONTHS: Final = pl.Schema(
    {"label": pl.String(), "months": pl.Int64(), "of": pl.Int64(), "last": pl.String()}
)
FEWEST: Final = 26  #: observations for a figure of risk


@dataclass(frozen=True, slots=True)
class Backtest:
    """The past of a model as if it had been held; figures are null where they have no sense.

    `coverage` is the weight of the supports that have prices: the others are left out
    (`left_out`) and the rest stands for the whole.
    """

    path: pl.DataFrame
    start: date | None
    end: date
    coverage: float
    left_out: tuple[str, ...]
    begun_by: str  #: the support whose first price starts the period later than asked
    silent: pl.DataFrame
    total_return: float | None
    annual_return: float | None
    volatility: float | None
    max_drawdown: float | None
    benchmark_return: float | None
    costs: float  #: paid over the period, share of the opening value
    rebalanced: int


def backtest(
    ctx: Context,
    model_id: int,
    version_id: int,
    start: date,
    end: date,
    *,
    rhythm: str = "quarterly",
    switch_cost: Decimal = Decimal(0),
) -> Backtest:
    """Return what a version of a model would have earned between two days.

    The weights of the version hold over the whole period and come back at the given
    rhythm, on the first open day of the month; each time `switch_cost` is paid on what is
    sold. Foreign prices are converted at the rate of each day; income paid out by the
    supports is not in their prices. Volatility: daily arithmetic returns, n - 1, root of 252.
    """
    ctx.require(Permission.MARKET_READ)
    card = model_portfolio(ctx, model_id)
    version = next((v for v in card.versions if v.id == version_id), None)
    if version is None or rhythm not in RHYTHMS or not start < end <= ctx.today:
        raise InvalidInputError("Choisissez une version, un rythme et une période passée.")
    days, worth = _worth(ctx, version, card.currency, start, end)
    kept = [n for n in range(len(worth)) if np.isfinite(worth[n]).any()]
    first = max((int(np.argmax(np.isfinite(worth[n]))) for n in kept), default=len(days))
    labels = version.lines["label"].to_list()
    weights = version.lines["weight"].cast(pl.Float64).to_numpy()
    reference = _reference(ctx, card.benchmark_id, card.currency, start, end, days)
    path, costs, times = _held(
        days[first:], worth[kept][:, first:], weights[kept], RHYTHMS[rhythm], float(switch_cost)
    )
    late = next((labels[n] for n in kept if first and not np.isfinite(worth[n][first - 1])), "")
    return _told(
        Backtest(
            path=_path(days[first:], path, reference[first:]),
            start=None, end=end, coverage=float(weights[kept].sum()),
            left_out=tuple(labels[n] for n in range(len(labels)) if n not in kept),
            begun_by=late, silent=_silent(ctx, version, kept, start, end), total_return=None,
            annual_return=None, volatility=None, max_drawdown=None, benchmark_return=None,
            costs=costs, rebalanced=times,
        )
    )  # fmt: skip


def _worth(
    ctx: Context, version: VersionCard, currency: str, start: date, end: date
) -> tuple[NDArray[np.datetime64], np.ndarray]:
    """Return the open days, and the price of each line in the currency of the model."""
    ids = version.lines["instrument_id"].to_list()
    matrix = price_matrix(ctx, ids, start, end)
    codes = [*version.lines["currency"].to_list(), currency]
    rates = rate_matrix(ctx, codes, start, end).values
    open_days = np.is_busday(matrix.days)
    worth = matrix.values / rates[:-1] * rates[-1]
    return matrix.days[open_days], worth[:, open_days]


def _reference(
    ctx: Context,
    instrument_id: int | None,
    currency: str,
    start: date,
    end: date,
    days: NDArray[np.datetime64],
) -> np.ndarray:
    if instrument_id is None:
        return np.full(len(days), np.nan)
    with store.reading(ctx) as session:
        quoted = one_instrument(ctx, session, instrument_id).currency
    matrix = price_matrix(ctx, [instrument_id], start, end)
    rates = rate_matrix(ctx, [quoted, currency], start, end).values
    worth: np.ndarray = matrix.values[0] / rates[0] * rates[1]
    return worth[np.is_busday(matrix.days)]


def _held(
    days: NDArray[np.datetime64], worth: np.ndarray, weights: np.ndarray, every: int, cost: float
) -> tuple[np.ndarray, float, int]:
    """Hold the weights from the first day on; return the value of 1, costs paid, times moved."""
    if worth.shape[1] < 2 or not len(weights):
        return np.empty(0), 0.0, 0
    wanted = weights / weights.sum()
    value, paid, path = 1.0, 0.0, np.empty(len(days))
    starts = [0, *_dates(days, every)]
    for n, at in enumerate(starts):
        until = starts[n + 1] if n + 1 < len(starts) else len(days)
        if n:
            switched = np.abs(_drifted(worth, wanted, starts[n - 1], at) - wanted).sum() / 2
            paid += switched * path[at - 1] * cost
            value = path[at - 1] * (1 - switched * cost)
        path[at:until] = value * (wanted @ (worth[:, at:until] / worth[:, [max(at - 1, 0)]]))
    return path, paid, len(starts) - 1


def _drifted(worth: np.ndarray, wanted: np.ndarray, begun: int, at: int) -> np.ndarray:
    """Return what each line weighs at the close before a day, having been held since another."""
    grown: np.ndarray = wanted * worth[:, at - 1] / worth[:, max(begun - 1, 0)]
    return np.asarray(grown / grown.sum())


def _dates(days: NDArray[np.datetime64], every: int) -> list[int]:
    """Return the ranks of the days on which the weights come back."""
    if not every:
        return []
    months = days.astype("datetime64[M]").astype(int)
    begun = np.flatnonzero(np.r_[False, months[1:] != months[:-1]])
    return [int(n) for n in begun if months[n] % every == 0]


def _path(days: NDArray[np.datetime64], path: np.ndarray, reference: np.ndarray) -> pl.DataFrame:
    if not len(path):
        return pl.DataFrame(schema=BACKTEST_PATH)
    known = reference[np.isfinite(reference)]
    base = known[0] if len(known) else np.nan
    frame = {"day": days, "index": path / path[0] * 100, "benchmark": reference / base * 100}
    known_only = pl.col("benchmark").fill_nan(None)
    return pl.DataFrame(frame, schema=BACKTEST_PATH).with_columns(known_only)


def _told(made: Backtest) -> Backtest:
    """Add the figures that the path allows."""
    if made.path.height < 2:
        return made
    index = made.path["index"].to_numpy()
    daily = np.diff(index) / index[:-1]
    start, whole = made.path["day"][0], float(index[-1] / index[0] - 1)
    enough = len(daily) >= FEWEST
    reference = made.path["benchmark"].drop_nulls()
    both = reference.len() == made.path.height
    return replace(
        made,
        start=start,
        total_return=whole,
        annual_return=returns.annualised(whole, start, made.end),
        volatility=risk.volatility(daily) if enough else None,
        max_drawdown=risk.max_drawdown(daily) if enough else None,
        benchmark_return=float(reference[-1] / reference[0] - 1) if both else None,
    )


def _silent(
    ctx: Context, version: VersionCard, kept: Sequence[int], start: date, end: date
) -> pl.DataFrame:
    """Return the supports that have months without a price (schema `SILENT_MONTHS`)."""
    months = np.arange(np.datetime64(start, "M"), np.datetime64(end, "M") + 1)
    rows = []
    for n in kept:
        instrument_id, label = version.lines.select("instrument_id", "label").row(n)
        known = price_series(ctx, instrument_id, start, end)["day"].to_numpy()
        empty = np.setdiff1d(months, known.astype("datetime64[M]"))
        if len(empty):
            last = empty[-1].astype(date)
            rows.append((label, len(empty), len(months), f"{last:%m/%Y}"))
    return pl.DataFrame(rows, schema=SILENT_MONTHS, orient="row")
