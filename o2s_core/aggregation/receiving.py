"""What becomes of a file that comes in? Archived, read, checked, matched, committed, told."""

import hashlib
import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

from sqlmodel import Session, select

from o2s_core import store
from o2s_core.aggregation import formats, limits
from o2s_core.aggregation.archiving import Sender, archived, keep_bytes, turn
from o2s_core.aggregation.carried_prices import take_carried
from o2s_core.aggregation.closing import close, compare
from o2s_core.aggregation.committing import commit_staged, statement_of, was_begun
from o2s_core.aggregation.exclusion import take_import_turn
from o2s_core.aggregation.feed.catalogue import feed_named
from o2s_core.aggregation.fund_files.committing import commit_funds
from o2s_core.aggregation.known_mappings import mapping_texts, specs
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.packing import pack
from o2s_core.aggregation.price_deliveries import commit_listed
from o2s_core.aggregation.refusing import refuse_file, refused, reject
from o2s_core.aggregation.rehearsing import rehearse
from o2s_core.aggregation.report import FINAL, DeliveryReport, report_of
from o2s_core.aggregation.staging import completed
from o2s_core.aggregation.statement import RAW, Refusal, Statement
from o2s_core.aggregation.taking import take
from o2s_core.aggregation.understanding import understood
from o2s_core.contacts.card import contact as contact_card
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission

log = logging.getLogger(__name__)

#: Seconds to wait for another process that handles the same file.
PATIENCE: Final = 120.0
#: Ways in at whose end somebody reads the answer.
WATCHED: Final = frozenset({"cli", "upload"})


def receive(
    ctx: Context,
    source: Path | bytes,
    file_name: str = "",
    *,
    feed: str | None = None,
    contact: str | None = None,
    dry_run: bool = False,
    channel: str = "cli",
) -> DeliveryReport:
    """Receive one partner file: the same way for the page, the folder and the command line.

    The bytes are archived, then read, checked, matched and committed account by
    account. The same file again changes nothing. A crash at any step leaves the
    delivery in its last completed state; receiving it again resumes.

    Parameters
    ----------
    feed
        Code of the feed; recognised from the file when absent.
    contact
        File code of the contact to whom unknown accounts belong.
    dry_run
        Tell what would happen, store nothing.
    """
    ctx.require(Permission.FEED_RECEIVE)
    sender = sender_of(ctx, feed, contact, channel)
    name = limits.safe_name(file_name or (source.name if isinstance(source, Path) else ""))
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if refusal := limits.too_large(size, channel):
        return refused(name, feed, refusal)
    data = source.read_bytes() if isinstance(source, Path) else source
    if dry_run:
        return rehearse(ctx, data, name, sender)
    with turn(ctx, hashlib.sha256(data).hexdigest(), wait=PATIENCE):
        opened = archived(ctx, data, name, sender)
        return opened if isinstance(opened, DeliveryReport) else advance(ctx, opened.id or 0)


def receive_files(
    ctx: Context,
    source: Path | bytes,
    file_name: str = "",
    *,
    feed: str | None = None,
    contact: str | None = None,
    dry_run: bool = False,
    channel: str = "cli",
) -> tuple[DeliveryReport, ...]:
    """Receive a file, or each file of a ZIP archive (one level); one report each."""
    ctx.require(Permission.FEED_RECEIVE)
    name = file_name or (source.name if isinstance(source, Path) else "")
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    told = limits.safe_name(name)
    watched = dry_run or channel in WATCHED
    if refusal := limits.too_large(size, channel):
        return (refused(told, feed, refusal) if watched else refuse_file(
            ctx, told, feed, channel, refusal),)  # fmt: skip
    data = source.read_bytes() if isinstance(source, Path) else source
    members = members_of(data, name)
    if isinstance(members, Refusal):
        return (refused(told, feed, members) if watched else refuse_file(
            ctx, told, feed, channel, members, data),)  # fmt: skip
    said = {"feed": feed, "contact": contact, "dry_run": dry_run, "channel": channel}
    return tuple(receive(ctx, m.data, m.name, **said) for m in members)  # type: ignore[arg-type]


def members_of(data: bytes, name: str) -> tuple[limits.Member, ...] | Refusal:
    """Return the file, or the files that an archive holds, or why it is refused."""
    if formats.recognise(data, name) == "zip":
        return limits.unpacked(data)
    return (limits.Member(name, data),)


def sender_of(ctx: Context, feed: str | None, contact: str | None, channel: str) -> Sender:
    """Check what the sender says before anything is stored."""
    if feed is not None:
        with store.reading(ctx) as session:
            feed_named(session, ctx, feed, specs(mapping_texts(ctx)))
    contact_id = contact_card(ctx, contact).id if contact else None
    return Sender(feed, contact_id, channel)


def advance(ctx: Context, delivery_id: int) -> DeliveryReport:
    """Take a delivery from the state it is in to its end; each step is a transaction."""
    with store.reading(ctx) as session:
        delivery = one_delivery(session, ctx, delivery_id)
    if delivery.state in {"received", "read", "checked", "matched"}:
        data = store.blob(ctx, delivery.sha256)
        read = understood(ctx, data, delivery.file_name, delivery.asked_feed)
        return finish(ctx, delivery_id, _step(ctx, delivery, read, data))
    return finish(ctx, delivery_id)


def finish(ctx: Context, delivery_id: int, prepared: Statement | None = None) -> DeliveryReport:
    """Commit what is prepared, and give the delivery its final state.

    `prepared` is what the archive holds of it, when who prepared it still has it.
    """
    with store.reading(ctx) as session:
        delivery = one_delivery(session, ctx, delivery_id)
        if delivery.state in FINAL - {"quarantined", "partly_committed", "committed"}:
            return report_of(session, ctx, delivery)
    statement = prepared or statement_of(ctx, delivery)
    resumed = was_begun(ctx, delivery_id) and delivery.state not in FINAL
    brought = commit_staged(ctx, delivery_id, statement)
    commit_funds(ctx, delivery_id, statement)
    with store.tx(ctx) as tx:
        take_import_turn(tx)
        delivery = one_delivery(tx.session, ctx, delivery_id)
        listed = commit_listed(ctx, delivery_id, statement)
        take_carried(tx, delivery, None if resumed else brought)
        close(tx, delivery, listed)
        compare(tx, delivery_id)
        report = report_of(tx.session, ctx, delivery)
    log.info("delivery.done", extra={"delivery": delivery_id, "state": report.state})
    return report


def _step(
    ctx: Context, delivery: Delivery, result: Statement | Refusal, data: bytes
) -> Statement | None:
    """Write what a file says as prepared; return it without its raw rows, None when refused."""
    if isinstance(result, Refusal):
        with store.tx(ctx) as tx:
            reject(tx, one_delivery(tx.session, ctx, delivery.id or 0), result)
        return None
    statement = completed(result)
    sha = keep_bytes(ctx, pack(statement))
    with store.tx(ctx) as tx:
        take_import_turn(tx)
        row = one_delivery(tx.session, ctx, delivery.id or 0)
        row.statement_blob = sha
        take(tx, row, statement, data)
    return replace(statement, raw=RAW.to_frame())


def one_delivery(session: Session, ctx: Context, delivery_id: int) -> Delivery:
    """Return a delivery of the firm."""
    query = select(Delivery).where(Delivery.firm_id == ctx.firm_id, Delivery.id == delivery_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFoundError("Livraison", delivery_id)
    return found
