"""What comes of a visit to a partner's server? Each whole file received once, each failure told."""

import asyncio
import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlmodel import Session, col, select

from o2s_core import store
from o2s_core.aggregation import limits
from o2s_core.aggregation.exclusion import BusyError, alone
from o2s_core.aggregation.feed.editing import one_feed
from o2s_core.aggregation.models import Feed, FeedSource, PickedFile
from o2s_core.aggregation.pickup.server import (
    PickUpError,
    RemoteFile,
    Visit,
    fingerprint_of,
    visited,
)
from o2s_core.aggregation.pickup.sources import door_of, next_visit, required_source
from o2s_core.aggregation.receiving import receive_files
from o2s_core.aggregation.refusing import refuse_file
from o2s_core.aggregation.report import DeliveryReport
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import O2SError
from o2s_core.kernel.french import count as counted
from o2s_core.kernel.permissions import Permission

log = logging.getLogger(__name__)

#: Seconds between the two looks that tell whether a file still grows.
LOOK: Final = 2.0
#: Files fetched in one visit; the others at the next.
MOST: Final = 200
#: First wait after a failure, and after a refused identity; four times longer each time.
WAIT: Final = timedelta(minutes=15)
REFUSED_WAIT: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SourceTrial:
    """What trying a connection gave."""

    fingerprint: str  #: of the key that the server shows
    pinned: bool  #: it is the one that is registered
    files: tuple[str, ...] = ()
    message: str = ""


def try_source(ctx: Context, feed_id: int) -> SourceTrial:
    """Try the connection of a feed's source: which key it shows, which files it offers.

    Nothing is fetched. The identity is presented only to a server whose key is
    the registered one.
    """
    ctx.require(Permission.FEED_WRITE)
    with store.reading(ctx) as session:
        row = required_source(session, ctx, feed_id)
    try:
        shown = fingerprint_of(row.host, row.port)
    except PickUpError as error:
        return SourceTrial("", pinned=False, message=str(error))
    if shown != row.fingerprint:
        return SourceTrial(shown, pinned=False, message=_other_key(row))
    try:
        found = visited(door_of(ctx, row), lambda visit: visit.files(row.pattern))
    except PickUpError as error:
        return SourceTrial(shown, pinned=True, message=str(error))
    return SourceTrial(shown, pinned=True, files=tuple(f.name for f in found))


def _other_key(row: FeedSource) -> str:
    if not row.fingerprint:
        return "Aucune empreinte n'est enregistrée : vérifiez celle-ci auprès du partenaire."
    return (
        "La clé du serveur n'est pas celle qui est enregistrée : vérifiez auprès du partenaire "
        "avant de la remplacer."
    )


def sources_due(ctx: Context) -> list[int]:
    """Return the feeds whose server is to be visited now."""
    ctx.require(Permission.FEED_WRITE)
    query = (
        select(FeedSource.feed_id)
        .join(Feed, col(Feed.id) == col(FeedSource.feed_id))
        .where(
            FeedSource.firm_id == ctx.firm_id,
            col(FeedSource.active),
            col(Feed.active),
            col(FeedSource.next_at) <= ctx.now,
        )
    )
    with store.reading(ctx) as session:
        return list(session.exec(query))


def pick_up(ctx: Context, feed_id: int, *, pause: float = LOOK) -> tuple[DeliveryReport, ...]:
    """Fetch what is new on the server of a feed, and receive each file.

    A failure is written on the source, which is tried again later and later; what
    was fetched before it stays received.
    """
    ctx.require(Permission.FEED_WRITE)
    with store.reading(ctx) as session:
        row = required_source(session, ctx, feed_id)
    try:
        with alone(ctx.place, f"pickup-{ctx.firm_id}-{row.id}"):
            return _visit(ctx, row, pause)
    except BusyError:
        return ()


def _visit(ctx: Context, row: FeedSource, pause: float) -> tuple[DeliveryReport, ...]:
    reports: list[DeliveryReport] = []
    try:
        fetched = visited(door_of(ctx, row), lambda visit: _fetched(ctx, row, visit, pause))
        for file, path in fetched:
            reports += _received(ctx, row, file, path)
        stayed = _put_away(ctx, row, [file for file, _ in fetched])
    except (O2SError, OSError) as error:
        _failed(ctx, row, error)
        return tuple(reports)
    _succeeded(ctx, row, len(fetched), stayed)
    return tuple(reports)


async def _fetched(
    ctx: Context, row: FeedSource, visit: Visit, pause: float
) -> list[tuple[RemoteFile, Path | None]]:
    """Bring here the files that are new and whole; None for one that is too large."""
    offered = [f for f in await visit.files(row.pattern) if not limits.is_unfinished(f.name)]
    with store.reading(ctx) as session:
        known = _known(session, ctx, row)
    new = [f for f in offered if (f.name, f.size, f.changed) not in known][:MOST]
    if new:
        await asyncio.sleep(pause)
        again = set(await visit.files(row.pattern))
        new = [f for f in new if f in again]
    brought: list[tuple[RemoteFile, Path | None]] = []
    for file in new:
        if limits.too_large(file.size, "sftp"):
            brought.append((file, None))
            continue
        path = _aside(ctx, row, file)
        await visit.fetch(file, path)
        brought.append((file, path))
    return brought


