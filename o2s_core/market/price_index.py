"""The published prices laid out for reading: exact, by instrument then day, memory-mapped.

Derived from the segments and rebuilt whenever they change; a reader never
waits for another, since a new layout is a new folder.
"""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
import polars as pl

from o2s_core import store
from o2s_core.kernel.context import Context

SCALE: Final = 10**8
#: On one day a price typed by the firm wins, then what could really be had.
RANK: Final = {"manual": 2, "withdrawal": 1}
#: Layouts kept beside the newest, for the readers that opened them.
KEPT: Final = 2
ARRAYS: Final = ("ids", "starts", "days", "values", "tags")


class Tag(NamedTuple):
    """What a price is said in: its currency, its kind, its source."""

    currency: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class PriceIndex:
    """Every published price, one per instrument and day.

    Those of `ids[i]` lie between `starts[i]` and `starts[i + 1]`. Days count
    from 1970, values are × 10**8, tags are ranks in `said`.
    """

    ids: np.ndarray
    starts: np.ndarray
    days: np.ndarray
    values: np.ndarray
    tags: np.ndarray
    said: Sequence[Tag]
    folder: Path | None = None

    def span(self, instrument_id: int) -> slice:
        """Return where the prices of an instrument lie; nowhere when it has none."""
        rank = int(np.searchsorted(self.ids, instrument_id))
        if rank == len(self.ids) or self.ids[rank] != instrument_id:
            return slice(0, 0)
        return slice(int(self.starts[rank]), int(self.starts[rank + 1]))

    def last(self, instrument_id: int, day: int) -> int:
        """Return the position of the last price known on a day, -1 when there is none."""
        span = self.span(instrument_id)
        rank = int(np.searchsorted(self.days[span], day, side="right")) - 1
        return span.start + rank if rank >= 0 else -1


def price_index(ctx: Context) -> PriceIndex:
    """Return the published prices of the firm as they are now, laid out if nobody did."""
    paths = store.segments(ctx, "prices")
    if not paths:
        return _nothing()
    name = hashlib.sha256("\n".join(path.name for path in paths).encode()).hexdigest()[:16]
    folder = ctx.place.home / "derived" / str(ctx.firm_id) / f"prices-{name}"
    if not folder.is_dir():
        _write(_layout(pl.scan_parquet(paths)), folder)
    return _opened(folder)


@cache
def _nothing() -> PriceIndex:
    return _layout(store.DATASETS["prices"].schema.to_frame().lazy())


@lru_cache(maxsize=8)
def _opened(folder: Path) -> PriceIndex:
    """Open a layout without reading it: pages come from the disk as they are asked."""
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    said = [Tag(*each) for each in orjson.loads((folder / "said.json").read_bytes())]
    return PriceIndex(**arrays, said=said, folder=folder)


def _layout(prices: pl.LazyFrame) -> PriceIndex:
    """Return prices by instrument and day, the best one of each day."""
    said = ("currency", "kind", "source")
    table = prices.select(
        "instrument_id",
        "recorded_at",
        pl.col("day").to_physical(),
        (pl.col("value") * SCALE).cast(pl.Int64),
        *(pl.col(name).cast(pl.Categorical) for name in said),
        rank=best_first(pl.col("kind")),
    ).collect()
    tags = table.select(said).unique(maintain_order=True).with_row_index("tag")
    ordered = table.join(tags, on=said).sort("instrument_id", "day", "rank", "recorded_at")
    following = pl.struct("instrument_id", "day").shift(-1)
    best = ordered.filter(pl.struct("instrument_id", "day").ne_missing(following))
    ids, starts = np.unique(best["instrument_id"].to_numpy(), return_index=True)
    return PriceIndex(
        ids=ids,
        starts=np.append(starts, best.height),
        days=best["day"].to_numpy(),
        values=best["value"].to_numpy(),
        tags=best["tag"].cast(pl.UInt16).to_numpy(),
        said=[Tag(*map(str, row)) for row in tags.select(said).iter_rows()],
    )


def best_first(kind: pl.Expr) -> pl.Expr:
    """Return the rank of a price among those of its day: the highest counts."""
    return kind.replace_strict(RANK, default=0, return_dtype=pl.Int8)


def _write(index: PriceIndex, folder: Path) -> None:
    """Write a layout aside and name it at once; two processes at once write the same."""
    aside = folder.with_name(f"{folder.name}-{uuid.uuid4().hex[:8]}.tmp")
    aside.mkdir(parents=True)
    for name in ARRAYS:
        np.save(aside / f"{name}.npy", getattr(index, name))
    (aside / "said.json").write_bytes(orjson.dumps([list(tag) for tag in index.said]))
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside)
    _forget(folder.parent.glob("prices-*"))


def _forget(folders: Iterable[Path]) -> None:
    """Remove the layouts that were replaced; who has one open keeps reading it."""
    for old in sorted(folders, key=os.path.getmtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def derived_array(index: PriceIndex, name: str, shape: tuple[int, ...]) -> Any:  # noqa: ANN401
    """Return an array to fill beside a layout: on disk, or in memory when the layout is not."""
    if index.folder is None:
        return np.empty(shape)
    return np.lib.format.open_memmap(index.folder / name, mode="w+", dtype=np.float64, shape=shape)
