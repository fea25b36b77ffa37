"""Firm-wide questions, asked in SQL over the segments: one door, always inside the perimeter."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any, Final

import duckdb
import polars as pl

from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import DataError
from o2s_core.store.datasets import DATASETS, Dataset
from o2s_core.store.frames import conform
from o2s_core.store.segments import Segment, folder, live

MEMORY: Final = "2GB"
#: What a query must mention; a query about no client says so on a line of its own.
SCOPE: Final = ("$everyone", "$adviser_ids")
UNSCOPED: Final = "-- about no client:"
#: What a query says to stand on the tables that another text defines: `-- with: package/name`.
SHARED: Final = re.compile(r"^-- with: ([a-z_]+/[a-z_]+)$", re.MULTILINE)
_making = Lock()


def query(
    ctx: Context,
    name: str,
    schema: pl.Schema,
    *,
    frames: Mapping[str, pl.DataFrame] | None = None,
    **params: Any,  # noqa: ANN401
) -> pl.DataFrame:
    """Answer `o2s_core/<package>/sql/<question>.sql` over the segments of the firm.

    In the text a declared dataset is a table of its name, and so is each frame
    of `frames` (rows not published yet). `$firm_id`, `$today`, `$everyone` and
    `$adviser_ids` are bound where they are mentioned; the perimeter must be,
    unless the text says `-- about no client: why`.
    """
    text = statement(name)
    known = {
        "firm_id": ctx.firm_id,
        "today": ctx.today,
        "everyone": ctx.perimeter.everyone,
        "adviser_ids": sorted(ctx.perimeter.adviser_ids),
    }
    asked = params | {key: value for key, value in known.items() if mentions(text, f"${key}")}
    with _cursor() as cursor:
        for dataset, rows in _tables(ctx, text):
            _view(ctx, cursor, dataset, rows)
        for frame_name, frame in (frames or {}).items():
            cursor.register(frame_name, frame)
        answer = cursor.sql(text, params=asked or None).pl()
    return conform(answer, schema, source=name)


@cache
def statement(name: str) -> str:
    """Return the text of a query; one that forgets the perimeter is refused."""
    text = _text(name)
    if shared := SHARED.search(text):
        text = f"{_text(shared[1])}\n{text}"
    if UNSCOPED not in text and not all(mentions(text, word) for word in SCOPE):
        raise ValueError(f"{name}.sql forgets the perimeter ({' and '.join(SCOPE)})")
    return text


def _text(name: str) -> str:
    package, question = name.split("/")
    return (files("o2s_core") / package / "sql" / f"{question}.sql").read_text()


def mentions(text: str, word: str) -> bool:
    """Return whether a query uses a parameter or a table of that name."""
    return re.search(rf"(?<![\w$]){re.escape(word)}\b", text) is not None


def _tables(ctx: Context, text: str) -> Iterator[tuple[Dataset, list[Segment]]]:
    """Yield each dataset that a query reads with its live segments, listed once."""
    read = [dataset for dataset in DATASETS.values() if mentions(text, dataset.name)]
    if not read:
        return
    rows = live(ctx, *(dataset.name for dataset in read))
    for dataset in read:
        own = [row for row in rows if row.dataset == dataset.name]
        if any(row.shape != dataset.shape for row in own):
            raise DataError(
                "Les vues d'ensemble datent d'une version précédente de l'application : "
                "elles se reconstruisent, réessayez dans quelques minutes."
            )
        yield dataset, own


def _view(ctx: Context, cursor: Any, dataset: Dataset, rows: list[Segment]) -> None:  # noqa: ANN401
    """Give the segments of a dataset its name; without any, an empty table of its columns."""
    if rows:
        listed = ", ".join(_quoted(str(folder(ctx) / row.path)) for row in rows)
        source = f"read_parquet([{listed}])"
    else:
        source = f'"{dataset.name}__empty"'
        cursor.register(f"{dataset.name}__empty", dataset.schema.to_frame())
    cursor.execute(f'create or replace temp view "{dataset.name}" as from {source}')


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"


@contextmanager
def _cursor() -> Iterator[Any]:
    """Lend a connection of one thread and one query; its views vanish with it."""
    with _making:
        cursor = _database().cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@cache
def _database() -> Any:  # noqa: ANN401
    """Return the process's DuckDB: in memory, without extension, without a file."""
    return duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": "",
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
