"""What happened on some contracts, noted as arrays, given back as a table of movements."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl

#: Columns of a noted event; quantities and prices are × 10,000, amounts are cents.
NAMES: Final = ("contract", "support", "day", "quantity", "price", "gross", "fees", "net")
#: Support of an event on the fonds euros, and on the cash.
EURO_FUND: Final = -2
CASH: Final = -1


@dataclass(slots=True)
class Ledger:
    """The events noted so far; a null amount is left out of its event."""

    parts: list[pl.DataFrame] = field(default_factory=list)

    def note(self, kind: str, contract: np.ndarray, day: np.ndarray, **facts: Any) -> None:  # noqa: ANN401
        """Note one event per contract given, on its day."""
        if not len(contract):
            return
        given = {"contract": contract, "day": day} | facts
        columns = [
            pl.Series(name, given[name], dtype=pl.Int64)
            if name in given and np.ndim(given[name])
            else pl.Series(name, [given.get(name)], dtype=pl.Int64).new_from_index(0, len(contract))
            for name in NAMES
        ]
        self.parts.append(pl.DataFrame(columns).with_columns(kind=pl.lit(kind)))

    def table(self) -> pl.DataFrame:
        """Return the events by contract, in the order in which they happened."""
        whole = pl.concat(self.parts).with_row_index("rank")
        return whole.sort("contract", "day", "rank").drop("rank")
