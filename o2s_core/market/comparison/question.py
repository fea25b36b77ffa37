"""How do several securities compare? (Comparateur)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.comparison import figures as told
from o2s_core.market.comparison import notes
from o2s_core.market.comparison.grid import Grid, number
from o2s_core.market.comparison.histories import History, chained, histories
from o2s_core.market.comparison.period import (
    as_date,
    chosen_period,
    common_period,
    finest,
    is_sparse,
    sampled,
    years_before,
)
from o2s_core.market.comparison.shapes import (
    A_YEAR,
    FEWEST,
    FIGURES,
    MOST,
    OWN,
    UNPRICED,
    YEARS,
    Comparison,
    Frequency,
    Security,
)
from o2s_core.market.currencies import is_currency
from o2s_core.market.funds.current import current_facts
from o2s_core.market.instruments import mine, one_instrument
from o2s_core.market.models import Instrument
from o2s_core.market.supports.absorptions import Ancestor, absorptions


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known before anything is measured."""

    securities: tuple[Security, ...]
    rows: tuple[Instrument, ...]
    histories: tuple[History, ...]


def comparison(  # noqa: PLR0913
    ctx: Context,
    instrument_ids: Sequence[int],
    start: date | None = None,
    end: date | None = None,
    *,
    currency: str = "",
    frequency: Frequency | None = None,
    rebased_on: date | None = None,
    chain: bool = False,
) -> Comparison:
    """Return two to ten securities side by side; income paid out is not counted.

    Parameters
    ----------
    start, end
        Kept inside the longest period that they share, which is the default.
    currency
        Code of the currency in which all are put; `own` keeps each in its own. By
        default the one that they share, else euros.
    frequency
        Step of the risk figures; by default, and at the finest, what they all bear.
    rebased_on
        Day worth 100, the first of the period by default.
    chain
        Put before the prices of a security those of what it absorbed, at par.

    Raises
    ------
    NotFoundError
        A security is not of this firm.
    InvalidInputError
        Too few or too many, one without any price, no common period, no rate.
    """
    ctx.require(Permission.MARKET_READ)
    ids = list(dict.fromkeys(instrument_ids))
    asked = _asked(ctx, ids, chain=chain)
    common = common_period(asked.securities, ctx.today)
    first, last = chosen_period(common, start, end)
    into = _currency(asked.histories, currency)
    grid = Grid(ctx, asked.histories, into, last)
    step = _frequency(asked.histories, frequency)
    days = sampled(first, last, step, asked.histories)
    values = grid.at(days)
    base = min(max(rebased_on or first, first), last)
    return Comparison(
        securities=asked.securities,
        start=first,
        end=last,
        common=common,
        currency=into,
        converted=tuple(sorted(grid.rates)),
        frequency=step,
        rebased_on=base,
        curve=_framed(asked.securities, days, values / grid.at(np.array([number(base)])) * 100),
        rolling=_rolling(grid, asked.securities, days, first),
        figures=_figures(ctx, asked, grid, days, step),
        years=pl.DataFrame(told.by_year(grid, asked.securities, first, last), YEARS, orient="row"),
        correlation=_correlation(asked.securities, values),
        chainable=not set(ids).isdisjoint(absorptions(ctx)["new_id"]),
        notes=notes.notes(ctx, asked.securities, asked.rows, grid, days, (start, end), frequency),
    )


def _asked(ctx: Context, ids: Sequence[int], *, chain: bool) -> Asked:
    """Return the securities asked with all their prices, or say which one cannot be compared."""
    if not FEWEST <= len(ids) <= MOST:
        raise InvalidInputError(f"Choisissez de {FEWEST} à {MOST} valeurs à comparer.")
    query = select(Instrument).where(mine(ctx), col(Instrument.id).in_(ids))
    with store.reading(ctx) as session:
        found = {row.id: row for row in session.exec(query).all()}
    for each in ids:
        if each not in found:
            raise NotFoundError("Support", each)
    known = histories(ctx, ids, ctx.today)
    absorbed: tuple[tuple[Ancestor, ...], ...] = ((),) * len(ids)
    if chain:
        known, absorbed = chained(ctx, ids, known, ctx.today)
    rows = tuple(found[each] for each in ids)
    for row, history in zip(rows, known, strict=True):
        if row.kind in UNPRICED or not len(history.days):
            raise InvalidInputError(
                f"« {row.label} » n'a aucun cours : retirez-le, ou chargez ses cours."
            )
    return Asked(tuple(map(_security, rows, known, absorbed)), rows, known)


def _security(row: Instrument, history: History, absorbed: tuple[Ancestor, ...]) -> Security:
    return Security(
        id=row.id or 0,
        isin=row.isin,
        label=row.label,
        kind=row.kind,
        currency=history.currency,
        first_on=as_date(history.days[0]),
        last_on=as_date(history.days[-1]),
        sparse=is_sparse(history),
        income=row.income if row.kind == "index" else "",
        absorbed=absorbed,
    )


