"""How a file from outside is parsed apart: in a process of its own, with little memory and time."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from o2s_core.aggregation.formats import recognise
from o2s_core.aggregation.mapping.fields import Given
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.loading import load
from o2s_core.aggregation.packing import pack, unpack
from o2s_core.aggregation.readers import read
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel import untrusted
from o2s_core.kernel.errors import FeedError
from o2s_core.kernel.untrusted import SECONDS, stay_small


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
    stopped = untrusted.run_apart(folder, module, seconds)
    return Refusal("", "F04", stopped) if stopped else None


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
