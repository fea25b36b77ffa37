"""How much processor a statement takes: its figures, its pages, its workbook."""

import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from o2s_core import contacts, reporting
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import DataError

CLIENTS: Final = 50
MADE: Final = 200
T = TypeVar("T")


def measure_statements(ctx: Context, codes: Sequence[str]) -> dict[str, Any]:
    """Make two hundred statements of the firm's clients once warm, every section shown.

    Seconds are those of the processor: the pages of all, beside the gathering of the same
    figures. `*_ms` are for one; `grown_mb` is the memory that the two hundred left behind.
    """
    scopes = [contacts.scope(ctx, "contact", code) for code in codes[:CLIENTS]]
    if not scopes:
        raise DataError("Aucun client avec des avoirs : créez le cabinet de démonstration.")
    reporting.pdf_of(reporting.statement(ctx, scopes[0]))
    figures, said = _timed(lambda: [reporting.statement(ctx, scope) for scope in scopes])
    before = _resident()
    pages, _ = _timed(lambda: [len(reporting.pdf_of(said[n % len(said)])) for n in range(MADE)])
    grown = _resident() - before
    books, _ = _timed(lambda: [len(reporting.xlsx_of(each)) for each in said])
    reference = figures / len(said) * MADE
    return {
        "name": "statement",
        "seconds": round(pages, 3),
        "reference": "figures",
        "reference_seconds": round(reference, 3),
        "ratio": round(pages / max(reference, 1e-9), 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "size": MADE,
        "pdf_ms": round(1000 * pages / MADE, 1),
        "figures_ms": round(1000 * figures / len(said), 1),
        "xlsx_ms": round(1000 * books / len(said), 1),
        "grown_mb": round(grown, 1),
    }


def _timed(run: Callable[[], list[T]]) -> tuple[float, list[T]]:
    start = time.process_time()
    made = run()
    return time.process_time() - start, made


def _resident() -> float:
    """Return the memory that the process holds now, in MB."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * resource.getpagesize() / 1e6
