"""What a comparison is made of: the securities, the period, the tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

import polars as pl

from o2s_core.market.kinds import INCOMES
from o2s_core.market.supports.absorptions import Ancestor

Frequency = Literal["daily", "weekly", "monthly"]
FREQUENCIES: Final[Mapping[Frequency, str]] = MappingProxyType(
    {"daily": "Quotidienne", "weekly": "Hebdomadaire", "monthly": "Mensuelle"}
)
#: How many of each make a year (`analytics.risk`).
A_YEAR: Final[Mapping[Frequency, int]] = MappingProxyType(
    {"daily": 252, "weekly": 52, "monthly": 12}
)
FEWEST, MOST = 2, 10
#: Kinds whose price nobody publishes: nothing to draw.
UNPRICED: Final = frozenset({"cash", "fonds_euros", "euro_croissance"})
#: Each security in the currency that it is quoted in.
OWN: Final = "own"

#: One row per security, in the order asked; ratios (0.05 is 5 %), null when there is no figure.
#: `ytd` to `since` end on the last day of the period and use what is known before its first.
FIGURES: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "isin": pl.String(),
        "label": pl.String(),
        "kind": pl.String(),
        "currency": pl.String(),  #: of the prices
        "first_on": pl.Date(),  #: first price known
        "last_on": pl.Date(),
        "points": pl.Int64(),  #: prices inside the period
        "period": pl.Float64(),
        "ytd": pl.Float64(),
        "1y": pl.Float64(),
        "3y": pl.Float64(),
        "5y": pl.Float64(),
        "10y": pl.Float64(),
        "since": pl.Float64(),  #: since `first_on`
        "annualised": pl.Float64(),  #: of the period, when longer than one year
        "volatility": pl.Float64(),
        "max_drawdown": pl.Float64(),  #: negative or 0
        "sharpe": pl.Float64(),  #: risk-free rate nil
        "best_month": pl.Float64(),
        "worst_month": pl.Float64(),
        "ongoing": pl.Float64(),  #: ongoing charge of a year
        "sri": pl.Int64(),
        "sfdr": pl.Int64(),
    }
)
#: One row per security and calendar year that the period meets.
YEARS: Final = pl.Schema(
    {
        "instrument_id": pl.Int64(),
        "label": pl.String(),
        "year": pl.Int64(),
        "whole": pl.Boolean(),  #: the period holds the whole year
        "return": pl.Float64(),
    }
)


@dataclass(frozen=True, slots=True)
class Security:
    """One security of a comparison."""

    id: int
    isin: str | None
    label: str
    kind: str
    currency: str  #: of its prices
    first_on: date
    last_on: date
    sparse: bool  #: priced less than once in ten days: neither volatility nor correlation
    income: str = ""  #: of an index: price, total
    absorbed: tuple[Ancestor, ...] = ()  #: whose prices come before its own, the nearest first

    @property
    def said(self) -> str:
        """Return its label as a comparison writes it: an index says what its dividends become."""
        return f"{self.label} ({INCOMES[self.income].lower()})" if self.income else self.label


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several securities on the same days.

    `curve` and `rolling` have a column `day` and one per security, named by its
    id; a null is a day on which nothing is known. `correlation` has a column
    `instrument_id` and one per security that is not sparse.
    """

    securities: tuple[Security, ...]
    start: date
    end: date
    common: tuple[date, date]  #: the longest period that they share
    currency: str  #: code, or `OWN`
    converted: tuple[str, ...]  #: currencies that were converted into it
    frequency: Frequency
    rebased_on: date
    curve: pl.DataFrame  #: 100 on `rebased_on`
    rolling: pl.DataFrame  #: ratio over the last twelve months
    figures: pl.DataFrame  #: schema `FIGURES`
    years: pl.DataFrame  #: schema `YEARS`
    correlation: pl.DataFrame
    chainable: bool  #: one of them absorbed another: its history may go on before
    notes: tuple[str, ...]  #: what a reader must know, as sentences

    @property
    def names(self) -> dict[str, str]:
        """Return the label of each security by the name of its column."""
        return {str(each.id): each.said for each in self.securities}
