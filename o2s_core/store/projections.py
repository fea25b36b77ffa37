"""Tables derived from the records, kept as segments: what must be published again, and how."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import update
from sqlmodel import col, select

from o2s_core.kernel.context import Context
from o2s_core.store.data_versions import DirtyPart, mark
from o2s_core.store.datasets import Dataset, declare
from o2s_core.store.frames import conform
from o2s_core.store.segments import live, prepare, replace_part
from o2s_core.store.transactions import reading, tx

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Projection:
    """A derived table: its columns, the parts it is cut in, and how one part is made.

    `build` reads the records of one part, firm-wide; it must not write. The
    same records give the same rows, so that a rebuild changes nothing.
    """

    name: str
    schema: pl.Schema
    parts_of: Callable[[Context], Iterable[str]]
    build: Callable[[Context, str], pl.DataFrame]
    sort_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        declare(self.dataset)

    @property
    def dataset(self) -> Dataset:
        """Return the dataset that the projection fills."""
        return Dataset(self.name, self.schema, self.sort_by)


def dirty_parts(ctx: Context, name: str) -> Sequence[DirtyPart]:
    """Return the parts of a projection whose records changed since they were published."""
    asked = select(DirtyPart).where(
        DirtyPart.firm_id == ctx.firm_id,
        DirtyPart.dataset == name,
        col(DirtyPart.marks) > col(DirtyPart.published),
    )
    with reading(ctx) as session:
        return session.exec(asked.order_by(DirtyPart.part)).all()


def published_once(ctx: Context, name: str) -> set[str]:
    """Return the parts of a projection that were published at least once, empty ones included."""
    asked = select(DirtyPart.part).where(
        DirtyPart.firm_id == ctx.firm_id,
        DirtyPart.dataset == name,
        col(DirtyPart.published) > 0,
    )
    with reading(ctx) as session:
        return set(session.exec(asked).all())


def publish_dirty(
    ctx: Context, projections: Iterable[Projection], *, most: int | None = None
) -> int:
    """Publish every part that changed, or `most` of them, and return how many were.

    The marks are read before the records: a change that comes meanwhile keeps
    its part dirty. Files of another shape, left by an older version, are made again.
    """
    count = 0
    for projection in projections:
        _mark_outdated(ctx, projection)
        left = None if most is None else most - count
        for part in dirty_parts(ctx, projection.name)[:left]:
            _publish(ctx, projection, part.part, part.marks)
            count += 1
    return count


def rebuild(ctx: Context, projections: Iterable[Projection]) -> int:
    """Make every part of the projections again from the records; return how many."""
    chosen = tuple(projections)
    for projection in chosen:
        known = {row.part for row in live(ctx, projection.name)}
        _mark(ctx, projection.name, known | set(projection.parts_of(ctx)))
    return publish_dirty(ctx, chosen)


def _mark_outdated(ctx: Context, projection: Projection) -> None:
    shape = projection.dataset.shape
    old = {row.part for row in live(ctx, projection.name) if row.shape != shape}
    if old:
        _mark(ctx, projection.name, old)


def _mark(ctx: Context, name: str, parts: Iterable[str]) -> None:
    with tx(ctx) as opened:
        for part in sorted(parts):
            mark(opened.session, ctx, name, part)


def _publish(ctx: Context, projection: Projection, part: str, seen: int) -> None:
    """Build one part outside any write, then publish it unless somebody published a newer one."""
    rows = conform(projection.build(ctx, part), projection.schema, source=projection.name)
    made = prepare(ctx, projection.name, part, rows, projection.sort_by)
    if made is not None:
        made.kept = False
    newer = (
        update(DirtyPart)
        .where(
            col(DirtyPart.firm_id) == ctx.firm_id,
            col(DirtyPart.dataset) == projection.name,
            col(DirtyPart.part) == part,
            col(DirtyPart.published) < seen,
        )
        .values(published=seen)
    )
    with tx(ctx) as opened:
        if not opened.session.execute(newer).rowcount:  # type: ignore[attr-defined]
            return
        replace_part(opened.session, ctx, projection.name, part, made)
    log.info("segment.published", extra={"dataset": projection.name, "rows": rows.height})
