"""What a file would give under a mapping being written: tried apart, nothing stored."""

import tempfile
import zipfile
from dataclasses import asdict, dataclass, field, fields
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import orjson
import polars as pl
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from o2s_core import store
from o2s_core.aggregation.known_mappings import mapping_texts
from o2s_core.aggregation.limits import too_large
from o2s_core.aggregation.mapping.detection import detect
from o2s_core.aggregation.mapping.drafting import Draft, guess
from o2s_core.aggregation.mapping.fields import evaluate
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.loading import MappingProblem, load
from o2s_core.aggregation.mapping.preview import Preview, explain
from o2s_core.aggregation.mapping.reading import grid_of
from o2s_core.aggregation.models import Delivery
from o2s_core.aggregation.sandbox import run_apart
from o2s_core.aggregation.statement import Refusal
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.french import day
from o2s_core.kernel.permissions import Permission
from o2s_core.kernel.untrusted import stay_small

#: What the operations of a sample are called, and how many rows say so.
WORDINGS: Final = pl.Schema({"wording": pl.String(), "rows": pl.UInt32()})
FRAMES: Final = ("first_rows", "raw", "anomalies", "totals")


@dataclass(frozen=True, slots=True)
class Trial:
    """A file tried under a mapping: what it gives, or what is wrong with the mapping."""

    preview: Preview | None = None
    problems: tuple[MappingProblem, ...] = ()
    wordings: pl.DataFrame = field(default_factory=WORDINGS.to_frame)
    refusal: Refusal | None = None  #: the file could not even be looked at


@dataclass(frozen=True, slots=True)
class Recognition:
    """An unknown file looked at: the mappings that fit, and a draft of its own."""

    fitting: tuple[tuple[str, str, float], ...] = ()  #: code, label, score; best first
    document: dict[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    refusal: Refusal | None = None


def try_mapping(ctx: Context, data: bytes, file_name: str, text: str) -> Trial:
    """Return what a file would give under the text of a mapping; store nothing."""
    ctx.require(Permission.FEED_READ)
    found = load(text)
    if not isinstance(found, MappingSpec):
        return Trial(problems=tuple(found))
    result = _apart("try", data, file_name, [text])
    if isinstance(result, Refusal):
        return Trial(refusal=result)
    head, frames = result
    made: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in head.items()}
    made |= {name: frames[name] for name in FRAMES}
    made["refusal"] = Refusal(**head["refusal"]) if head["refusal"] else None
    return Trial(Preview(**made), wordings=frames["wordings"])


def recognise(ctx: Context, data: bytes, file_name: str) -> Recognition:
    """Return which mappings fit a file, and the draft of a new one."""
    ctx.require(Permission.FEED_READ)
    known = [mapping.text for mapping in mapping_texts(ctx).values()]
    result = _apart("recognise", data, file_name, known)
    if isinstance(result, Refusal):
        return Recognition(refusal=result)
    head, _ = result
    if head.get("refusal"):
        return Recognition(refusal=Refusal(**head["refusal"]))
    return Recognition(
        tuple((code, label, score) for code, label, score in head["fitting"]),
        head["document"],
        tuple(head["columns"]),
    )


def samples(ctx: Context) -> dict[int, str]:
    """Return the flat files received that the user may try a mapping on, the newest first.

    A delivery speaks of several advisers' clients: it is offered to those who see
    the whole firm, and to whoever brought it.
    """
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        rows = session.exec(_readable(ctx).order_by(col(Delivery.received_at).desc()).limit(50))
        return {row.id or 0: f"{row.file_name} ({day(row.received_at.date())})" for row in rows}


def sample(ctx: Context, delivery_id: int) -> tuple[str, bytes]:
    """Return the name and the bytes of a flat file received.

    Raises
    ------
    NotFoundError
        No such delivery, or not for this user.
    """
    ctx.require(Permission.FEED_READ)
    with store.reading(ctx) as session:
        row = session.exec(_readable(ctx).where(Delivery.id == delivery_id)).first()
    if row is None:
        raise NotFoundError("Livraison", delivery_id)
    return row.file_name, store.blob(ctx, row.sha256)


