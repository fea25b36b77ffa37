"""How a statement travels whole between two processes and rests in the archive."""

import zipfile
from dataclasses import asdict, fields
from datetime import date
from io import BytesIO
from typing import Any, Final

import orjson
import polars as pl

from o2s_core.aggregation.statement import (
    ACCOUNTS,
    ANOMALIES,
    BROKERS,
    FUND_FACTS,
    FUND_LINES,
    FUNDS,
    HOLDERS,
    LINES,
    MOVEMENTS,
    NUMBERS,
    PARTNERS,
    PRICES,
    RATES,
    RAW,
    SITUATIONS,
    Refusal,
    Statement,
)
from o2s_core.kernel.errors import FeedError

#: Frame of a statement -> its schema.
FRAMES: Final = {
    "accounts": ACCOUNTS,
    "situations": SITUATIONS,
    "lines": LINES,
    "movements": MOVEMENTS,
    "holders": HOLDERS,
    "partners": PARTNERS,
    "brokers": BROKERS,
    "numbers": NUMBERS,
    "funds": FUNDS,
    "fund_facts": FUND_FACTS,
    "fund_lines": FUND_LINES,
    "prices": PRICES,
    "rates": RATES,
    "raw": RAW,
    "anomalies": ANOMALIES,
}
#: Frames that speak of accounts: the others are about supports, or about the file.
OF_ACCOUNTS: Final = tuple(name for name, schema in FRAMES.items() if "external_id" in schema)
_SCALARS: Final = tuple(f.name for f in fields(Statement) if f.name not in FRAMES)


def pack(result: Statement | Refusal) -> bytes:
    """Return a statement or a refusal as bytes: one Arrow table per frame, JSON for the rest."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo("head.json"), orjson.dumps(_head(result)))
        if isinstance(result, Statement):
            for name in FRAMES:
                archive.writestr(zipfile.ZipInfo(name), _arrow(getattr(result, name)))
    return held.getvalue()


def unpack(data: bytes) -> Statement | Refusal:
    """Return what `pack` held, its frames checked against their schemas."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        head = orjson.loads(archive.read("head.json"))
        if head.pop("refused"):
            return Refusal(**head)
        held = set(archive.namelist())
        frames = {
            name: _frame(archive.read(name), schema)
            for name, schema in FRAMES.items()
            if name in held  # a frame that came into being later is empty
        }
    window = head.pop("window")
    days = tuple(date.fromisoformat(day) for day in window) if window else None
    return Statement(**head, **frames, window=days)  # type: ignore[arg-type]


def only(statement: Statement, external_ids: list[str]) -> Statement:
    """Return the part of a statement that speaks of some accounts."""
    wanted = pl.col("external_id").is_in(external_ids)
    kept = {name: getattr(statement, name).filter(wanted) for name in OF_ACCOUNTS}
    return Statement(**{n: getattr(statement, n) for n in _SCALARS}, **kept)


def _head(result: Statement | Refusal) -> dict[str, Any]:
    if isinstance(result, Refusal):
        return {"refused": True} | asdict(result)
    return {"refused": False} | {name: getattr(result, name) for name in _SCALARS}


def _arrow(frame: pl.DataFrame) -> bytes:
    held = BytesIO()
    frame.write_ipc(held, compression="lz4")  # five times less to hash, to write, to keep
    return held.getvalue()


def _frame(data: bytes, schema: pl.Schema) -> pl.DataFrame:
    frame = pl.read_ipc(BytesIO(data))
    if frame.schema != schema:
        raise FeedError("Le contenu préparé est d'une autre version : relancez la lecture.")
    return frame
