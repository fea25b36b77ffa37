"""How many units of a currency make one euro, on a day (Taux de change)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
import polars as pl
from sqlalchemy import bindparam, delete
from sqlalchemy import select as columns
from sqlmodel import col, select

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission
from o2s_core.market.currencies import is_currency, major_unit
from o2s_core.market.ecb_history import SCALE, ecb_series
from o2s_core.market.models import PendingRate
from o2s_core.store import EXACT_FRAME
from o2s_core.store.engine import upsert

#: One row per currency and day; `source` says where the rate was taken.
RATE_INPUT: Final = pl.Schema(
    {
        "currency": pl.String(),
        "day": pl.Date(),
        "units_per_euro": EXACT_FRAME,
        "source": pl.String(),
    }
)
#: A rate older than this is no rate.
REACH: Final = timedelta(days=7)
ECB: Final = "BCE"
EPOCH: Final = date(1970, 1, 1)
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A euro rate: units of the currency for one euro, the day it is of, where it comes from."""

    units_per_euro: Decimal
    on: date
    source: str = ECB


@dataclass(frozen=True, slots=True)
class RateMatrix:
    """Daily rates, last known first within seven days; NaN where none is known.

    `values[i, j]` is of currency i on `days[j]`, in units per euro.
    """

    days: np.ndarray  #: datetime64[D]
    values: np.ndarray  #: float64, currency × day


def euro_rate(ctx: Context, currency: str, on: date) -> Rate | None:
    """Return the rate of a currency on a day: the last known, at most seven days old.

    The firm's own rates and those of the European Central Bank stand together:
    the newest day counts, and on one day the firm's own. None: no rate near
    that day. Pence and other minor units follow their currency.
    """
    ctx.require(Permission.MARKET_READ)
    code, minor = major_unit(currency)
    if code == "EUR":
        return Rate(Decimal(minor), on)
    found = _newest(_own(ctx, code, on), _bundled(code, on))
    if found is None or on - found.on > REACH:
        return None
    return Rate(found.units_per_euro * minor, found.on, found.source)


def _newest(own: Rate | None, bundled: Rate | None) -> Rate | None:
    known = [rate for rate in (own, bundled) if rate is not None]
    return max(known, key=lambda rate: rate.on) if known else None


def _own(ctx: Context, currency: str, on: date) -> Rate | None:
    """Return the last rate that the firm loaded itself."""
    asked = {"firm_id": ctx.firm_id, "currency": currency, "on": on}
    with store.reading(ctx) as session:
        row = session.execute(_LAST_OWN, asked).first()
    return Rate(*row) if row else None


_LAST_OWN: Final = (
    columns(col(PendingRate.units_per_euro), col(PendingRate.day), col(PendingRate.source))
    .where(
        col(PendingRate.firm_id) == bindparam("firm_id"),
        col(PendingRate.currency) == bindparam("currency"),
        col(PendingRate.day) <= bindparam("on"),
    )
    .order_by(col(PendingRate.day).desc())
    .limit(1)
)


def _bundled(currency: str, on: date) -> Rate | None:
    series = ecb_series().get(currency)
    if series is None:
        return None
    rank = series.last((on - EPOCH).days)
    if rank < 0:
        return None
    units = Decimal(int(series.units[rank])).scaleb(-8)
    return Rate(units, EPOCH + timedelta(days=int(series.days[rank])))


def rate_matrix(ctx: Context, currencies: Iterable[str], start: date, end: date) -> RateMatrix:
    """Return the daily rates of several currencies, both days included, for a series of values.

    Each day takes the last rate known, at most seven days old, as `euro_rate` does.
    """
    ctx.require(Permission.MARKET_READ)
    days = np.arange(np.datetime64(start), np.datetime64(end) + 1, dtype="datetime64[D]")
    codes = list(currencies)
    own = _own_until(ctx, {major_unit(code)[0] for code in codes}, end)
    rows = [_daily(code, days.astype(np.int64), own) for code in codes]
    return RateMatrix(days, np.array(rows).reshape(len(codes), len(days)))


def _own_until(ctx: Context, currencies: set[str], end: date) -> dict[str, dict[int, float]]:
    query = select(PendingRate).where(
        PendingRate.firm_id == ctx.firm_id,
        col(PendingRate.currency).in_(sorted(currencies)),
        PendingRate.day <= end,
    )
    found: dict[str, dict[int, float]] = {code: {} for code in currencies}
    with store.reading(ctx) as session:
        for row in session.exec(query).all():
            found[row.currency][(row.day - EPOCH).days] = float(row.units_per_euro)
    return found


