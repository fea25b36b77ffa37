"""What a file would give under a mapping: all that is seen before saving (dry run)."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

import polars as pl

from o2s_core.aggregation.mapping.facts import statement
from o2s_core.aggregation.mapping.fields import Given, evaluate
from o2s_core.aggregation.mapping.grid import Grid
from o2s_core.aggregation.mapping.language import MappingSpec
from o2s_core.aggregation.mapping.reading import grid_of
from o2s_core.aggregation.statement import ANOMALIES, RAW, Refusal, Statement

FIRST_ROWS: Final = 20
#: What was summed, in which currency, how much.
TOTALS: Final = pl.Schema(
    {"currency": pl.String(), "rows": pl.UInt32(), "amount": pl.Decimal(38, 8)}
)


@dataclass(frozen=True, slots=True)
class Preview:
    """A file read under a mapping, nothing stored."""

    encoding: str = ""
    separator: str = ""
    header_line: int = 0
    columns: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()  #: columns that no field reads
    first_rows: pl.DataFrame = field(default_factory=pl.DataFrame)  #: locator, state, the fields
    raw: pl.DataFrame = field(default_factory=lambda: RAW.to_frame())  #: the same rows, verbatim
    anomalies: pl.DataFrame = field(default_factory=lambda: ANOMALIES.to_frame())  #: all of them
    totals: pl.DataFrame = field(default_factory=lambda: TOTALS.to_frame())
    rows: int = 0
    mapped: int = 0
    ignored: int = 0
    errors: int = 0
    accounts: int = 0
    refusal: Refusal | None = None

    @property
    def acceptable(self) -> bool:
        """Return whether the file would be imported, in whole or in part."""
        fatal = self.anomalies.filter(pl.col("severity") == "fatal")
        return self.refusal is None and fatal.is_empty() and self.mapped > 0


def explain(data: bytes, file_name: str, spec: MappingSpec, given: Given | None = None) -> Preview:
    """Return what was detected, the first mapped rows and every error; store nothing."""
    grid = grid_of(data, spec)
    if isinstance(grid, Refusal):
        return Preview(refusal=grid)
    read = statement(grid, spec, file_name, given)
    seen = _seen(grid, spec, file_name, given)
    if isinstance(read, Refusal):
        return replace(seen, refusal=read)
    return replace(
        seen,
        anomalies=read.anomalies,
        totals=_totals(read),
        rows=read.rows,
        mapped=read.mapped,
        ignored=read.ignored,
        errors=read.errors,
        accounts=read.accounts.height,
    )


def _seen(grid: Grid, spec: MappingSpec, file_name: str, given: Given | None) -> Preview:
    """Return what is seen whether or not the file is refused."""
    used = {at for rule in spec.fields.values() for n in rule.names if (at := grid.position([n]))}
    used |= {rule.position for rule in spec.fields.values() if rule.position}
    return Preview(
        encoding=grid.encoding,
        separator=grid.separator,
        header_line=grid.header_line,
        columns=grid.columns,
        unread=tuple(c for at, c in enumerate(grid.columns, start=1) if at not in used),
        first_rows=_first_rows(grid, spec, file_name, given),
        raw=grid.raw.head(FIRST_ROWS),
    )


def _first_rows(grid: Grid, spec: MappingSpec, file_name: str, given: Given | None) -> pl.DataFrame:
    mapped = evaluate(grid, spec, file_name, given).frame
    shown = [n for n in mapped.columns if not n.startswith(("_", "window"))]
    state = ["locator", "state"]
    return mapped.head(FIRST_ROWS).select(*state, *(n for n in shown if n not in state))


def _totals(read: Statement) -> pl.DataFrame:
    """Sum what the file tells, by currency: values of lines, or net of movements."""
    lines = read.lines.select("currency", amount=pl.col("value"))
    movements = read.movements.select("currency", amount=pl.col("net"))
    every = pl.concat([lines, movements])
    grouped = every.group_by("currency", maintain_order=True).agg(
        rows=pl.len(), amount=pl.col("amount").sum().fill_null(Decimal(0))
    )
    return grouped.sort("currency").cast(TOTALS)
