"""What becomes of a file that comes in? Archived, read, checked, matched, committed, told."""

import hashlib
import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl
from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation import formats, limits
from o2s_core.aggregation.carried_prices import take_carried
from o2s_core.aggregation.chronicle import happened
from o2s_core.aggregation.committing import commit_staged, statement_of
from o2s_core.aggregation.exclusion import alone
from o2s_core.aggregation.feed.agreement import agreed_reading, as_agreed, refused_by
from o2s_core.aggregation.feed.catalogue import FeedSpec, ensure_feed, feed_named, feed_of
from o2s_core.aggregation.fund_files.committing import commit_funds
from o2s_core.aggregation.fund_files.outcomes import fund_states, told_of_funds
from o2s_core.aggregation.fund_files.staging import stage_funds
from o2s_core.aggregation.known_mappings import mapping_texts, specs
from o2s_core.aggregation.models import Delivery, DeliveryAccount
from o2s_core.aggregation.packing import pack
from o2s_core.aggregation.price_deliveries import Listed, commit_listed
from o2s_core.aggregation.reconciliation.keeping import reconcile_delivery
from o2s_core.aggregation.report import FINAL, DeliveryReport, report_of
from o2s_core.aggregation.sandbox import MappingText, read_apart
from o2s_core.aggregation.staging import completed, keep, keep_anomalies, newest_day, stage
from o2s_core.aggregation.statement import ANOMALIES, Refusal, Statement
from o2s_core.aggregation.steps import note
from o2s_core.aggregation.superseding import is_superseded, mark_superseded
from o2s_core.contacts.card import contact as contact_card
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import FeedError, NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.settings import PARIS

log = logging.getLogger(__name__)

#: Seconds to wait for another process that handles the same file.
PATIENCE: Final = 120.0
#: Ways in at whose end somebody reads the answer.
WATCHED: Final = frozenset({"cli", "upload"})
#: Deliveries that do not count as "already received".
FORGOTTEN: Final = ("cancelled", "rejected", "duplicate")


@dataclass(frozen=True, slots=True)
class Sender:
    """How a file came, and what whoever sent it said of it."""

    feed: str | None = None
    contact_id: int | None = None
    channel: str = "cli"


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
        return _refused(name, feed, refusal)
    data = source.read_bytes() if isinstance(source, Path) else source
    if dry_run:
        return _rehearse(ctx, data, name, sender)
    with turn(ctx, hashlib.sha256(data).hexdigest(), wait=PATIENCE):
        opened = archived(ctx, data, name, sender)
        return opened if isinstance(opened, DeliveryReport) else advance(ctx, opened.id or 0)


