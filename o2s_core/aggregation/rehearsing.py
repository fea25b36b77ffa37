"""What would a file become? Everything is done inside one write, and taken back."""

import hashlib
from dataclasses import replace

from o2s_core import store
from o2s_core.aggregation.archiving import Sender, already, open_delivery, seen_before
from o2s_core.aggregation.carried_prices import take_carried
from o2s_core.aggregation.closing import close
from o2s_core.aggregation.committing import commit_staged
from o2s_core.aggregation.fund_files.committing import commit_funds
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.price_deliveries import commit_listed
from o2s_core.aggregation.refusing import reject
from o2s_core.aggregation.report import DeliveryReport, report_of
from o2s_core.aggregation.staging import completed
from o2s_core.aggregation.statement import Refusal
from o2s_core.aggregation.taking import take
from o2s_core.aggregation.understanding import understood
from o2s_core.kernel.context import Context


class _Rehearsed(Exception):  # noqa: N818 - carries an answer out of a write that is undone
    """The end of a rehearsal: everything is taken back."""

    def __init__(self, report: DeliveryReport) -> None:
        super().__init__()
        self.report = report


def rehearse(ctx: Context, data: bytes, name: str, sender: Sender) -> DeliveryReport:
    """Do everything inside one write, tell what it gave, and take it all back."""
    sha = hashlib.sha256(data).hexdigest()
    with store.reading(ctx) as session:
        seen = seen_before(session, ctx, sha)
    if seen is not None:
        return _twice_without_trace(ctx, name, seen)
    result = understood(ctx, data, name, sender.feed)
    try:
        with store.tx(ctx) as tx:
            delivery = open_delivery(tx, data, sha, name, sender)
            if isinstance(result, Refusal):
                reject(tx, delivery, result)
            else:
                statement = completed(result)
                take(tx, delivery, statement, data)
                brought = commit_staged(ctx, delivery.id or 0, statement)
                commit_funds(ctx, delivery.id or 0, statement)
                listed = commit_listed(ctx, delivery.id or 0, statement)
                take_carried(tx, delivery, brought)
                close(tx, delivery, listed)
            report = report_of(tx.session, ctx, delivery)
            tx.session.flush()
            raise _Rehearsed(report)  # noqa: TRY301 - the one way to undo all of it
    except _Rehearsed as done:
        return replace(done.report, delivery_id=None)


def _twice_without_trace(ctx: Context, name: str, seen: Delivery) -> DeliveryReport:
    with store.reading(ctx) as session:
        report = report_of(session, ctx, seen)
    message = already(seen)
    empty = dict.fromkeys(report.counts, 0)
    return replace(
        report, file=name, state="duplicate", message=message, counts=empty, delivery_id=None,
        anomalies=(),
    )  # fmt: skip
