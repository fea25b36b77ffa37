"""Why is a file refused? Told to whoever looks, written where nobody does."""

import polars as pl

from o2s_core import store
from o2s_core.aggregation import formats
from o2s_core.aggregation.archiving import Sender, keep_bytes, open_delivery
from o2s_core.aggregation.chronicle import happened
from o2s_core.aggregation.feed.agreement import refused_by
from o2s_core.aggregation.feed.catalogue import FeedSpec
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.report import DeliveryReport, report_of
from o2s_core.aggregation.staging import keep_anomalies
from o2s_core.aggregation.statement import ANOMALIES, Refusal, Statement
from o2s_core.aggregation.steps import note
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission


def refused(name: str, feed: str | None, refusal: Refusal) -> DeliveryReport:
    """Return the report of a file that was refused before anything was stored."""
    return DeliveryReport(
        name, feed, "rejected", refusal.message, anomalies=tuple(fatal(refusal).to_dicts())
    )


def refuse_file(
    ctx: Context,
    name: str,
    feed: str | None,
    channel: str,
    refusal: Refusal,
    data: bytes = b"",
) -> DeliveryReport:
    """Write that a file was refused before it was read, and keep its bytes when they are here.

    For what comes when nobody looks: a folder, a partner's server.
    """
    ctx.require(Permission.FEED_RECEIVE)
    sha = keep_bytes(ctx, data) if data else ""
    with store.tx(ctx) as tx:
        delivery = open_delivery(tx, data, sha, name, Sender(feed, None, channel))
        reject(tx, delivery, refusal)
        return report_of(tx.session, ctx, delivery)


def fatal(refusal: Refusal) -> pl.DataFrame:
    """Return a refusal as the one anomaly of its file (schema `ANOMALIES`)."""
    row = dict.fromkeys(ANOMALIES.names(), "") | {
        "code": refusal.code,
        "severity": "fatal",
        "message": refusal.message,
    }
    return pl.DataFrame([row], ANOMALIES)


def reject(tx: store.Tx, delivery: Delivery, refusal: Refusal) -> None:
    """Write that a delivery is refused, and why."""
    delivery.format, delivery.message = refusal.format, refusal.message
    keep_anomalies(tx, delivery, fatal(refusal))
    happened(tx, delivery, "read")
    note(tx, delivery, "rejected")
    tx.audit("reject", "delivery", delivery.id, after={"code": refusal.code})


def refusal_of(statement: Statement, feed: FeedSpec, *, expected: str) -> Refusal | None:
    """Return why a readable file is refused: fatal anomalies, or what its feed does not take."""
    serious = (pl.col("severity") == "fatal") & (pl.col("code") != "F08")
    fatal = statement.anomalies.filter(serious)
    if not fatal.is_empty():
        return Refusal(statement.format, fatal["code"][0], fatal["message"][0])
    if refusal := refused_by(feed, statement):
        return refusal
    same = {"flat": {"csv", "xlsx"}}.get(expected, {expected})
    if expected and statement.format not in same:
        known = formats.FORMATS
        label = known[expected].label if expected in known else "tableau"
        return Refusal(
            statement.format, "F05", f"Ce flux attend un fichier {label}, celui-ci est un fichier "
            f"{known[statement.format].label} : choisissez le bon flux.",
        )  # fmt: skip
    if not statement.accounts.height and not statement.rows:
        return Refusal(statement.format, "F01", "Le fichier ne contient aucune donnée.")
    return None