def turn(ctx: Context, sha: str, *, wait: float = 0.0) -> AbstractContextManager[None]:
    """Hold the turn of a file: whoever else receives the same one waits, or is told."""
    return alone(ctx.place, f"delivery-{ctx.firm_id}-{sha[:24]}", wait=wait)


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
        return (_refused(told, feed, refusal) if watched else refuse_file(
            ctx, told, feed, channel, refusal),)  # fmt: skip
    data = source.read_bytes() if isinstance(source, Path) else source
    members = members_of(data, name)
    if isinstance(members, Refusal):
        return (_refused(told, feed, members) if watched else refuse_file(
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


def _refused(name: str, feed: str | None, refusal: Refusal) -> DeliveryReport:
    return DeliveryReport(
        name, feed, "rejected", refusal.message, anomalies=tuple(_fatal(refusal).to_dicts())
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
    sha = _keep(ctx, data) if data else ""
    with store.tx(ctx) as tx:
        delivery = _open(tx, data, sha, name, Sender(feed, None, channel))
        _reject(tx, delivery, refusal)
        return report_of(tx.session, ctx, delivery)


def _fatal(refusal: Refusal) -> pl.DataFrame:
    row = dict.fromkeys(ANOMALIES.names(), "") | {
        "code": refusal.code,
        "severity": "fatal",
        "message": refusal.message,
    }
    return pl.DataFrame([row], ANOMALIES)


class _Rehearsed(Exception):  # noqa: N818 - carries an answer out of a write that is undone
    """The end of a rehearsal: everything is taken back."""

    def __init__(self, report: DeliveryReport) -> None:
        super().__init__()
        self.report = report


def _rehearse(ctx: Context, data: bytes, name: str, sender: Sender) -> DeliveryReport:
    """Do everything inside one write, tell what it gave, and take it all back."""
    sha = hashlib.sha256(data).hexdigest()
    with store.reading(ctx) as session:
        seen = _seen(session, ctx, sha)
    if seen is not None:
        return _twice_without_trace(ctx, name, seen)
    result = _read(ctx, data, name, sender.feed)
    try:
        with store.tx(ctx) as tx:
            delivery = _open(tx, data, sha, name, sender)
            if isinstance(result, Refusal):
                _reject(tx, delivery, result)
            else:
                statement = completed(result)
                take(tx, delivery, statement, data)
                commit_staged(ctx, delivery.id or 0, statement)
                commit_funds(ctx, delivery.id or 0, statement)
                listed = commit_listed(ctx, delivery.id or 0, statement)
                take_carried(tx, delivery)
                close(tx, delivery, listed)
            report = report_of(tx.session, ctx, delivery)
            tx.session.flush()
            raise _Rehearsed(report)  # noqa: TRY301 - the one way to undo all of it
    except _Rehearsed as done:
        return replace(done.report, delivery_id=None)


def _twice_without_trace(ctx: Context, name: str, seen: Delivery) -> DeliveryReport:
    with store.reading(ctx) as session:
        report = report_of(session, ctx, seen)
    message = _already(seen)
    empty = dict.fromkeys(report.counts, 0)
    return replace(
        report, file=name, state="duplicate", message=message, counts=empty, delivery_id=None,
        anomalies=(),
    )  # fmt: skip


def archived(ctx: Context, data: bytes, name: str, sender: Sender) -> Delivery | DeliveryReport:
    """Keep the bytes of a file and open its delivery; a file already known is told at once.

    The turn of the file is held. A delivery that a crash left half way is given back.
    """
    sha = hashlib.sha256(data).hexdigest()
    with store.reading(ctx) as session:
        seen = _seen(session, ctx, sha)
    if seen is not None:
        return _again(ctx, seen, data, name, sender) if seen.state in FINAL else seen
    _keep(ctx, data)
    with store.tx(ctx) as tx:
        return _open(tx, data, sha, name, sender)


def _keep(ctx: Context, data: bytes) -> str:
    """Keep bytes in the archive; a disk that cannot take them is a reason, not a defect."""
    try:
        return store.save_blob(ctx, data)
    except OSError as error:
        raise FeedError(
            f"L'archive ne peut pas garder ce fichier ({error.strerror}) : faites de la place sur "
            "le disque, puis recommencez. Rien n'a été enregistré."
        ) from error


def _seen(session: Session, ctx: Context, sha: str) -> Delivery | None:
    query = select(Delivery).where(
        Delivery.firm_id == ctx.firm_id,
        Delivery.sha256 == sha,
        col(Delivery.state).not_in(FORGOTTEN),
    )
    return session.exec(query.order_by(col(Delivery.id))).first()


def _open(tx: store.Tx, data: bytes, sha: str, name: str, sender: Sender) -> Delivery:
    delivery = Delivery(
        firm_id=tx.ctx.firm_id,
        file_name=name,
        sha256=sha,
        size=len(data),
        received_at=tx.ctx.now,
        channel=sender.channel,
        asked_feed=sender.feed or "",
        for_contact_id=sender.contact_id,
        state="received",
    )
    tx.add(delivery)
    note(tx, delivery, "received")
    tx.audit("receive", "delivery", delivery.id, after={"sha256": sha, "channel": sender.channel})
    return delivery


def _already(seen: Delivery) -> str:
    at = seen.received_at.astimezone(PARIS)
    return (
        f"Ce fichier a déjà été reçu le {french.day(at.date())} à {at:%H:%M} "
        f"(livraison {seen.id}) : rien n'a changé."
    )


def _again(ctx: Context, seen: Delivery, data: bytes, name: str, sender: Sender) -> DeliveryReport:
    """Say that a file is already known; a contact named now takes what was to attach."""
    if sender.contact_id is not None and _waits(ctx, seen):
        from o2s_core.aggregation.attaching import attach_all

        return attach_all(ctx, seen.id or 0, sender.contact_id)
    with store.tx(ctx) as tx:
        delivery = _open(tx, data, seen.sha256, name, sender)
        delivery.duplicate_of = seen.id
        delivery.feed_id, delivery.format = seen.feed_id, seen.format
        delivery.message = _already(seen)
        note(tx, delivery, "duplicate")
        return report_of(tx.session, ctx, delivery)


def _waits(ctx: Context, seen: Delivery) -> bool:
    with store.reading(ctx) as session:
        query = select(DeliveryAccount.id).where(
            DeliveryAccount.firm_id == ctx.firm_id,
            DeliveryAccount.delivery_id == seen.id,
            DeliveryAccount.state == "to_attach",
        )
        return session.exec(query).first() is not None


def advance(ctx: Context, delivery_id: int) -> DeliveryReport:
    """Take a delivery from the state it is in to its end; each step is a transaction."""
    with store.reading(ctx) as session:
        delivery = one_delivery(session, ctx, delivery_id)
    if delivery.state in {"received", "read", "checked", "matched"}:
        data = store.blob(ctx, delivery.sha256)
        _step(ctx, delivery, _read(ctx, data, delivery.file_name, delivery.asked_feed), data)
    return finish(ctx, delivery_id)


def finish(ctx: Context, delivery_id: int) -> DeliveryReport:
    """Commit what is prepared, and give the delivery its final state."""
    with store.reading(ctx) as session:
        delivery = one_delivery(session, ctx, delivery_id)
        if delivery.state in FINAL - {"quarantined", "partly_committed", "committed"}:
            return report_of(session, ctx, delivery)
    statement = statement_of(ctx, delivery)
    commit_staged(ctx, delivery_id, statement)
    commit_funds(ctx, delivery_id, statement)
    with store.tx(ctx) as tx:
        delivery = one_delivery(tx.session, ctx, delivery_id)
        listed = commit_listed(ctx, delivery_id, statement)
        take_carried(tx, delivery)
        close(tx, delivery, listed)
        reconcile_delivery(tx, delivery_id, accounts_of(tx.session, ctx, delivery_id))
        report = report_of(tx.session, ctx, delivery)
    log.info("delivery.done", extra={"delivery": delivery_id, "state": report.state})
    return report


def _step(ctx: Context, delivery: Delivery, result: Statement | Refusal, data: bytes) -> None:
    if isinstance(result, Refusal):
        with store.tx(ctx) as tx:
            _reject(tx, one_delivery(tx.session, ctx, delivery.id or 0), result)
        return
    statement = completed(result)
    sha = _keep(ctx, pack(statement))
    with store.tx(ctx) as tx:
        row = one_delivery(tx.session, ctx, delivery.id or 0)
        row.statement_blob = sha
        take(tx, row, statement, data)


def one_delivery(session: Session, ctx: Context, delivery_id: int) -> Delivery:
    """Return a delivery of the firm."""
    query = select(Delivery).where(Delivery.firm_id == ctx.firm_id, Delivery.id == delivery_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFoundError("Livraison", delivery_id)
    return found


def _read(ctx: Context, data: bytes, name: str, feed: str | None) -> Statement | Refusal:
    """Read a file apart, with the mapping of its feed when one is named."""
    texts = mapping_texts(ctx)
    spec = _asked_mapping(ctx, feed, texts)
    with store.reading(ctx) as session:
        given = agreed_reading(session, ctx, feed or "", data, name)
    result = read_apart(data, name, spec=spec, mappings=list(texts.values()), given=given)
    if isinstance(result, Refusal):
        return result
    with store.reading(ctx) as session:
        known = specs(texts)
        agreed = (
            feed_named(session, ctx, feed, known)
            if feed
            else feed_of(session, ctx, result, data, known)
        )
    refusal = refusal_of(result, agreed, expected=agreed.format if feed else "")
    return refusal or as_agreed(result, agreed)


def _asked_mapping(
    ctx: Context, feed: str | None, texts: dict[str, MappingText]
) -> MappingText | None:
    if not feed:
        return None
    with store.reading(ctx) as session:
        return texts.get(feed_named(session, ctx, feed, specs(texts)).mapping_code)


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


def _reject(tx: store.Tx, delivery: Delivery, refusal: Refusal) -> None:
    delivery.format, delivery.message = refusal.format, refusal.message
    keep_anomalies(tx, delivery, _fatal(refusal))
    happened(tx, delivery, "read")
    note(tx, delivery, "rejected")
    tx.audit("reject", "delivery", delivery.id, after={"code": refusal.code})


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


def close(tx: store.Tx, delivery: Delivery, listed: Listed | None = None) -> None:
    """Give a delivery the state that its accounts, supports or prices are in."""
    accounts = _states(tx.session, tx.ctx, delivery.id or 0)
    funds = fund_states(tx.session, tx.ctx, delivery.id or 0)
    states = [*accounts, *funds]
    waiting = [s for s in states if s in {"to_attach", "quarantined"}]
    state = "committed"
    if waiting or (not states and delivery.errors):
        state = "quarantined" if len(waiting) == len(states) else "partly_committed"
    delivery.message = told_of_funds(funds) if funds else _told(accounts)
    if listed is not None and not states:
        state, delivery.message = listed.state, listed.message
    elif delivery.state in FINAL and not states:
        state = delivery.state
    if is_superseded(tx.session, tx.ctx, delivery, state):
        state = "superseded"
    if delivery.state != state:
        note(tx, delivery, state)
    mark_superseded(tx, delivery.id or 0)


def accounts_of(session: Session, ctx: Context, delivery_id: int) -> set[int]:
    """Return the accounts of which a delivery gave figures."""
    query = select(DeliveryAccount.account_id).where(
        DeliveryAccount.firm_id == ctx.firm_id,
        DeliveryAccount.delivery_id == delivery_id,
        col(DeliveryAccount.state).in_(("committed", "unchanged")),
    )
    return {id_ for id_ in session.exec(query) if id_ is not None}


def _states(session: Session, ctx: Context, delivery_id: int) -> Sequence[str]:
    query = select(DeliveryAccount.state).where(
        DeliveryAccount.firm_id == ctx.firm_id, DeliveryAccount.delivery_id == delivery_id
    )
    return session.exec(query).all()


def _told(states: Sequence[str]) -> str:
    """Return in one sentence what became of the accounts."""
    names = {
        "committed": ("validé", "validés"),
        "unchanged": ("inchangé", "inchangés"),
        "to_attach": ("à rattacher", "à rattacher"),
        "quarantined": ("en quarantaine", "en quarantaine"),
        "ignored": ("ignoré", "ignorés"),
    }
    counts = {state: states.count(state) for state in names}
    parts = [f"{n} {names[s][n > 1]}" for s, n in counts.items() if n]
    return f"Comptes : {', '.join(parts)}." if parts else "Aucun compte dans ce fichier."