def _currency(all_: Sequence[History], wanted: str) -> str:
    if wanted and wanted != OWN and not is_currency(wanted):
        raise InvalidInputError(f"« {wanted} » n'est pas une devise : par exemple EUR.")
    shared = {each.currency for each in all_}
    return wanted or (shared.pop() if len(shared) == 1 else "EUR")


def _frequency(all_: Sequence[History], wanted: Frequency | None) -> Frequency:
    borne = finest(all_)
    return min(wanted, borne, key=A_YEAR.__getitem__) if wanted else borne


def _framed(securities: Sequence[Security], days: np.ndarray, values: np.ndarray) -> pl.DataFrame:
    """Return security × day as a frame: a column per security, null where nothing is known."""
    columns = {
        str(each.id): pl.Series(row).fill_nan(None)
        for each, row in zip(securities, values, strict=True)
    }
    return pl.DataFrame({"day": pl.Series(days, dtype=pl.Int32).cast(pl.Date), **columns})


def _rolling(
    grid: Grid, securities: Sequence[Security], days: np.ndarray, start: date
) -> pl.DataFrame:
    """Return the return of the last twelve months, from the first day that has them."""
    ready = days[days >= number(years_before(start, -1))]
    ends = ready.astype("datetime64[D]")
    before = np.array([number(years_before(day, 1)) for day in ends.tolist()], np.int64)
    return _framed(securities, ready, grid.at(ready) / grid.at(before) - 1)


def _figures(
    ctx: Context, asked: Asked, grid: Grid, days: np.ndarray, step: Frequency
) -> pl.DataFrame:
    start, end = as_date(days[0]), as_date(days[-1])
    charges = _charges(ctx, [each.id for each in asked.securities])
    rows = []
    for rank, (each, row) in enumerate(zip(asked.securities, asked.rows, strict=True)):
        sri, sfdr = row.reported_sri, row.reported_sfdr
        rows.append(
            {name: getattr(each, name) for name in ("isin", "kind", "currency")}
            | {
                "instrument_id": each.id,
                "label": each.said,
                "first_on": each.first_on,
                "last_on": each.last_on,
            }
            | {"points": len(told.known_days(asked.histories[rank], days))}
            | told.over_the_period(grid, rank, days, start, end)
            | told.performances(grid, rank, each, end)
            | told.risks(grid, rank, each, days, step)
            | told.months(grid, rank, each, start, end)
            | {"ongoing": charges.get(each.id)}
            | {"sri": row.sri if sri is None else sri}
            | {"sfdr": (row.sfdr if sfdr is None else sfdr) or None}
        )
    return pl.DataFrame(rows, FIGURES)


def _charges(ctx: Context, ids: Sequence[int]) -> dict[int, float]:
    facts = current_facts(ctx, ids).filter(name="cost.ongoing").drop_nulls("number")
    return {i: float(n) for i, n in facts.select("instrument_id", "number").iter_rows()}


def _correlation(securities: Sequence[Security], values: np.ndarray) -> pl.DataFrame:
    """Return the correlation of the returns of the securities that are not sparse."""
    ranks = [n for n, each in enumerate(securities) if not each.sparse]
    moved = values[ranks, 1:] / values[ranks, :-1] - 1
    known = moved[:, np.isfinite(moved).all(axis=0)]
    if len(ranks) < FEWEST or known.shape[1] < FEWEST:
        return pl.DataFrame(schema={"instrument_id": pl.Int64})
    with np.errstate(invalid="ignore", divide="ignore"):
        table = np.atleast_2d(np.corrcoef(known))
    ids = [securities[n].id for n in ranks]
    columns = {str(i): pl.Series(row).fill_nan(None) for i, row in zip(ids, table, strict=True)}
    return pl.DataFrame({"instrument_id": ids, **columns})


def require_known(ctx: Context, instrument_id: int) -> None:
    """Say that a support is not found, unless it is of the firm."""
    with store.reading(ctx) as session:
        one_instrument(ctx, session, instrument_id)


def security_ids(ctx: Context, isins: Sequence[str]) -> tuple[int, ...]:
    """Return the ids of some securities by ISIN, in the order asked.

    Raises
    ------
    NotFoundError
        An ISIN is of no support of the firm.
    """
    ctx.require(Permission.MARKET_READ)
    query = select(Instrument.isin, Instrument.id).where(
        mine(ctx), col(Instrument.isin).in_(list(isins))
    )
    with store.reading(ctx) as session:
        found = dict(session.exec(query).all())
    for isin in isins:
        if isin not in found:
            raise NotFoundError("Support", isin)
    return tuple(found[isin] or 0 for isin in isins)
