"""The published prices laid out for reading: exact, by instrument then day, memory-mapped.

Each segment of the history, a quarter, has a layout of its own beside it, made
once and never changed: a corrected price has one quarter laid out again, and a
reader never waits for another.
"""

import logging
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import orjson
import polars as pl

from o2s_core import store
from o2s_core.kernel.context import Context
from o2s_core.market.price_precedence import ORDERS, best_first
from o2s_core.store import EXACT_FRAME

log = logging.getLogger(__name__)

EIGHT: Final = 8
SCALE: Final = 10**EIGHT
EPOCH: Final = date(1970, 1, 1)
#: Layouts of segments no longer live that stay, for the readers that opened them.
KEPT: Final = 4
ARRAYS: Final = ("ids", "starts", "days", "values", "tags", "filled")
#: Changes when the layout, or the order of the sources, does: older layouts are made again.
SHAPE: Final = f"2 {ORDERS!r}"


_standing: set[Path] = set()  # layouts that this process saw: they never change


class Tag(NamedTuple):
    """What a price is said in: its currency, its kind, its source."""

    currency: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class PricePart:
    """The published prices of a quarter, the best one per instrument and day.

    Those of `ids[i]` lie between `starts[i]` and `starts[i + 1]`. Days count
    from 1970, values are × 10**8, tags are ranks in `said`. `filled[i, j]` is
    the last price of `ids[i]` on the day `first + j`, NaN before its first of
    the quarter.
    """

    first: int
    ids: np.ndarray
    starts: np.ndarray
    days: np.ndarray
    values: np.ndarray
    tags: np.ndarray
    filled: np.ndarray
    said: Sequence[Tag]

    @property
    def last(self) -> int:
        """Return the last day of the part."""
        return self.first + int(self.filled.shape[1]) - 1

    def ranks(self, instrument_ids: np.ndarray) -> np.ndarray:
        """Return the rank of each instrument in the part, -1 where it has no price in it."""
        if not len(self.ids):
            return np.full(len(instrument_ids), -1)
        rank = np.minimum(np.searchsorted(self.ids, instrument_ids), len(self.ids) - 1)
        return np.where(self.ids[rank] == instrument_ids, rank, -1)

    def rank(self, instrument_id: int) -> int:
        """Return the rank of one instrument in the part, -1 where it has no price in it."""
        at = int(np.searchsorted(self.ids, instrument_id))
        return at if at < len(self.ids) and self.ids[at] == instrument_id else -1

    def at(self, instrument_ids: np.ndarray, on: np.ndarray) -> np.ndarray:
        """Return the position of the last price of each instrument on its day, -1 where none."""
        rank = self.ranks(instrument_ids)
        starts, ends = self.starts[rank], self.starts[rank + 1]
        at = np.where(rank >= 0, ends, starts) - 1
        for n in np.flatnonzero((rank >= 0) & (self.days[at] > on)):
            span = slice(int(starts[n]), int(ends[n]))
            at[n] = span.start + np.searchsorted(self.days[span], on[n], side="right") - 1
        return np.where((rank >= 0) & (at >= starts), at, -1)

    def rows(self, instrument_ids: np.ndarray, at: np.ndarray) -> pl.DataFrame:
        """Return the prices at some positions, each of the instrument beside it."""
        said = pl.DataFrame(
            [self.said[tag] for tag in np.asarray(self.tags[at]).tolist()],
            dict.fromkeys(Tag._fields, pl.String),
            orient="row",
        )
        table = pl.DataFrame(
            {
                "instrument_id": pl.Series(instrument_ids, dtype=pl.Int64),
                "day": pl.Series(np.asarray(self.days[at]), dtype=pl.Int32).cast(pl.Date),
                "value": pl.Series(np.asarray(self.values[at])).cast(EXACT_FRAME) / SCALE,
            }
        )
        return pl.concat([table, said], how="horizontal")


@dataclass(frozen=True, slots=True, eq=False)
class PriceIndex:
    """Every published price of the firm, one per instrument and day, quarter by quarter."""

    parts: tuple[PricePart, ...]  #: oldest first

    def last(self, instrument_ids: np.ndarray, day: int | np.ndarray) -> pl.DataFrame:
        """Return the last price of each instrument on a day, or on its own day.

        Columns `instrument_id`, `day`, `value` and those of `Tag`; an instrument without
        price has no row.
        """
        return pl.concat(
            [_NOTHING, *(p.rows(ids, at) for p, ids, at in self._placed(instrument_ids, day))]
        )

    def quotes(self, instrument_ids: np.ndarray, day: int) -> dict[int, tuple[Decimal, date, str]]:
        """Return the price, the day and the currency of `last` by instrument, without a table."""
        found: dict[int, tuple[Decimal, date, str]] = {}
        for part, ids, at in self._placed(instrument_ids, day):
            said = (part.values[at].tolist(), part.days[at].tolist(), part.tags[at].tolist())
            for id_, value, on, tag in zip(ids.tolist(), *said, strict=True):
                exact = Decimal(value).scaleb(-EIGHT)
                found[id_] = (exact, date.fromordinal(EPOCH.toordinal() + on), part.said[tag][0])
        return found

    def _placed(
        self, instrument_ids: np.ndarray, day: int | np.ndarray
    ) -> Iterator[tuple[PricePart, np.ndarray, np.ndarray]]:
        """Yield where the last price of each instrument lies: part, instruments, positions."""
        left, on = instrument_ids, np.broadcast_to(day, instrument_ids.shape)
        for part in reversed(self.parts):
            if not len(left):
                break
            if part.first > on.max():
                continue
            at = part.at(left, on)
            known = at >= 0
            if known.any():
                yield part, left[known], at[known]
                left, on = left[~known], on[~known]

    def series(self, instrument_id: int) -> pl.DataFrame:
        """Return the prices of an instrument, oldest first, in the columns of `last`."""
        found = [_NOTHING]
        for part in self.parts:
            rank = part.rank(instrument_id)
            if rank >= 0:
                at = np.arange(part.starts[rank], part.starts[rank + 1])
                found.append(part.rows(np.full(len(at), instrument_id), at))
        return pl.concat(found)


