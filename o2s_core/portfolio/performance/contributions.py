"""Which line earned what over a period? (contribution des supports à la performance)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import isnan
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from o2s_core.analytics import contribution
from o2s_core.analytics.observations import Numbers
from o2s_core.portfolio.performance.measuring import Measured
from o2s_core.portfolio.performance.moves import Moves
from o2s_core.portfolio.performance.paths import AccountPath, LinePath, Paths
from o2s_core.portfolio.positions import BARE_TOTAL
from o2s_core.portfolio.running_positions import cash_effect, value_effect

#: One row per support and account, the rest of each account last: what it gained in euros
#: and what that added to the time-weighted return (a ratio). Both add up to the whole. Of the
#: gain, `currency_eur` came from the currency of the support, all else from its price.
CONTRIBUTIONS: Final = pl.Schema(
    {
        "account_id": pl.Int64(),
        "account": pl.String(),
        "label": pl.String(),
        "asset_class": pl.String(),
        "gain_eur": pl.Float64(),
        "contribution": pl.Float64(),
        "currency_eur": pl.Float64(),
    }
)
#: Fees, levies, what came between two situations at another price than that of the day, and
#: what accounts known by their total alone earned.
REST: Final = "Frais, prélèvements et écarts de dates"
#: Kinds of lines of which a change of amount says nothing of what they earned.
UNSAID: Final = frozenset({"cash", BARE_TOTAL})
INCOME: Final = frozenset({"dividend", "coupon", "interest", "profit_sharing"})

Key = tuple[int, int | str]  #: account, then instrument or label


def contributions(found: Paths, moved: Moves, period: Measured) -> pl.DataFrame:
    """Return what each line earned from the close of the first day to that of the last.

    A line earns what its price does at the quantity held, and its income; a fonds euros
    what it is credited beyond payments. What an account earned besides is its rest.

    Returns
    -------
    pl.DataFrame
        Schema `CONTRIBUTIONS`, the largest gain first.
    """
    gains, said = line_gains(found, moved)
    inside = slice(found.at(period.first) + 1, found.at(period.last) + 1)
    by_currency = {
        key: float(gain[inside].sum()) for key, gain in currency_gains(found, moved).items()
    }
    own = {key: gain[inside] for key, gain in gains.items()}
    return _table(found, own, said, period, by_currency)


def currency_gains(found: Paths, moved: Moves) -> dict[Key, Numbers]:
    """Return what the currency did to each line every day, in euros; lines in euros are absent.

    It is the worth of the day before, in its own currency, at the change of the rate: the
    rest of what the line earned that day is its price, at the rate of the day.
    """
    gains: dict[Key, Numbers] = defaultdict(lambda: np.zeros(len(found.days)))
    for path in found.accounts:
        for line in path.lines:
            if line.position.quoted_in == "EUR" or len(line.worth) < 2:
                continue
            days = slice(line.start, line.start + len(line.worth))
            rate = moved.rates[line.position.quoted_in][days]
            effect = line.worth[:-1] * (rate[:-1] / rate[1:] - 1)
            key = (path.account.id, _name(line))
            gains[key][line.start + 1 : days.stop] += np.nan_to_num(effect)
    return gains


def line_gains(found: Paths, moved: Moves) -> tuple[dict[Key, Numbers], dict[Key, tuple[str, str]]]:
    """Return what each line earned every day, in euros, and its label and class."""
    gains: dict[Key, Numbers] = defaultdict(lambda: np.zeros(len(found.days)))
    said: dict[Key, tuple[str, str]] = {}
    for path in found.accounts:
        _prices(path, gains, said)
        _income(path, found, moved, gains)
    return gains, said


def _prices(path: AccountPath, gains: dict[Key, Numbers], said: dict[Key, tuple[str, str]]) -> None:
    """Add what the prices did to each line, at the quantity held."""
    following = {(_name(line), line.start): line for line in path.lines}
    rank: dict[Key, int] = {}
    ranks, moves = [], []
    for line in path.lines:
        key = (path.account.id, _name(line))
        said[key] = (line.position.label, line.position.asset_class)
        ranks.append(rank.setdefault(key, len(rank)))
        after = following.get((_name(line), line.stop))
        changes = after is not None and len(line.worth) > line.stop - line.start
        moves.append(_change(line, after) if changes and after is not None else None)
    made = _moved(path, np.array(ranks), moves, len(rank))
    for key, n in rank.items():
        gains[key] += made[n]


def _moved(
    path: AccountPath, ranks: NDArray[np.int64], moves: Sequence[float | None], count: int
) -> Numbers:
    """Return support × day: what each gained; `moves` is what a line did on its last day."""
    days = len(path.values)
    length = np.array([len(line.worth) for line in path.lines])
    ends = np.cumsum(length)
    moved = np.diff(np.concatenate([line.worth for line in path.lines]), append=np.nan)
    last = np.flatnonzero([move is not None for move in moves])
    moved[ends[last] - 2] = [move for move in moves if move is not None]
    moved[ends - 1] = 0.0
    start = np.array([line.start for line in path.lines])
    day = np.arange(1, len(moved) + 1) + np.repeat(start - (ends - length), length)
    day[ends - 1] = 0
    at = np.repeat(ranks, length) * days + day
    summed: Numbers = np.bincount(at, np.nan_to_num(moved), count * days).astype(np.float64)
    return summed.reshape(count, days)


def _name(line: LinePath) -> int | str:
    return line.position.instrument_id or line.position.label


def _change(line: LinePath, after: LinePath) -> float:
    """Return what the price did on the day of a new quantity; what is held by value, its change."""
    was, now = line.worth.item(-2), after.worth.item(0)
    if isnan(was) or isnan(now) or line.position.instrument_kind in UNSAID:
        return 0.0
    quantity, later = line.position.quantity, after.position.quantity
    if quantity is later or line.position.by_value or not quantity or not later:
        return now - was
    return now * float(quantity / later) - was


def _income(path: AccountPath, found: Paths, moved: Moves, gains: dict[Key, Numbers]) -> None:
    """Add what lines paid in cash; take from those held by value what was paid in or out."""
    by_value = {_name(li) for li in path.lines if li.position.instrument_kind == "fonds_euros"}
    for row in moved.of(path.account.id):
        key = (path.account.id, row.instrument_id or 0)
        at = _seen_at(path, found.at(row.trade_on))
        if at is None or key not in gains:
            continue
        euros = path.share * moved.euro(row.currency, found.at(row.trade_on))
        paid = float(cash_effect(row, moved.instruments))
        if row.kind in INCOME and paid:
            gains[key][at] += paid * euros
        elif row.instrument_id in by_value and row.kind not in INCOME:
            gains[key][at] -= float(value_effect(row)) * euros


def _seen_at(path: AccountPath, at: int) -> int | None:
    """Return the day on which the lines show what happened; None when none does."""
    if at <= path.seen[0]:
        return None
    rank = bisect_left(path.seen, at)
    return path.seen[rank] if rank < len(path.seen) else None


def _table(
    found: Paths,
    gains: Mapping[Key, Numbers],
    said: Mapping[Key, tuple[str, str]],
    period: Measured,
    by_currency: Mapping[Key, float],
) -> pl.DataFrame:
    capital = period.values[:-1] + period.entering[1:]
    whole = np.diff(period.values) - period.entering[1:] + period.leaving[1:]
    rest = whole - np.sum([*gains.values(), np.zeros(len(whole))], axis=0)
    matrix = np.column_stack([*gains.values(), rest])
    added = contribution.of_gains(matrix, capital)
    labels = {path.account.id: path.account.label for path in found.accounts}
    names = [(key[0], labels[key[0]], *said[key]) for key in gains]
    rows = [
        (*name, float(total), float(part), change)
        for name, total, part, change in zip(
            [*names, (None, "", REST, "")],
            matrix.sum(axis=0),
            added,
            [*(by_currency.get(key, 0.0) for key in gains), 0.0],
            strict=True,
        )
        if abs(total) >= 0.005
    ]
    return pl.DataFrame(rows, CONTRIBUTIONS, orient="row").sort("gain_eur", descending=True)
