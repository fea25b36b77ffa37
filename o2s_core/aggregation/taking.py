"""How is what a file says written as prepared? All of it, or nothing."""

from o2s_core import store
from o2s_core.aggregation.chronicle import happened
from o2s_core.aggregation.feed.catalogue import FeedSpec, ensure_feed, feed_named, feed_of
from o2s_core.aggregation.fund_files.staging import stage_funds
from o2s_core.aggregation.known_mappings import mapping_texts, specs
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.staging import keep, keep_anomalies, newest_day, stage
from o2s_core.aggregation.statement import Statement
from o2s_core.aggregation.steps import note


def take(tx: store.Tx, delivery: Delivery, statement: Statement, data: bytes) -> None:
    """Write what was read and prepared of a delivery: all of it, or nothing."""
    mappings = specs(mapping_texts(tx.ctx))
    feed = (
        feed_named(tx.session, tx.ctx, delivery.asked_feed, mappings)
        if delivery.asked_feed
        else feed_of(tx.session, tx.ctx, statement, data, mappings)
    )
    feed = ensure_feed(tx, feed)
    describe(delivery, statement, feed)
    note(tx, delivery, "read")
    staged = stage(tx, delivery, statement, feed)
    keep(tx, delivery, statement, staged)
    keep_anomalies(tx, delivery, stage_funds(tx, delivery, statement, feed))
    happened(tx, delivery, "read")
    note(tx, delivery, "checked", "matched", "staged")


def describe(delivery: Delivery, statement: Statement, feed: FeedSpec) -> None:
    """Say of a delivery what its file held, and by what it was read."""
    delivery.feed_id, delivery.format = feed.id, statement.format
    delivery.mapping_code = statement.mapping_code
    delivery.mapping_revision = statement.mapping_revision
    delivery.as_of = newest_day(statement)
    delivery.completeness = statement.completeness
    delivery.rows, delivery.mapped = statement.rows, statement.mapped
    delivery.ignored, delivery.errors = statement.ignored, statement.errors
