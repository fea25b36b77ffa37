"""What was gained on what was sold, sale by sale and year by year? (plus-values réalisées)."""

from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core.kernel.money import ZERO
from o2s_core.portfolio.counting import EUROS, EXACT
from o2s_core.portfolio.gains.books import Sale
from o2s_core.portfolio.gains.known import Known, in_cents
from o2s_core.portfolio.movement_kinds import kind_label

#: One row per sale, oldest first, the scope's share: `gain_eur = proceeds_eur - cost_eur`, of
#: which `currency_eur` came from the currency. Null when unknown; `reason` then says why.
SOLD: Final = pl.Schema(
    {
        "day": pl.Date(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "isin": pl.String(),
        "label": pl.String(),
        "asset_class": pl.String(),
        "kind": pl.String(),
        "quantity": EXACT,
        "proceeds_eur": EUROS,
        "cost_eur": EUROS,
        "gain_eur": EUROS,
        "currency_eur": EUROS,
        "reason": pl.String(),
    }
)
#: One row per calendar year with a sale, the last one first; sales whose gain is unknown are
#: counted in `unknown` and their proceeds in `unknown_eur`, and are in no other amount.
YEARS: Final = pl.Schema(
    {
        "year": pl.Int32(),
        "sales": pl.UInt32(),
        "proceeds_eur": EUROS,
        "cost_eur": EUROS,
        "gain_eur": EUROS,
        "currency_eur": EUROS,
        "unknown": pl.UInt32(),
        "unknown_eur": EUROS,
    }
)


def sold(known: Known) -> pl.DataFrame:
    """Return the sales, oldest first. Schema `SOLD`."""
    return pl.DataFrame([_sale(sale, known) for sale in known.sales], SOLD)


def _sale(sale: Sale, known: Known) -> dict[str, Any]:
    account, instrument = known.accounts[sale.account_id], known.instruments[sale.instrument_id]
    share = known.shares[sale.account_id]
    proceeds, spent = (in_cents(one * share) for one in (sale.proceeds[0], sale.cost[0]))
    gain = None if proceeds is None or spent is None else proceeds - spent
    by_currency: Decimal | None = ZERO
    if instrument.currency != "EUR":
        local = sale.cost[1] / known.units(instrument.currency, sale.on)
        by_currency = in_cents((local - sale.cost[0]) * share)
    return {
        "day": sale.on,
        "account_id": sale.account_id,
        "account": account.label,
        "isin": instrument.isin,
        "label": instrument.label,
        "asset_class": instrument.asset_class,
        "kind": kind_label(sale.kind),
        "quantity": Decimal(repr(sale.quantity * share)),
        "proceeds_eur": proceeds,
        "cost_eur": spent,
        "gain_eur": gain,
        "currency_eur": None if gain is None else by_currency,
        "reason": sale.reason if gain is None else "",
    }


def years(sold: pl.DataFrame) -> pl.DataFrame:
    """Return the sales of each calendar year. Schema `YEARS`."""
    known = pl.col("gain_eur").is_not_null()
    amounts = ("proceeds_eur", "cost_eur", "gain_eur", "currency_eur")
    return (
        sold.group_by(year=pl.col("day").dt.year())
        .agg(
            pl.len().alias("sales"),
            *(pl.col(name).filter(known).sum() for name in amounts),
            (~known).sum().alias("unknown"),
            pl.col("proceeds_eur").filter(~known).sum().alias("unknown_eur"),
        )
        .sort("year", descending=True)
        .select(pl.col(name).cast(kind) for name, kind in YEARS.items())
    )
