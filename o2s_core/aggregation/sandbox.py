"""How a file from outside is parsed apart: in a process of its own, with little memory and time."""

import contextlib
import logging
import os
import resource
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import orjson

from o2s_core.aggregation.formats import recognise
from o2s_core.aggregation.mapping.fields import Given
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.loading import load
from o2s_core.aggregation.packing import pack, unpack
from o2s_core.aggregation.readers import read
from o2s_core.aggregation.standby import Child, Standby
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel.errors import FeedError

log = logging.getLogger(__name__)

ADDRESS_SPACE: Final = (
    4_000_000_000  #: bytes a parser may reserve; polars reserves far more than it uses
)
RESIDENT: Final = 1_500_000_000  #: bytes it may really hold
SECONDS: Final = 60.0
BEAT: Final = 0.02  #: seconds between two looks at the child
#: Where the children of this process come from.
STANDBY: Final = Standby()


@dataclass(frozen=True, slots=True)
class MappingText:
    """A mapping as it is stored: the child reads it again, nothing executable passes."""

    text: str
    revision: int | None = None


def read_apart(
    data: bytes,
    file_name: str,
    *,
    spec: MappingText | None = None,
    mappings: Sequence[MappingText] = (),
    given: Given | None = None,
    seconds: float = SECONDS,
) -> Statement | Refusal:
    """Return what a file says, parsed in a process that may die without harm."""
    with tempfile.TemporaryDirectory(prefix="o2s-read-") as name:
        folder = Path(name)
        (folder / "data").write_bytes(data)
        asked = {
            "file_name": file_name,
            "spec": _plain(spec),
            "mappings": [_plain(m) for m in mappings],
            "given": {k: v if isinstance(v, str) else {"day": v} for k, v in (given or {}).items()},
        }
        (folder / "asked.json").write_bytes(orjson.dumps(asked))
        problem = run_apart(folder, seconds)
        if problem:
            return problem
        return unpack((folder / "result").read_bytes())


def _plain(mapping: MappingText | None) -> dict[str, Any] | None:
    return None if mapping is None else {"text": mapping.text, "revision": mapping.revision}


def run_apart(
    folder: Path, seconds: float = SECONDS, module: str = "o2s_core.aggregation.sandbox"
) -> Refusal | None:
    """Run `module.child` apart and watch it; return why it was stopped, None when it ended well."""
    child = STANDBY.child(module, folder)
    try:
        stopped = _watch(child, seconds)
    finally:
        child.end()
    if stopped:
        return stopped
    if child.returncode == 0 and (folder / "result").exists():
        return None
    log.warning("sandbox.died", extra={"returncode": child.returncode})
    return _refused("La lecture de ce fichier a échoué brutalement : il est abîmé ou hostile.")


def _watch(child: Child, seconds: float) -> Refusal | None:
    deadline = time.monotonic() + seconds
    while True:
        if time.monotonic() > deadline:
            return _refused(
                f"La lecture de ce fichier prend plus de {seconds:.0f} secondes : découpez-le."
            )
        if max(child.peak, _resident(child.pid)) > RESIDENT:
            return _refused("Ce fichier demande trop de mémoire une fois ouvert : découpez-le.")
        if child.returncode is not None:
            return None
        child.ended(BEAT)


def _resident(pid: int) -> int:
    """Return the bytes that a process really holds, 0 where the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def _refused(message: str) -> Refusal:
    return Refusal("", "F04", message)


def stay_small() -> None:
    """Give this process the limits of a parser of untrusted files."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def child(folder: Path) -> None:
    """Parse what the folder holds, within limits, and leave the result beside it."""
    stay_small()
    asked = orjson.loads((folder / "asked.json").read_bytes())
    data = (folder / "data").read_bytes()
    if recognise(data, asked["file_name"]) not in {"csv", "xlsx"}:
        asked |= {"spec": None, "mappings": []}  # mappings are slow to load, and of no use here
    result = read(
        data,
        asked["file_name"],
        spec=_spec(asked["spec"]) if asked["spec"] else None,
        mappings=[_spec(m) for m in asked["mappings"]],
        given={k: _given(v) for k, v in asked["given"].items()},
    )
    (folder / "result").write_bytes(pack(result))


def _spec(mapping: Mapping[str, Any]) -> MappingSpec:
    spec = load(mapping["text"], revision=mapping["revision"])
    if not isinstance(spec, MappingSpec):
        raise FeedError("; ".join(map(str, spec)))
    return spec


def _given(value: str | dict[str, str]) -> str | date:
    return value if isinstance(value, str) else date.fromisoformat(value["day"])
