"""Which price counts when several sources price a support on a day: one order, dated."""

from datetime import date
from typing import Final

import polars as pl

#: How a source is named when it is a partner's situation, or a vendor's scheduled file.
PARTNER: Final = "partner:"
VENDOR: Final = "vendor:"
#: Source of a file that somebody loads by hand: it is a vendor's.
LOADED: Final = "fichier"
#: From which day on (of the price) which origins come before which, the weakest first.
#:
#: - partner: what an insurer or a custodian used to value its lines, rounded as it pleases;
#: - published: what the management company publishes, in a regulatory file or elsewhere;
#: - vendor: the price file that the firm subscribes to;
#: - withdrawal: what a SCPI really gives back;
#: - manual: what somebody of the firm typed, on purpose.
#:
#: Two prices of one origin on one day: the one recorded last. A later order is a new row here:
#: the prices of the days before keep the order that they were read with.
ORDERS: Final = ((date(1900, 1, 1), ("partner", "published", "vendor", "withdrawal", "manual")),)


def best_first(day: str = "day", kind: str = "kind", source: str = "source") -> pl.Expr:
    """Return the rank of each price among those of its support and day: the highest counts.

    The arguments name columns: `day` a date, `kind` and `source` texts.
    """
    said, origin = pl.col(day), _origin(kind, source)
    rank = pl.lit(0, pl.Int8)
    for start, order in ORDERS:
        ranks = {name: place for place, name in enumerate(order)}
        here = origin.replace_strict(ranks, return_dtype=pl.Int8)
        rank = pl.when(said >= start).then(here).otherwise(rank)
    return rank


def _origin(kind: str, source: str) -> pl.Expr:
    """Return where a price comes from, in the words of `ORDERS`."""
    said = pl.col(source)
    return (
        pl.when(pl.col(kind) == "manual").then(pl.lit("manual"))
        .when(pl.col(kind) == "withdrawal").then(pl.lit("withdrawal"))
        .when(said.str.starts_with(VENDOR) | (said == LOADED)).then(pl.lit("vendor"))
        .when(said.str.starts_with(PARTNER)).then(pl.lit("partner"))
        .otherwise(pl.lit("published"))
    )  # fmt: skip
