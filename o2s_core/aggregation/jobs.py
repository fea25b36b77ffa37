"""Which long work belongs to aggregation: receive a large file, watch the inbox, resume."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import polars as pl
from sqlmodel import col, select

from o2s_core import administration, store
from o2s_core.aggregation import inbox
from o2s_core.aggregation.exclusion import BusyError, alone
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.receiving import advance, receive_files
from o2s_core.aggregation.report import DeliveryReport
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission

#: Bytes beyond which a page hands the file to the worker.
LARGE: Final = 2_000_000
#: One row per large file in the hands of the worker.
UPLOADS: Final = pl.Schema(
    {
        "id": pl.Int64(),
        "file_name": pl.String(),
        "state": pl.String(),
        "progress": pl.Float64(),
        "message": pl.String(),
    }
)
#: How often the work of aggregation comes back.
RECURRING: Final[Mapping[str, timedelta]] = {"aggregation.watch": timedelta(seconds=30)}


def receive_later(
    ctx: Context,
    data: bytes,
    file_name: str,
    *,
    feed: str | None = None,
    contact: str | None = None,
) -> int:
    """Hand a large file to the worker; return the number of the job, whose progress shows."""
    ctx.require(Permission.FEED_RECEIVE)
    sha = store.save_blob(ctx, data)
    payload = {"blob": sha, "file_name": file_name, "feed": feed, "contact": contact}
    return store.enqueue(ctx, "aggregation.receive", payload)


def uploads_under_way(ctx: Context) -> pl.DataFrame:
    """Return the large files that the worker has not finished reading (schema `UPLOADS`).

    Everybody sees their own; a file that failed stays listed with its reason.
    """
    ctx.require(Permission.FEED_READ)
    mine = [
        job
        for job in store.jobs(ctx, kind="aggregation.receive", limit=20)
        if job.state != "done" and job.created_by == ctx.user_id
    ]
    rows = [
        {
            "id": job.id,
            "file_name": job.arguments["file_name"],
            "state": store.JOB_STATES[job.state],
            "progress": job.progress,
            "message": job.message,
        }
        for job in mine
    ]
    return pl.DataFrame(rows, UPLOADS)


def resume(ctx: Context) -> tuple[DeliveryReport, ...]:
    """Go on with the deliveries that a crash left half way."""
    ctx.require(Permission.FEED_RECEIVE)
    halted = ("received", "read", "checked", "matched", "staged")
    with store.reading(ctx) as session:
        rows = session.exec(
            select(Delivery.id, Delivery.sha256).where(
                Delivery.firm_id == ctx.firm_id, col(Delivery.state).in_(halted)
            )
        ).all()
    reports = []
    for delivery_id, sha in rows:
        try:
            with alone(ctx.place, f"delivery-{ctx.firm_id}-{sha[:24]}"):
                reports.append(advance(ctx, delivery_id or 0))
        except BusyError:
            continue
    return tuple(reports)


def _receive(work: store.Work) -> dict[str, Any]:
    asked = work.payload
    ctx = _asker(work)
    work.progress(0, 1, "Lecture du fichier…")
    reports = receive_files(
        ctx,
        store.blob(ctx, asked["blob"]),
        asked["file_name"],
        feed=asked["feed"],
        contact=asked["contact"],
        channel="upload",
    )
    return {"deliveries": [r.delivery_id for r in reports], "states": [r.state for r in reports]}


def _asker(work: store.Work) -> Context:
    """Return the context of who asked for the work, with today's rights."""
    ctx = work.context
    if work.created_by is None:
        return ctx
    return administration.context_of(work.place, work.created_by, ctx.now, ctx.today)


def _watch(work: store.Work) -> dict[str, Any]:
    ctx = work.context
    reports = (*resume(ctx), *inbox.inbox_watch(ctx))
    return {"deliveries": [r.delivery_id for r in reports]}


#: Who does the work of aggregation.
HANDLERS: Final[Mapping[str, store.Handler]] = {
    "aggregation.receive": _receive,
    "aggregation.watch": _watch,
}
