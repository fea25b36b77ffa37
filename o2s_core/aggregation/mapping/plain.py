"""How a text without quotes is cut into a table: all rows at once, the odd ones one by one."""

import re
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from o2s_core.aggregation.mapping import grid
from o2s_core.aggregation.mapping.grid import Grid, Line
from o2s_core.aggregation.mapping.language import Reading
from o2s_core.aggregation.statement import Refusal

#: A line longer than this is left to the careful way.
LONGEST: Final = 100_000
#: Share of odd rows above which the careful way is as fast.
ODD: Final = 0.2


def is_plain(text: str, reading: Reading) -> bool:
    """Return whether each line of a text is one row: no quote, no lone carriage return."""
    bent = reading.continuation is not None or reading.unpivot is not None
    return not bent and reading.quote not in text and text.count("\r") == text.count("\r\n")


def build(
    text: str, separator: str, head: Sequence[Line], at: int, reading: Reading
) -> Grid | Refusal | None:
    """Lay the lines of a plain text under the header at index `at` of `head`.

    The same grid as `grid.build` makes of the same rows; None when too many rows
    are odd, or a line is too long, for this way to be of use.
    """
    columns = grid.named(head[at].cells)
    lines = text.count("\n") + (not text.endswith("\n"))
    if len(columns) > grid.MAX_COLUMNS or lines - at - 1 > grid.MAX_ROWS:
        return Refusal("csv", "F04", grid.TOO_LARGE)
    rows = _rows(text, at + 1).filter(_is_filled(separator))
    shape = grid.shape_of(head[at], columns, reading)
    odd = rows.select(_is_odd(separator, shape)).to_series()
    longest: Any = rows["text"].str.len_chars().max()
    if rows.is_empty() or odd.sum() > ODD * rows.height or longest > LONGEST:
        return None
    careful = [
        Line(f"ligne {number}", number, line.split(separator))
        for number, line in rows.filter(odd).iter_rows()
    ]
    cells = _cells(rows.filter(~odd), separator, len(columns))
    sorted_ = grid.sort_rows(careful, shape)
    last = rows["number"][-1]
    if not text.endswith("\n") and sorted_.is_cut(last):
        return Refusal("csv", "F07", grid.CUT.format(f"ligne {last}"))
    if cells.is_empty() and not sorted_.seen:
        return None
    return Grid(
        format="csv",
        columns=columns,
        header_line=head[at].number,
        preamble=[line.cells for line in head[:at]],
        trailer=[line.cells for line in sorted_.trailer],
        frame=_together(_located(cells), grid.frame_of(sorted_.kept, columns, typed=False)),
        raw=_together(_verbatim(cells, columns), grid.raw_of(careful, columns)),
        misfits=tuple(sorted_.misfits),
    )


def _rows(text: str, start: int) -> pl.DataFrame:
    """Return the lines after the header, with their number in the file."""
    lines = text.split("\n")[start:]
    numbers = pl.int_range(start + 1, start + len(lines) + 1, eager=True)
    frame = pl.DataFrame({"number": numbers, "text": pl.Series(lines, dtype=pl.String)})
    return frame.with_columns(pl.col("text").str.strip_suffix("\r"))


def _is_filled(separator: str) -> pl.Expr:
    return pl.col("text").str.contains(rf"[^{re.escape(separator)}\s]")


def _is_odd(separator: str, shape: grid.Shape) -> pl.Expr:
    """Say which rows are not simply data: not as wide as the header, or from a closing line on."""
    width = pl.col("text").str.count_matches(separator, literal=True) + 1
    odd = width != shape.most
    if not shape.closings:
        return odd
    words = "|".join(map(re.escape, shape.closings))
    closing = pl.col("text").str.contains(rf"(?i)^[{re.escape(separator)}\s]*(?:{words})")
    return odd | closing.cum_max()


def _cells(rows: pl.DataFrame, separator: str, width: int) -> pl.DataFrame:
    names = [f"c{rank}" for rank in range(1, width + 1)]
    cut = rows["text"].str.split_exact(separator, width - 1).struct.rename_fields(names)
    return pl.concat([rows.select("number"), cut.struct.unnest()], how="horizontal")


def _located(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(
        "number", pl.format("ligne {}", "number").alias("locator"), pl.exclude("number")
    )


def _verbatim(cells: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the rows as JSON objects from column name to text."""
    named = pl.struct(pl.col(f"c{rank}").alias(name) for rank, name in enumerate(columns, 1))
    return cells.select(
        "number",
        pl.format("ligne {}", "number").alias("locator"),
        named.struct.json_encode().alias("cells"),
    )


def _together(many: pl.DataFrame, few: pl.DataFrame) -> pl.DataFrame:
    """Put the odd rows back in their places among the others."""
    if few.is_empty():
        return many.drop("number")
    numbers = few["locator"].str.strip_prefix("ligne ").cast(pl.Int64).alias("number")
    both = pl.concat([many, few.with_columns(numbers).select(many.columns)])
    return both.sort("number").drop("number")
