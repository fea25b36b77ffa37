"""What the store does by itself: collect, forget, note the head of the trail, back up."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from o2s_core.kernel.context import Context, Place
from o2s_core.store.audit_trail import record_head
from o2s_core.store.backups import backup
from o2s_core.store.jobs import purge_jobs
from o2s_core.store.schedule import recur
from o2s_core.store.segments import collect_garbage
from o2s_core.store.worker import Handler, Work

SUFFIX: Final = ".o2sbackup"
DAY: Final = timedelta(days=1)

#: How often the store's own work comes back.
RECURRING: Final[Mapping[str, timedelta]] = {
    "store.collect": DAY / 4,
    "store.audit_head": DAY,
    "store.forget_jobs": DAY,
    "store.backup": DAY,
}


def plan(ctx: Context, recurring: Mapping[str, timedelta] | None = None) -> None:
    """Have recurring work asked for from now on (the store's own by default); harmless again."""
    for kind, every in (recurring or RECURRING).items():
        recur(ctx, kind, every)


def _collect(work: Work) -> dict[str, Any]:
    return {"files": collect_garbage(work.context)}


def _audit_head(work: Work) -> None:
    record_head(work.context)


def _forget_jobs(work: Work) -> dict[str, Any]:
    return {"jobs": purge_jobs(work.context, 30 * DAY)}


def _backup(work: Work) -> dict[str, Any]:
    """Write today's backup under the key file, beside the home, and let old ones go."""
    ctx = work.context
    target = backups_folder(work.place)
    target.mkdir(parents=True, exist_ok=True)
    report = backup(work.place, target / f"{ctx.today:%Y-%m-%d}{SUFFIX}", now=ctx.now)
    removed = rotate(target)
    return {"file": report.path.name, "bytes": report.size, "removed": removed}


def backups_folder(place: Place) -> Path:
    """Return where the daily backups go: beside the data, never inside."""
    return place.home.with_name(f"{place.home.name}-sauvegardes")


def rotate(target: Path) -> int:
    """Remove the backups that no rule keeps; return how many."""
    files = {_day(path): path for path in target.glob(f"*{SUFFIX}") if _is_day(path)}
    gone = set(files) - kept(sorted(files))
    for day in gone:
        files[day].unlink()
    return len(gone)


def kept(days: Sequence[date]) -> set[date]:
    """Return which days of backup to keep: the last 7, one for 4 weeks, one for 12 months."""
    last_of_week = {day.isocalendar()[:2]: day for day in sorted(days)}
    last_of_month = {(day.year, day.month): day for day in sorted(days)}
    weeks, months = sorted(last_of_week.values()), sorted(last_of_month.values())
    return {*sorted(days)[-7:], *weeks[-4:], *months[-12:]}


def _is_day(path: Path) -> bool:
    try:
        _day(path)
    except ValueError:
        return False
    return True


def _day(path: Path) -> date:
    return datetime.strptime(path.stem, "%Y-%m-%d").date()  # noqa: DTZ007 (a civil day)


#: Who does the store's own work.
HANDLERS: Final[Mapping[str, Handler]] = {
    "store.collect": _collect,
    "store.audit_head": _audit_head,
    "store.forget_jobs": _forget_jobs,
    "store.backup": _backup,
}
