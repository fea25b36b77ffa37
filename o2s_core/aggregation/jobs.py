"""Which long work belongs to aggregation: receive a large file, watch the inbox, resume."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import polars as pl
from sqlmodel import col, select

from o2s_core import administration, store
from o2s_core.aggregation import inbox, limits
from o2s_core.aggregation.archiving import Sender, archived, turn
from o2s_core.aggregation.closing import COMPARED_AT_ONCE, accounts_of
from o2s_core.aggregation.exclusion import BusyError
from o2s_core.aggregation.incidents.following import follow_alerts
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.pickup.picking import pick_up, sources_due
from o2s_core.aggregation.receiving import PATIENCE, advance, members_of, one_delivery, sender_of
from o2s_core.aggregation.reconciliation.keeping import reconcile, reconcile_delivery
from o2s_core.aggregation.replaying.asking import KIND, run_replay
from o2s_core.aggregation.report import DeliveryReport
from o2s_core.aggregation.scoping import deliveries_inside
from o2s_core.aggregation.statement import Refusal
from o2s_core.aggregation.takeover import jobs as takeovers
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FeedError, NotFoundError
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


def receive_later(
    ctx: Context,
    data: bytes,
    file_name: str,
    *,
    feed: str | None = None,
    contact: str | None = None,
) -> tuple[int, ...]:
    """Archive a large file and hand it to the worker; return the jobs, one for each delivery.

    Everything that the sender says is checked at once. A file that is already
    known gives no job.
    """
    ctx.require(Permission.FEED_RECEIVE)
    sender = sender_of(ctx, feed, contact, "upload")
    if refusal := limits.too_large(len(data), "upload"):
        raise FeedError(refusal.message)
    members = members_of(data, file_name)
    if isinstance(members, Refusal):
        raise FeedError(members.message)
    jobs = (_hand_over(ctx, m, sender) for m in members)
    return tuple(job for job in jobs if job is not None)


def _hand_over(ctx: Context, member: limits.Member, sender: Sender) -> int | None:
    with turn(ctx, hashlib.sha256(member.data).hexdigest(), wait=PATIENCE):
        opened = archived(ctx, member.data, limits.safe_name(member.name), sender)
    if isinstance(opened, DeliveryReport):
        return None
    key = f"delivery-{opened.id}"
    return store.enqueue(ctx, "aggregation.receive", {"delivery": opened.id}, key=key)


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
    names = _file_names(ctx, [job.arguments["delivery"] for job in mine])
    rows = [
        {
            "id": job.id,
            "file_name": names.get(job.arguments["delivery"], ""),
            "state": store.JOB_STATES[job.state],
            "progress": job.progress,
            "message": job.message,
        }
        for job in mine
    ]
    return pl.DataFrame(rows, UPLOADS)


def _file_names(ctx: Context, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    query = select(col(Delivery.id), Delivery.file_name).where(
        Delivery.firm_id == ctx.firm_id, deliveries_inside(ctx), col(Delivery.id).in_(ids)
    )
    with store.reading(ctx) as session:
        return {id_ or 0: name for id_, name in session.exec(query)}


def resume(ctx: Context) -> tuple[DeliveryReport, ...]:
    """Go on with the deliveries that a crash left half way, each with its sender's rights."""
    ctx.require(Permission.FEED_RECEIVE)
    halted = ("received", "read", "checked", "matched", "staged")
    with store.reading(ctx) as session:
        ids = session.exec(
            select(Delivery.id).where(
                Delivery.firm_id == ctx.firm_id,
                deliveries_inside(ctx),
                col(Delivery.state).in_(halted),
            )
        ).all()
    reports = (_go_on(ctx, delivery_id or 0) for delivery_id in ids)
    return tuple(report for report in reports if report is not None)


def _go_on(ctx: Context, delivery_id: int) -> DeliveryReport | None:
    """Take one delivery to its end; None when somebody else is at it, or its sender is gone."""
    with store.reading(ctx) as session:
        delivery = one_delivery(session, ctx, delivery_id)
    try:
        sender = _as_sender(ctx, delivery)
        with turn(ctx, delivery.sha256):
            return advance(sender, delivery_id)
    except (BusyError, NotFoundError):
        return None


def _as_sender(ctx: Context, delivery: Delivery) -> Context:
    """Return who sent a file, with today's rights: a file reaches no account beyond theirs."""
    if delivery.created_by is None:
        return ctx
    return administration.context_of(ctx.place, delivery.created_by, ctx.now, ctx.today)


def _receive(work: store.Work) -> dict[str, Any]:
    work.progress(0, 1, "Lecture du fichier…")
    report = _go_on(work.context, work.payload["delivery"])
    return {"state": report.state if report else "received"}


def _watch(work: store.Work) -> dict[str, Any]:
    ctx = work.context
    reports = (*resume(ctx), *inbox.inbox_watch(ctx))
    if reports:
        follow_alerts(ctx)
    return {"deliveries": [r.delivery_id for r in reports]}


def _follow(work: store.Work) -> dict[str, Any]:
    return follow_alerts(work.context)


def _pick_up(work: store.Work) -> dict[str, Any]:
    """Visit one partner's server, or all those whose time has come."""
    ctx = work.context
    asked = work.payload.get("feed")
    feeds = [int(asked)] if asked else sources_due(ctx)
    reports = [report for feed_id in feeds for report in pick_up(ctx, feed_id)]
    if feeds:
        follow_alerts(work.context)
    return {"deliveries": [r.delivery_id for r in reports]}


def _reconcile(work: store.Work) -> dict[str, Any]:
    """Compare the figures of a large delivery; once a day every one, for they grow old."""
    asked = work.payload.get("delivery")
    if asked is None:
        with store.tx(work.context) as tx:
            return {"breaks": reconcile(tx)}
    return {"breaks": _compared(work.context, int(asked))}


def _compared(ctx: Context, delivery_id: int) -> int:
    """Compare some thousands of accounts a write, so that nobody waits long for their own."""
    with store.reading(ctx) as session:
        accounts = sorted(accounts_of(session, ctx, delivery_id))
    count = 0
    for start in range(0, len(accounts), COMPARED_AT_ONCE):
        with store.tx(ctx) as tx:
            some = accounts[start : start + COMPARED_AT_ONCE]
            count += reconcile_delivery(tx, delivery_id, some)
    return count


#: Who does the work of aggregation.
HANDLERS: Final[Mapping[str, store.Handler]] = {
    "aggregation.receive": _receive,
    "aggregation.watch": _watch,
    "aggregation.alerts": _follow,
    "aggregation.pick_up": _pick_up,
    "aggregation.collect": _pick_up,
    **takeovers.HANDLERS,
    "aggregation.reconcile": _reconcile,
    KIND: run_replay,
}