def _daily(currency: str, days: np.ndarray, own: dict[str, dict[int, float]]) -> np.ndarray:
    """Return one row of the matrix: the last known rate of each day, NaN beyond its reach."""
    code, minor = major_unit(currency)
    if code == "EUR":
        return np.full(len(days), float(minor))
    at, rates = _known(code, own[code])
    if not len(at):
        return np.full(len(days), np.nan)
    rank = np.searchsorted(at, days, side="right") - 1
    near = (rank >= 0) & (days - at[rank] <= REACH.days)
    return np.where(near, rates[rank] * minor, np.nan)


def _known(currency: str, own: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the days of all known rates, ascending, and the rates; the firm's own win."""
    series = ecb_series().get(currency)
    bundled = np.empty(0, np.int64) if series is None else series.days.astype(np.int64)
    rates = np.empty(0) if series is None else series.units / SCALE
    if not own:
        return bundled, rates
    mine = np.array(sorted(own))
    kept = ~np.isin(bundled, mine)
    at = np.concatenate([bundled[kept], mine])
    order = np.argsort(at, kind="stable")
    values = np.concatenate([rates[kept], [own[day] for day in mine.tolist()]])
    return at[order], values[order]


def record_rates(ctx: Context, rates: pl.DataFrame) -> int:
    """Store euro rates beyond the bundled history, and return how many rows were given.

    Schema `RATE_INPUT`. The same day and currency again replaces the rate: loaded twice, it is
    loaded once.

    Raises
    ------
    InvalidInputError
        A rate is not positive, or its currency is unknown or the euro; nothing is stored.
    """
    ctx.require(Permission.PRICE_WRITE)
    table = store.conform(rates, RATE_INPUT, source="rates")
    _require_sound(table)
    if table.is_empty():
        return 0
    with store.tx(ctx) as tx:
        put_rates(tx, table)
        tx.audit("record", "rate", None, after={"rows": table.height})
    return table.height


def put_rates(tx: store.Tx, table: pl.DataFrame) -> int:
    """Keep sound rates inside the open write (schema `RATE_INPUT`); return how many."""
    rows = [row | {"firm_id": tx.ctx.firm_id} for row in table.to_dicts()]
    insert = upsert(tx.session, PendingRate)
    said = {name: insert.excluded[name] for name in ("units_per_euro", "source")}
    replace = insert.on_conflict_do_update(index_elements=["firm_id", "currency", "day"], set_=said)
    for start in range(0, len(rows), BATCH):
        tx.session.connection().execute(replace, rows[start : start + BATCH])
    if rows:
        tx.touch("prices")
    return len(rows)


def withdraw_rates(tx: store.Tx, table: pl.DataFrame) -> None:
    """Take rates back inside the open write; one that another source said since stays."""
    for currency, day, units, source in (
        table.select(RATE_INPUT.names())
        .select("currency", "day", "units_per_euro", "source")
        .iter_rows()
    ):
        tx.session.execute(
            delete(PendingRate).where(
                col(PendingRate.firm_id) == tx.ctx.firm_id,
                col(PendingRate.currency) == currency,
                col(PendingRate.day) == day,
                col(PendingRate.units_per_euro) == units,
                col(PendingRate.source) == source,
            )
        )
    if not table.is_empty():
        tx.touch("prices")


def unsound_rates(rates: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rates that can be kept, and those that cannot."""
    codes = [code for code in rates["currency"].drop_nulls().unique() if is_currency(code)]
    sound = (
        pl.col("currency").is_in(codes)
        & (pl.col("currency") != "EUR")
        & (pl.col("units_per_euro") > 0)
        & pl.col("day").is_not_null()
    ).fill_null(value=False)
    return rates.filter(sound), rates.filter(~sound)


def _require_sound(rates: pl.DataFrame) -> None:
    if wrong := [c for c in rates["currency"].unique() if not is_currency(c) or c == "EUR"]:
        raise InvalidInputError(
            f"Devise inconnue ou sans objet : {', '.join(sorted(wrong))}. "
            "Indiquez un code ISO de trois lettres autre que EUR."
        )
    low = rates.filter(pl.col("units_per_euro") <= 0)
    if not low.is_empty():
        row = low.row(0, named=True)
        raise InvalidInputError(
            f"Taux {row['currency']} du {row['day']:%d/%m/%Y} : indiquez un nombre positif "
            "d'unités pour un euro."
        )
