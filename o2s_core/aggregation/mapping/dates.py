"""Which day a text writes: one format for the whole column, said by the mapping."""

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from o2s_core.aggregation.mapping.numbers import Values

SERIAL: Final = r"^\d{4,5}(?:[.,]\d+)?$"


def read_days(texts: pl.Series, formats: Sequence[str], typed: pl.Series | None = None) -> Values:
    """Return days, null for an empty text; a time of day is dropped.

    The first format that reads every row is used; when none does, the one that
    reads most rows, and the others are in error. When every row would be read
    with day and month the other way round, none is trusted.
    """
    if typed is None and (quick := _of_few(texts, formats)) is not None:
        return quick
    known = typed if typed is not None else pl.repeat(None, len(texts), dtype=pl.String, eager=True)
    written = texts.to_frame("text").with_columns(typed=known)
    free = pl.Series(
        written.select(
            pl.when(pl.col("typed").is_null() | (pl.col("typed") == "t")).then(pl.col("text"))
        ).to_series()
    )
    chosen, days = _best(free, formats)
    cells = written.select(
        pl.when(pl.col("typed") == "d")
        .then(pl.col("text"))
        .str.slice(0, 10)
        .str.to_date("%Y-%m-%d", strict=False)
    ).to_series()
    swapped = _is_swapped(free, chosen, days)
    found = days if not swapped else pl.repeat(None, len(days), dtype=pl.Date, eager=True)
    values = pl.select(pl.coalesce(cells, found)).to_series()
    return _with_problems(written, values, chosen, swapped=swapped)


def _of_few(texts: pl.Series, formats: Sequence[str]) -> Values | None:
    """Return the days of texts that repeat and that one format reads, None for others."""
    said = texts.unique(maintain_order=True)
    if said.len() == texts.len():
        return None
    read = read_days(said, formats)
    if read.problems.null_count() < said.len():
        return None
    table = pl.DataFrame({"text": said, "value": read.values, "problem": read.problems})
    rows = texts.to_frame("text").join(
        table, on="text", how="left", nulls_equal=True, maintain_order="left"
    )
    return Values(rows["value"], rows["problem"])


def _best(texts: pl.Series, formats: Sequence[str]) -> tuple[str, pl.Series]:
    filled = texts.drop_nulls().len()
    best, found = formats[0], _parsed(texts, formats[0])
    for form in formats[1:]:
        if found.drop_nulls().len() == filled:
            break
        other = _parsed(texts, form)
        if other.drop_nulls().len() > found.drop_nulls().len():
            best, found = form, other
    return best, found


def _parsed(texts: pl.Series, form: str) -> pl.Series:
    """Return the days that one format reads; a year of fewer than four digits is not read."""
    timed = re.search(r"%[HIMSfTRp]", form.replace("%M", "%H"))
    form = form.replace(".%f", "%.f")
    if timed:
        days = texts.str.to_datetime(form, strict=False, time_unit="us").dt.date()
    else:
        days = texts.str.to_date(form, strict=False)
    if "%y" in form:
        return days
    return pl.select(pl.when(days.dt.year() >= 1000).then(days)).to_series()


def _is_swapped(texts: pl.Series, form: str, days: pl.Series) -> bool:
    """Return whether every row reads only with day and month the other way round."""
    filled = texts.drop_nulls().len()
    if days.drop_nulls().len() == filled or "%d" not in form or "%m" not in form:
        return False
    other = form.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")
    return _parsed(texts, other).drop_nulls().len() == filled


def _with_problems(written: pl.DataFrame, values: pl.Series, form: str, *, swapped: bool) -> Values:
    text = pl.col("text")
    short_year = r"^\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}$" if "%Y" in form else r"^$"
    problem = (
        pl.when(pl.col("typed") == "e").then(pl.lit("CELL"))
        .when(pl.col("day").is_not_null() | text.is_null()).then(None)
        .when(pl.lit(swapped)).then(pl.lit("SWAPPED"))
        .when(text.str.contains(SERIAL) | (pl.col("typed") == "n")).then(pl.lit("SERIAL"))
        .when(text.str.contains(short_year)).then(pl.lit("YEAR"))
        .otherwise(pl.lit("DATE"))
    )  # fmt: skip
    return Values(values, written.with_columns(day=values).select(problem).to_series())