def _known(session: Session, ctx: Context, row: FeedSource) -> set[tuple[str, int, int]]:
    query = select(PickedFile.name, PickedFile.size, PickedFile.changed).where(
        PickedFile.firm_id == ctx.firm_id, PickedFile.source_id == row.id
    )
    return set(session.exec(query).all())


def _aside(ctx: Context, row: FeedSource, file: RemoteFile) -> Path:
    """Return where a file is brought, the same at each visit, so that a cut one goes on."""
    name = hashlib.sha256(f"{file.name}|{file.size}|{file.changed}".encode()).hexdigest()
    folder = ctx.place.home / "pickup" / str(row.id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def _received(
    ctx: Context, row: FeedSource, file: RemoteFile, path: Path | None
) -> Iterable[DeliveryReport]:
    """Hand a file over to the pipeline as any other, and remember that it came."""
    with store.reading(ctx) as session:
        code = one_feed(session, ctx, row.feed_id).code
    name = limits.safe_name(file.name)
    if path is None:
        refusal = limits.too_large(file.size, "sftp")
        _remember(ctx, row, file, "")
        return [refuse_file(ctx, name, code, "sftp", refusal)] if refusal else []
    data = path.read_bytes()
    sha = hashlib.sha256(data).hexdigest()
    reports = () if _has(ctx, row, sha) else receive_files(
        ctx, data, name, feed=code, channel="sftp"
    )  # fmt: skip
    _remember(ctx, row, file, sha)
    path.unlink()
    return reports


def _has(ctx: Context, row: FeedSource, sha: str) -> bool:
    """Return whether the same bytes already came from this source, under any name or date."""
    query = select(PickedFile.id).where(
        PickedFile.firm_id == ctx.firm_id, PickedFile.source_id == row.id, PickedFile.sha256 == sha
    )
    with store.reading(ctx) as session:
        return session.exec(query).first() is not None


def _remember(ctx: Context, row: FeedSource, file: RemoteFile, sha: str) -> None:
    with store.tx(ctx) as tx:
        tx.add(
            PickedFile(
                firm_id=ctx.firm_id,
                source_id=row.id or 0,
                name=file.name,
                size=file.size,
                changed=file.changed,
                sha256=sha,
                picked_at=ctx.now,
            )
        )


def _put_away(ctx: Context, row: FeedSource, files: list[RemoteFile]) -> int:
    """Do with the received files what was asked; return how many the server kept in place."""
    if row.afterwards == "leave" or not files:
        return 0
    folder = row.moved_to if row.afterwards == "move" else None
    return visited(door_of(ctx, row), lambda visit: visit.put_away(files, folder))


def _failed(ctx: Context, row: FeedSource, error: Exception) -> None:
    """Write why a visit failed, and wait longer before each new one."""
    refused = isinstance(error, PickUpError) and error.refused
    said = str(error) if isinstance(error, O2SError) else _DISK
    with store.tx(ctx) as tx:
        kept = required_source(tx.session, ctx, row.feed_id)
        kept.failures += 1
        first = REFUSED_WAIT if refused else WAIT
        wait = min(first * 4 ** min(kept.failures - 1, 6), LONGEST)
        kept.tried_at, kept.next_at, kept.message = ctx.now, ctx.now + wait, said
        tx.add(kept)
        tx.touch("aggregation")
    log.warning("pickup.failed", extra={"source": row.id, "refused": refused})


_DISK: Final = (
    "Le fichier ne peut pas être gardé ici : vérifiez les droits du dossier et la place sur le "
    "disque."
)


def _succeeded(ctx: Context, row: FeedSource, count: int, stayed: int) -> None:
    with store.tx(ctx) as tx:
        kept = required_source(tx.session, ctx, row.feed_id)
        zone = one_feed(tx.session, ctx, row.feed_id).time_zone
        kept.failures, kept.tried_at, kept.succeeded_at = 0, ctx.now, ctx.now
        kept.next_at = next_visit(kept, ctx.now, zone)
        kept.message = f"Dernière collecte : {counted(count, 'fichier')}."
        if stayed:
            kept.message += (
                f" {counted(stayed, 'fichier')} n'ont pas pu être rangés ou supprimés : demandez "
                "ce droit au partenaire. Ils ne seront pas repris."
            )
        tx.add(kept)
        tx.touch("aggregation")


def pick_up_later(ctx: Context, feed_id: int) -> int:
    """Ask the worker to visit the source of a feed now; return the job."""
    ctx.require(Permission.FEED_WRITE)
    with store.reading(ctx) as session:
        required_source(session, ctx, feed_id)
    return store.enqueue(ctx, "aggregation.pick_up", {"feed": feed_id})