def _readable(ctx: Context) -> SelectOfScalar[Delivery]:
    query = select(Delivery).where(
        Delivery.firm_id == ctx.firm_id, col(Delivery.format).in_(("csv", "xlsx"))
    )
    if ctx.perimeter.everyone:
        return query
    return query.where(col(Delivery.created_by).is_not(None), Delivery.created_by == ctx.user_id)


def _apart(
    action: str, data: bytes, file_name: str, texts: list[str]
) -> tuple[dict[str, Any], dict[str, pl.DataFrame]] | Refusal:
    if refusal := too_large(len(data), "upload"):
        return refusal
    with tempfile.TemporaryDirectory(prefix="o2s-try-") as name:
        folder = Path(name)
        (folder / "data").write_bytes(data)
        asked = {"action": action, "file_name": file_name, "texts": texts}
        (folder / "asked.json").write_bytes(orjson.dumps(asked))
        if problem := run_apart(folder, module="o2s_core.aggregation.trials"):
            return problem
        return _opened((folder / "result").read_bytes())


def _opened(packed: bytes) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        head = orjson.loads(archive.read("head.json"))
        names = [n for n in archive.namelist() if n != "head.json"]
        return head, {name: pl.read_ipc(BytesIO(archive.read(name))) for name in names}


def _packed(head: dict[str, Any], frames: dict[str, pl.DataFrame]) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("head.json", orjson.dumps(head))
        for name, frame in frames.items():
            table = BytesIO()
            frame.write_ipc(table)
            archive.writestr(name, table.getvalue())
    return held.getvalue()


def child(folder: Path) -> None:
    """Look at what the folder holds, within limits, and leave the result beside it."""
    stay_small()
    asked = orjson.loads((folder / "asked.json").read_bytes())
    data, name = (folder / "data").read_bytes(), asked["file_name"]
    if asked["action"] == "recognise":
        result = _packed(_recognised(data, name, asked["texts"]), {})
    else:
        result = _tried(data, name, asked["texts"][0])
    (folder / "result").write_bytes(result)


def _recognised(data: bytes, file_name: str, texts: list[str]) -> dict[str, Any]:
    known = [spec for text in texts if isinstance(spec := load(text), MappingSpec)]
    fitting = [
        (c.spec.code, c.spec.label or c.spec.code, c.score) for c in detect(data, file_name, known)
    ]
    draft = guess(data, file_name)
    if not isinstance(draft, Draft):
        return {"refusal": asdict(draft)}
    return {"fitting": fitting, "document": draft.document, "columns": draft.columns}


def _tried(data: bytes, file_name: str, text: str) -> bytes:
    spec = load(text)
    if not isinstance(spec, MappingSpec):
        raise TypeError(text)
    preview = explain(data, file_name, spec)
    plain = [f.name for f in fields(Preview) if f.name not in {*FRAMES, "refusal"}]
    head = {name: getattr(preview, name) for name in plain}
    head["refusal"] = asdict(preview.refusal) if preview.refusal else None
    frames = {name: getattr(preview, name) for name in FRAMES}
    return _packed(head, frames | {"wordings": _wordings(data, file_name, spec)})


def _wordings(data: bytes, file_name: str, spec: MappingSpec) -> pl.DataFrame:
    """Return what the operations of a file are called, the most frequent first."""
    rule = spec.fields.get("kind")
    grid = grid_of(data, spec)
    if rule is None or not rule.names or isinstance(grid, Refusal):
        return WORDINGS.to_frame()
    bare = rule.model_copy(update={"table": (), "default": None, "required": False})
    asked = spec.model_copy(update={"fields": {"_wording": bare}, "content": ()})
    words = evaluate(grid, asked, file_name).frame["_wording"].drop_nulls()
    counted = words.alias("wording").value_counts(sort=True, name="rows")
    return counted.sort("rows", "wording", descending=[True, False]).head(100).cast(WORDINGS)
