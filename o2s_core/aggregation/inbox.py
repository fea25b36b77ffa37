"""Which files wait in the folder, and are they whole? (dossier de réception)."""

import logging
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from o2s_core.aggregation import limits
from o2s_core.aggregation.exclusion import BusyError, alone
from o2s_core.aggregation.feed.catalogue import feeds
from o2s_core.aggregation.receiving import receive_files
from o2s_core.aggregation.refusing import refuse_file
from o2s_core.aggregation.report import DeliveryReport
from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import O2SError
from o2s_core.kernel.permissions import Permission

log = logging.getLogger(__name__)

#: Seconds between the two looks that tell whether a file still grows.
LOOK: Final = 2.0
READY: Final = ".ok"  #: a companion file that says that the file is whole
UNKNOWN: Final = "_non_reconnu"
REFUSED: Final = "_refuse"

Look = Mapping[Path, tuple[int, int]]  #: file -> size, time of its last change


@dataclass(frozen=True, slots=True)
class Found:
    """A file that waits in the folder of a feed."""

    path: Path
    feed: str


def folder(place: Place) -> Path:
    """Return the folder that partners, or people, put files into."""
    return place.home / "inbox"


def inbox_watch(ctx: Context, *, pause: float = LOOK) -> tuple[DeliveryReport, ...]:
    """Take every whole file of the inbox, feed by feed, and receive it.

    A file is taken when its size and its date are the same at two looks, or when
    a companion `.ok` says that it is whole. It is moved aside first, so that two
    processes never take the same. A feed that somebody else is taking is left.
    """
    ctx.require(Permission.FEED_RECEIVE)
    root = folder(ctx.place)
    if not root.is_dir():
        return ()
    _set_aside_unknown(ctx, root)
    codes = set(feeds(ctx).filter(pl.col("active"))["code"])
    reports: list[DeliveryReport] = []
    resumed = list(_left_over(ctx, codes))
    waiting = list(_waiting(root, codes))
    for found in resumed + _whole(waiting, pause):
        try:
            with alone(ctx.place, f"feed-{ctx.firm_id}-{found.feed}"):
                reports += _taken(ctx, found)
        except BusyError:
            continue
    return tuple(reports)


def _waiting(root: Path, codes: set[str]) -> Iterator[Found]:
    for own in sorted(p for p in root.iterdir() if p.is_dir() and p.name in codes):
        for path in sorted(p for p in own.iterdir() if p.is_file() and not p.is_symlink()):
            if not limits.is_unfinished(path.name) and path.suffix != READY:
                yield Found(path, own.name)


def _whole(waiting: list[Found], pause: float) -> list[Found]:
    """Return the files that no longer change; those told to be ready need no second look."""
    told = [f for f in waiting if _companion(f.path).exists()]
    others = [f for f in waiting if f not in told]
    before = {f.path: _state(f.path) for f in others}
    if others:
        time.sleep(pause)
    return told + [f for f in others if before[f.path] and _state(f.path) == before[f.path]]


def _companion(path: Path) -> Path:
    return path.with_name(path.name + READY)


def _state(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.stat()
        with path.open("rb"):
            return seen.st_size, seen.st_mtime_ns
    except OSError:
        return None


def _processing(place: Place, feed: str) -> Path:
    return place.home / "processing" / feed


def _left_over(ctx: Context, codes: set[str]) -> Iterator[Found]:
    """Return the files that a process took and never finished with."""
    root = ctx.place.home / "processing"
    for own in sorted(p for p in root.glob("*") if p.is_dir() and p.name in codes):
        yield from (Found(path, own.name) for path in sorted(own.iterdir()) if path.is_file())


def _taken(ctx: Context, found: Found) -> tuple[DeliveryReport, ...]:
    """Move a file aside in one step, receive it, and let it go: its bytes are archived."""
    aside = _processing(ctx.place, found.feed) / found.path.name
    if found.path != aside:
        try:
            aside.parent.mkdir(parents=True, exist_ok=True)
            found.path.rename(aside)
        except FileNotFoundError:
            return ()
        except OSError as error:
            return (_left(found, error),)
        _companion(found.path).unlink(missing_ok=True)
    try:
        reports = receive_files(ctx, aside, feed=found.feed, channel="inbox")
    except OSError as error:
        return (_left(found, error),)
    except O2SError as error:
        log.warning("inbox.refused", extra={"feed": found.feed})
        _move(aside, folder(ctx.place) / REFUSED)
        return (DeliveryReport(aside.name, found.feed, "rejected", str(error)),)
    aside.unlink(missing_ok=True)
    return reports


def _left(found: Found, error: OSError) -> DeliveryReport:
    """Say why a file stays where it is: a folder that is read-only, a full disk."""
    log.warning("inbox.left", extra={"feed": found.feed, "errno": error.errno})
    message = (
        f"Le fichier ne peut pas être traité ({error.strerror}) : vérifiez les droits du dossier "
        "et la place sur le disque. Il sera repris ensuite."
    )
    return DeliveryReport(found.path.name, found.feed, "rejected", message)


def _set_aside_unknown(ctx: Context, root: Path) -> None:
    """Put away what lies outside the folder of a feed, and say so on screen."""
    strays = [p for p in root.iterdir() if p.is_file() and not limits.is_unfinished(p.name)]
    for path in strays:
        if time.time() - path.stat().st_mtime < LOOK:
            continue
        _move(path, root / UNKNOWN)
        refuse_file(ctx, limits.safe_name(path.name), None, "inbox", _STRAY)


_STRAY: Final = Refusal(
    "", "F05", f"Fichier déposé hors du dossier d'un flux : il est rangé dans « {UNKNOWN} ». "
    "Déposez-le dans le dossier de son flux.",
)  # fmt: skip


def _move(path: Path, into: Path) -> None:
    """Move a file without ever covering another of the same name."""
    into.mkdir(parents=True, exist_ok=True)
    target = into / path.name
    rank = 1
    while target.exists():
        target = into / f"{path.stem}-{rank}{path.suffix}"
        rank += 1
    shutil.move(path, target)