_NOTHING: Final = pl.DataFrame(
    schema={
        "instrument_id": pl.Int64, "day": pl.Date, "value": EXACT_FRAME,
        **dict.fromkeys(Tag._fields, pl.String),
    }
)  # fmt: skip


def price_index(ctx: Context) -> PriceIndex:
    """Return the published prices of the firm as they are now; a new quarter is laid out."""
    return store.remembered(ctx, "price index", lambda: _current(ctx))


def _current(ctx: Context) -> PriceIndex:
    home = ctx.place.home / "derived" / str(ctx.firm_id) / "prices"
    return _indexed(home, tuple(sorted(store.segments(ctx, "prices"))), SHAPE)


@lru_cache(maxsize=32)
def _indexed(home: Path, paths: tuple[Path, ...], shape: str) -> PriceIndex:
    """Return the layouts of some segments, which never change; those that miss are made."""
    if lay_out(home, paths):
        _forget(home, {path.stem for path in paths})
    return PriceIndex(tuple(_opened(home / path.stem, shape) for path in paths))


def lay_out(home: Path, segments: Iterable[Path], *, again: bool = False) -> tuple[str, ...]:
    """Lay out the segments that nobody did yet, or all; return the names of their parts."""
    made = []
    for path in sorted(segments):
        if not again and _is_current(home / path.stem):
            continue
        _write(_layout(pl.scan_parquet(path)), home / path.stem)
        made.append(path.stem.rsplit("-", 1)[0])
    if made:
        log.info("prices.laid_out", extra={"parts": made})
    return tuple(made)


def _is_current(folder: Path) -> bool:
    """Return whether a layout stands, made with the columns and the order of now."""
    if folder in _standing:
        return True
    try:
        current = (folder / "shape").read_text() == SHAPE
    except FileNotFoundError:
        return False
    if current:
        _standing.add(folder)
    return current


@lru_cache(maxsize=512)
def _opened(folder: Path, _shape: str) -> PricePart:
    """Open a layout without reading it: pages come from the disk as they are asked."""
    # a plain view of each: a slice of a memory map costs ten times that of an array
    arrays = {
        name: np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in ARRAYS
    }
    head = orjson.loads((folder / "head.json").read_bytes())
    said = [Tag(*each) for each in head["said"]]
    return PricePart(first=head["first"], said=said, **arrays)


def _layout(prices: pl.LazyFrame) -> PricePart:
    """Return prices by instrument and day, the best one of each day."""
    said = ("currency", "kind", "source")
    table = prices.select(
        "instrument_id",
        "recorded_at",
        pl.col("day").to_physical(),
        (pl.col("value") * SCALE).cast(pl.Int64),
        *(pl.col(name).cast(pl.Categorical) for name in said),
        rank=best_first(),
    ).collect()
    tags = table.select(said).unique(maintain_order=True).with_row_index("tag")
    ordered = table.join(tags, on=said).sort("instrument_id", "day", "rank", "recorded_at")
    last = pl.any_horizontal(
        pl.col(n).ne_missing(pl.col(n).shift(-1)) for n in ("instrument_id", "day")
    )
    best = ordered.filter(last)
    ids, starts = np.unique(best["instrument_id"].to_numpy(), return_index=True)
    first, days, values = int(best["day"].min()), best["day"].to_numpy(), best["value"].to_numpy()  # type: ignore[arg-type]
    starts = np.append(starts, best.height)
    return PricePart(
        first=first,
        ids=ids,
        starts=starts,
        days=days,
        values=values,
        tags=best["tag"].cast(pl.UInt16).to_numpy(),
        filled=_dense(starts, days - first, values / SCALE),
        said=[Tag(*map(str, row)) for row in tags.select(said).iter_rows()],
    )


def _dense(starts: np.ndarray, days: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return instrument × day, the last price known, NaN before the first."""
    count, width = len(starts) - 1, int(days.max()) + 1
    dense = np.full((count, width), np.nan)
    dense[np.repeat(np.arange(count), np.diff(starts)), days] = values
    return carried(dense)


def carried(values: np.ndarray) -> np.ndarray:
    """Return rows in which a NaN takes the last number before it, where there is one."""
    known = np.where(np.isnan(values), 0, np.arange(values.shape[1]))
    return np.take_along_axis(values, np.maximum.accumulate(known, axis=1), axis=1)


def _write(part: PricePart, folder: Path) -> None:
    """Write a layout aside and name it at once; two processes at once write the same."""
    aside = folder.with_name(f"{folder.name}-{uuid.uuid4().hex[:8]}.tmp")
    aside.mkdir(parents=True)
    for name in ARRAYS:
        np.save(aside / f"{name}.npy", getattr(part, name))
    head = {"first": part.first, "said": [list(tag) for tag in part.said]}
    (aside / "head.json").write_bytes(orjson.dumps(head))
    (aside / "shape").write_text(SHAPE)
    if folder.is_dir():  # made by an older version
        shutil.rmtree(folder)
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside)


def _forget(home: Path, live: set[str]) -> None:
    """Remove the layouts that were replaced; who has one open keeps reading it."""
    old = [folder for folder in home.iterdir() if folder.name not in live]
    for folder in sorted(old, key=lambda each: each.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)
