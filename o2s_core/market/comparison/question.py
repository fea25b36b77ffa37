"""How do several securities compare? (Comparateur)."""

from collections.abc import Sequence
from datetime import date

import polars as pl
from sqlmodel import col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.comparison import curves, figures, notes
from o2s_core.market.comparison.asked import Asked, asked
from o2s_core.market.comparison.grid import Grid
from o2s_core.market.comparison.histories import History
from o2s_core.market.comparison.period import chosen_period, common_period, finest, sampled
from o2s_core.market.comparison.shapes import A_YEAR, OWN, YEARS, Comparison, Frequency
from o2s_core.market.currencies import is_currency
from o2s_core.market.instruments import mine, one_instrument
from o2s_core.market.models import Instrument
from o2s_core.market.supports.absorptions import absorptions


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
    with store.reading(ctx):
        known = asked(ctx, ids, chain=chain)
        common = common_period(known.securities, ctx.today)
        first, last = chosen_period(common, start, end)
        grid = Grid(ctx, known.histories, _currency(known.histories, currency), last)
        step = _frequency(known.histories, frequency)
        base = min(max(rebased_on or first, first), last)
        return Comparison(
            securities=known.securities,
            start=first,
            end=last,
            common=common,
            currency=grid.currency,
            converted=tuple(sorted(grid.rates)),
            frequency=step,
            rebased_on=base,
            chainable=not set(ids).isdisjoint(absorptions(ctx)["new_id"]),
            **_measured(ctx, known, grid, (first, last), step, base),
            notes=notes.notes(ctx, known, grid, (first, last), (start, end), frequency),
        )


def _measured(
    ctx: Context, known: Asked, grid: Grid, period: tuple[date, date], step: Frequency, base: date
) -> dict[str, pl.DataFrame]:
    """Return the tables of a comparison by name; all stand on the same days, read once."""
    days = sampled(*period, step, known.histories)
    values = grid.at(days)
    who = known.securities
    return {
        "curve": curves.rebased(grid, who, days, values, base),
        "rolling": curves.rolling(grid, who, days, values, period[0]),
        "figures": figures.figures(ctx, known, grid, days, values, step),
        "years": pl.DataFrame(figures.by_year(grid, who, *period), YEARS, orient="row"),
        "correlation": curves.correlation(who, values),
    }


def _currency(all_: Sequence[History], wanted: str) -> str:
    if wanted and wanted != OWN and not is_currency(wanted):
        raise InvalidInputError(f"« {wanted} » n'est pas une devise : par exemple EUR.")
    shared = {each.currency for each in all_}
    return wanted or (shared.pop() if len(shared) == 1 else "EUR")


def _frequency(all_: Sequence[History], wanted: Frequency | None) -> Frequency:
    borne = finest(all_)
    return min(wanted, borne, key=A_YEAR.__getitem__) if wanted else borne


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
