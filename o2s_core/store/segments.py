"""Big tables as immutable Parquet files, and the list of those that count now."""

import hashlib
import os
import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import polars as pl
from sqlalchemy import Index, bindparam, delete, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from o2s_core.kernel.context import Context
from o2s_core.store.columns import Instant
from o2s_core.store.datasets import DATASETS, shape_of
from o2s_core.store.files import TEMPORARY, write_whole
from o2s_core.store.rows import impersonal
from o2s_core.store.transactions import reading, remembered, tx
from o2s_core.store.turns import take_turn

#: Rows in a group: small enough that a filter on the sort key reads little (measured).
ROW_GROUP: Final = 20_000
NAME: Final = re.compile(r"[A-Za-z0-9_.=-]{1,80}")
LIVE: Final = text("live")


class Segment(SQLModel, table=True):
    """One file of a dataset; at most one is live for each part."""

    __tablename__ = "segment"
    __table_args__ = (
        Index(
            "uq_segment_live",
            "firm_id",
            "dataset",
            "part",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    firm_id: int = Field(index=True)
    dataset: str = Field(sa_column_kwargs=impersonal())
    part: str = Field(sa_column_kwargs=impersonal())
    path: str = Field(sa_column_kwargs=impersonal())  #: below the folder of segments
    rows: int
    size: int
    sha256: str = Field(sa_column_kwargs=impersonal())
    shape: str = Field(sa_column_kwargs=impersonal())  #: of its columns and types
    kept: bool = True  #: False: rebuilt from the records at will, left out of backups
    live: bool = True
    made_at: datetime = Field(sa_type=Instant)
    retired_at: datetime | None = Field(default=None, sa_type=Instant)


def publish(
    ctx: Context,
    dataset: str,
    part: str,
    frame: pl.DataFrame,
    sort_by: Sequence[str] = (),
    *,
    kept: bool = True,
) -> None:
    """Replace one part of a dataset at once: readers see the old rows or the new ones.

    The file is on disk before the one commit that names it. An empty frame
    retires the part. `kept` says that nothing else holds these rows.
    """
    made = prepare(ctx, dataset, part, frame, sort_by)
    if made is not None:
        made.kept = kept
    with tx(ctx) as opened:
        replace_part(opened.session, ctx, dataset, part, made)


def prepare(
    ctx: Context, dataset: str, part: str, frame: pl.DataFrame, sort_by: Sequence[str] = ()
) -> Segment | None:
    """Write the file of a segment, whole and durable; nothing names it yet. None when empty."""
    if not NAME.fullmatch(dataset) or not NAME.fullmatch(part):
        raise ValueError(f"not the name of a segment: {dataset}/{part}")
    order = tuple(sort_by) or (DATASETS[dataset].sort_by if dataset in DATASETS else ())
    return None if frame.is_empty() else _write(ctx, dataset, part, frame, order)


def _write(
    ctx: Context, dataset: str, part: str, frame: pl.DataFrame, sort_by: Sequence[str]
) -> Segment:
    name = f"{ctx.firm_id}/{dataset}/{part}-{uuid.uuid4().hex[:12]}.parquet"
    path = folder(ctx) / name
    ordered = frame.sort(sort_by) if sort_by else frame
    write_whole(
        path,
        lambda aside: ordered.write_parquet(aside, compression="zstd", row_group_size=ROW_GROUP),
    )
    data = path.read_bytes()
    moment = ctx.now.timestamp()
    os.utime(path, (moment, moment))  # the collector compares with the same clock
    return Segment(
        firm_id=ctx.firm_id,
        dataset=dataset,
        part=part,
        path=name,
        rows=frame.height,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        shape=shape_of(frame.schema),
        made_at=ctx.now,
    )


def replace_part(
    session: Session, ctx: Context, dataset: str, part: str, made: Segment | None
) -> None:
    """Retire the live segment of a part and name the new one, inside the open write."""
    take_turn(session, ctx, f"{dataset}/{part}")
    old = update(Segment).where(
        col(Segment.firm_id) == ctx.firm_id,
        col(Segment.dataset) == dataset,
        col(Segment.part) == part,
        col(Segment.live).is_(True),
    )
    session.execute(old.values(live=False, retired_at=ctx.now))
    if made is not None:
        session.add(made)
        session.flush()


def folder(ctx: Context) -> Path:
    """Return where the files of all segments lie."""
    return ctx.place.home / "segments"


def live(ctx: Context, *datasets: str) -> Sequence[Segment]:
    """Return the segments that count now, of some datasets or of all."""
    asked = select(Segment).where(Segment.firm_id == ctx.firm_id, col(Segment.live).is_(True))
    if datasets:
        asked = asked.where(col(Segment.dataset).in_(datasets))
    with reading(ctx) as session:
        return session.exec(asked.order_by(Segment.dataset, Segment.part)).all()


def segments(ctx: Context, dataset: str) -> list[Path]:
    """Return the files of a dataset as they count now; take the list once per query."""
    return list(remembered(ctx, ("segments", dataset), lambda: _paths(ctx, dataset)))


def _paths(ctx: Context, dataset: str) -> tuple[Path, ...]:
    asked = {"firm_id": ctx.firm_id, "dataset": dataset}
    with reading(ctx) as session:
        found = session.connection().execute(_live_paths(), asked).scalars().all()
    return _placed(folder(ctx), tuple(found))


@lru_cache(maxsize=64)
def _placed(home: Path, names: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(home / name for name in names)


@cache
def _live_paths() -> Any:  # noqa: ANN401
    """Return the query of the files of a dataset, built once: each reading of prices asks it."""
    return (
        select(Segment.path)
        .where(
            col(Segment.firm_id) == bindparam("firm_id"),
            col(Segment.live).is_(True),
            col(Segment.dataset) == bindparam("dataset"),
        )
        .order_by(Segment.part)
    )


def published_at(ctx: Context, dataset: str) -> dict[str, datetime]:
    """Return when each part of a dataset that counts now was made, aware, UTC."""
    return {row.part: row.made_at for row in live(ctx, dataset)}


def collect_garbage(ctx: Context, older_than: timedelta = timedelta(hours=24)) -> int:
    """Remove the files that no reader can still hold: replaced or orphan, and old enough.

    Returns how many. A segment replaced less than `older_than` ago stays, for
    the queries that took its name before.
    """
    before = ctx.now - older_than
    with tx(ctx) as opened:
        old = col(Segment.live).is_(False) & (col(Segment.retired_at) < before)
        opened.session.execute(
            delete(Segment).where(col(Segment.firm_id) == ctx.firm_id).where(old)
        )
    with reading(ctx) as session:
        known = set(session.exec(select(Segment.path)).all())
    own = folder(ctx) / str(ctx.firm_id)
    files = [path for path in own.rglob("*") if path.is_file()]
    unnamed = [path for path in files if str(path.relative_to(folder(ctx))) not in known]
    aside = (ctx.place.home / "blobs").rglob(f"*{TEMPORARY}")
    removed = [path for path in (*unnamed, *aside) if path.stat().st_mtime < before.timestamp()]
    for path in removed:
        path.unlink(missing_ok=True)
    return len(removed)
