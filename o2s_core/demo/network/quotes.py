"""Five years of invented prices: drawn by arrays, read by the simulation, published by quarter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from o2s_core import market, store
from o2s_core.demo.network.supports import Families
from o2s_core.demo.supports import published
from o2s_core.kernel.context import Context
from o2s_core.market.price_history import PRICES

YEARS: Final = 5
#: Prices are integers of 1 / 10,000.
UNIT: Final = 10_000
#: Supports drawn at once: what a processor keeps at hand.
BLOCK: Final = 1_000
#: Supports whose last price is old, one in so many.
STALE_EVERY: Final = 97


@dataclass(frozen=True, slots=True)
class Quotes:
    """The prices of every support, by business day; calendar days count from `first`."""

    first: date
    days: np.ndarray  #: business days, datetime64[D]
    values: np.ndarray  #: int32, rank × business day, in the currency of the support
    rhythm: np.ndarray  #: rank -> row of `kept` and of `in_force`
    kept: np.ndarray  #: rhythm × business day: whether a price is published
    in_force: np.ndarray  #: rhythm × calendar day: business day of the last price
    currency: np.ndarray  #: rank -> row of `per_euro`
    per_euro: np.ndarray  #: currency × calendar day: units for one euro

    def own(self, rank: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return the prices in force, in the currency of each support."""
        column = self.in_force[self.rhythm[rank], day]
        return self.values[rank, column].astype(np.int64)

    def euros(self, rank: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return the prices in force, in euros."""
        rate = self.per_euro[self.currency[rank], day]
        return np.maximum(1, np.rint(self.own(rank, day) / rate)).astype(np.int64)

    def dated(self, rank: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return the days of the prices in force."""
        return self.days[self.in_force[self.rhythm[rank], day]]


def draw_quotes(ctx: Context, families: Families, seed: int) -> Quotes:
    """Draw a geometric walk per support; all share a factor, so that markets fall together."""
    first = ctx.today - timedelta(days=round(YEARS * 365.25))
    calendar = np.arange(np.datetime64(first), np.datetime64(ctx.today) + 1)
    days = calendar[:-1][np.is_busday(calendar[:-1])]
    rhythm, kept = _rhythms(families, days)
    codes = sorted(set(families.currencies))
    return Quotes(
        first=first,
        days=days,
        values=_walks(families, len(days), seed),
        rhythm=rhythm,
        kept=kept,
        in_force=_in_force(kept, days, calendar),
        currency=np.searchsorted(codes, families.currencies),
        per_euro=market.rate_matrix(ctx, codes, first, ctx.today).values,
    )


def _rhythms(families: Families, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each support when its prices are published; a few stopped some weeks ago."""
    every = np.array([f.every for f in families.known])[families.of]
    stale = np.arange(len(every)) % STALE_EVERY == 13
    said, rhythm = np.unique(np.stack([every, stale]), axis=1, return_inverse=True)
    kept = [published(days, int(e), stale=bool(s)) for e, s in said.T]
    return rhythm.reshape(-1), np.stack(kept)


def _in_force(kept: np.ndarray, days: np.ndarray, calendar: np.ndarray) -> np.ndarray:
    rank = np.where(kept, np.arange(len(days)), 0)
    last = np.maximum.accumulate(rank, axis=1)
    before = np.maximum(0, np.searchsorted(days, calendar, side="right") - 1)
    return last[:, before].astype(np.int16)


def _walks(families: Families, days: int, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed + 23)
    market_wide = draw.standard_normal(days)
    drift = np.array([f.drift for f in families.known])[families.of][:, None]
    volatility = np.array([f.volatility for f in families.known])[families.of][:, None]
    starts = draw.uniform(20, 400, len(families.of))[:, None]
    values = np.empty((len(families.of), days), dtype=np.int32)
    for at in range(0, len(values), BLOCK):
        part = slice(at, at + BLOCK)
        own = draw.standard_normal((len(values[part]), days))
        noise = (0.6 * market_wide + 0.8 * own) * volatility[part] / np.sqrt(252)
        path = np.cumsum(noise + drift[part] / 252 - volatility[part] ** 2 / 504, axis=1)
        values[part] = np.maximum(UNIT, np.rint(starts[part] * np.exp(path) * UNIT))
    return values


def publish(ctx: Context, quotes: Quotes, ids: np.ndarray, codes: np.ndarray) -> int:
    """Publish the prices, a segment a quarter; return how many there are."""
    count = 0
    for part, columns in _quarters(quotes.days):
        frame = _frame(ctx, quotes, columns, ids, codes)
        with store.tx(ctx) as tx:
            store.publish(ctx, "prices", part, frame)
            tx.audit("record", "price", None, after={"rows": frame.height, "part": part})
            tx.touch("prices")
        count += frame.height
    return count


def _quarters(days: np.ndarray) -> Iterator[tuple[str, slice]]:
    months = days.astype("datetime64[M]").astype(int)
    quarters = months // 3
    for quarter in np.unique(quarters):
        place = np.flatnonzero(quarters == quarter)
        yield f"{1970 + quarter // 4}Q{quarter % 4 + 1}", slice(int(place[0]), int(place[-1]) + 1)


def _frame(
    ctx: Context, quotes: Quotes, columns: slice, ids: np.ndarray, codes: np.ndarray
) -> pl.DataFrame:
    """Return the prices of some business days (schema of the published history)."""
    rank, column = np.nonzero(quotes.kept[quotes.rhythm, columns])
    values = quotes.values[:, columns][rank, column]
    return pl.DataFrame({"instrument_id": ids[rank], "code": quotes.currency[rank]}).select(
        pl.col("instrument_id").cast(pl.Int64),
        pl.Series("day", quotes.days[columns][column]).cast(pl.Date),
        (pl.Series("value", values).cast(PRICES["value"]) / UNIT).cast(PRICES["value"]),
        pl.col("code").replace_strict(
            dict(enumerate(codes.tolist())), return_dtype=pl.String
        ).alias("currency"),
        pl.lit("nav").alias("kind"),
        pl.lit("démonstration").alias("source"),
        pl.lit(ctx.now).cast(PRICES["recorded_at"]).alias("recorded_at"),
    )  # fmt: skip
