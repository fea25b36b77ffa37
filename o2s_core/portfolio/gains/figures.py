"""What did a scope gain on what it holds and on what it sold? [Portefeuille > Plus-values]."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core.contacts import Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio.gains.known import known_of
from o2s_core.portfolio.gains.latent import latent, ratio
from o2s_core.portfolio.gains.sold import sold, years
from o2s_core.portfolio.holdings import holdings

#: code -> how the screen calls it.
COST_METHODS: Final[Mapping[str, str]] = {
    "average": "Prix de revient moyen",
    "fifo": "Premier entré, premier sorti",
}


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """The latent and realised gains of a scope on a day.

    `total_eur` is the total of the holdings. `latent_eur` adds up the lines whose cost is
    known, `coverage` is their share of the total; `partner_eur` is the part of the latent gain
    at unit costs that partners gave, which is the one of the portfolio page. None: no line has
    a cost.
    """

    scope_name: str
    on: date
    method: str
    lines: pl.DataFrame
    sold: pl.DataFrame
    years: pl.DataFrame
    total_eur: Decimal
    cost_eur: Decimal
    latent_eur: Decimal | None
    latent_ratio: float | None
    coverage: float | None
    partner_eur: Decimal | None

    @property
    def foreign(self) -> pl.DataFrame:
        """Return the lines whose support is in another currency."""
        return self.lines.filter(pl.col("currency") != "EUR")

    @property
    def unknown(self) -> pl.DataFrame:
        """Return the lines whose gain is unknown."""
        return self.lines.filter(pl.col("gain_eur").is_null())

    def ratios(self, by: str) -> dict[Any, dict[str, float | None]]:
        """Return the latent gain of each account or class as a ratio of its known cost."""
        known = self.lines.filter(pl.col("gain_eur").is_not_null())
        sums = known.group_by(by).agg(pl.col("gain_eur", "cost_eur").sum())
        return {key: {"gain_ratio": ratio(gain, cost)} for key, gain, cost in sums.iter_rows()}


def gains(ctx: Context, scope: Scope, *, method: str = "average") -> Gains | None:
    """Return what a contact, a household or a group gained on what it holds and what it sold.

    `method` is a key of `COST_METHODS`. On average, the unit cost that a partner gives comes
    first, as on the portfolio page; where none is given, movements tell it if they explain
    the units held. `fifo` counts from movements alone. What passes from one account of the
    scope to another keeps its cost. An amount is right or null, never zero for unknown.

    Returns
    -------
    Gains | None
        None when the scope holds nothing today and sold nothing.
    """
    ctx.require(Permission.PORTFOLIO_READ)
    if method not in COST_METHODS:
        raise InvalidInputError(f"Méthode de prix de revient inconnue : {method}.")
    held = holdings(ctx, scope)
    known = known_of(ctx, scope, "fifo" if method == "fifo" else "average")
    lines = latent(held, known, method)
    sales = sold(known)
    if lines.is_empty() and sales.is_empty():
        return None
    costed = lines.filter(pl.col("gain_eur").is_not_null())
    partner = costed.filter(known_by="partner")
    return Gains(
        scope_name=scope.name,
        on=held.on,
        method=method,
        lines=lines,
        sold=sales,
        years=years(sales),
        total_eur=held.total_eur,
        cost_eur=_total(costed, "cost_eur"),
        latent_eur=None if costed.is_empty() else _total(costed, "gain_eur"),
        latent_ratio=ratio(_total(costed, "gain_eur"), _total(costed, "cost_eur")),
        coverage=ratio(_total(costed, "value_eur"), held.total_eur),
        partner_eur=None if partner.is_empty() else _total(partner, "gain_eur"),
    )


def _total(rows: pl.DataFrame, name: str) -> Decimal:
    return sum(rows[name].to_list(), ZERO)
