"""What did each month and each year earn? (performances calendaires)."""

from typing import Final

import polars as pl

#: One row per month or year; `return` is time-weighted; `whole` is false where the period
#: covers only part of it.
MONTHS: Final = pl.Schema(
    {"year": pl.Int32(), "month": pl.Int8(), "return": pl.Float64(), "whole": pl.Boolean()}
)
YEARS: Final = pl.Schema({"year": pl.Int32(), "return": pl.Float64(), "whole": pl.Boolean()})


def by_month(series: pl.DataFrame) -> pl.DataFrame:
    """Return the return of each calendar month of a series of performance (`MONTHS`)."""
    start = pl.col("start")
    kept = _earned(series, pl.col("day").dt.month_start()).with_columns(
        year=start.dt.year(),
        month=start.dt.month(),
        whole=(pl.col("before") < start) & (pl.col("last") == start.dt.month_end()),
    )
    return kept.select(MONTHS.names()).cast(MONTHS)


def by_year(series: pl.DataFrame) -> pl.DataFrame:
    """Return the return of each calendar year of a series of performance (`YEARS`)."""
    start = pl.col("start")
    december = (pl.col("last").dt.month() == 12) & (pl.col("last").dt.day() == 31)
    kept = _earned(series, pl.col("day").dt.truncate("1y")).with_columns(
        year=start.dt.year(), whole=(pl.col("before") < start) & december
    )
    return kept.select(YEARS.names()).cast(YEARS)


def drawdowns(series: pl.DataFrame) -> pl.DataFrame:
    """Return how far below its highest point the index was on each day: negative or 0."""
    return series.select("day", drawdown=pl.col("index") / pl.col("index").cum_max() - 1)


def _earned(series: pl.DataFrame, start: pl.Expr) -> pl.DataFrame:
    """Return the growth of the index over each stretch of days, from the day before it."""
    growth = pl.col("index") / pl.col("index").shift(1)
    return (
        series.sort("day")
        .with_columns(grown=growth, before=pl.col("day").shift(1), start=start)
        .drop_nulls("grown")
        .group_by("start", maintain_order=True)
        .agg(
            (pl.col("grown").product() - 1).alias("return"),
            pl.col("before").first(),
            pl.col("day").last().alias("last"),
        )
    )
