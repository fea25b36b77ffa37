"""How a file appears in the store: whole and durable, or not at all."""

import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Final

TEMPORARY: Final = ".tmp"


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside, force to disk, rename: a reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}-{uuid.uuid4().hex[:8]}{TEMPORARY}")
    try:
        write(aside)
        force(aside)
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)
    force(path.parent)


def force(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, through a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_line(path: Path, line: str) -> None:
    """Add a line to a file that only grows, durably."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists()
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    if fresh:
        force(path.parent)
