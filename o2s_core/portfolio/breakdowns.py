"""How a total splits: by contract, class, envelope, provider, currency, support, owner."""

from decimal import Decimal
from types import MappingProxyType
from typing import Final

import polars as pl

from o2s_core import market
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.money import ZERO
from o2s_core.portfolio.envelopes import ENVELOPES

EUROS: Final = pl.Decimal(38, 2)

#: One row per part, largest first; the parts add up to the total to the cent. Gains are null
#: where no unit cost is known, and along the axis owner.
BREAKDOWN: Final = pl.Schema(
    {
        "key": pl.String(),
        "label": pl.String(),
        "value_eur": EUROS,
        "weight": pl.Float64(),
        "lines": pl.UInt32(),
        "gain_eur": EUROS,
        "gain_ratio": pl.Float64(),
    }
)
#: axis -> French name, in the order of the screen.
AXES: Final = MappingProxyType(
    {
        "asset_class": "Classe d'actifs",
        "envelope": "Enveloppe",
        "provider": "Partenaire",
        "currency": "Devise",
        "account": "Contrat",
        "owner": "Titulaire",
        "instrument": "Support",
    }
)
_KEYS: Final = MappingProxyType(
    {
        "asset_class": ("asset_class", "asset_class"),
        "envelope": ("envelope", "envelope"),
        "provider": ("provider_code", "provider"),
        "currency": ("currency", "currency"),
        "account": ("account_id", "account"),
        "owner": ("owner_id", "owner"),
        "instrument": ("instrument_id", "label"),
    }
)


def by(lines: pl.DataFrame, owners: pl.DataFrame, axis: str) -> pl.DataFrame:
    """Return the value of some lines split along an axis.

    Parameters
    ----------
    lines
        Schema `counting.HOLDINGS`.
    owners
        Schema `holdings.OWNERS`, read for the axis owner only.
    axis
        A key of `AXES`.

    Returns
    -------
    pl.DataFrame
        Schema `BREAKDOWN`. Weights are null when the total is not positive.
    """
    if axis not in _KEYS:
        raise InvalidInputError(f"Axe de répartition inconnu : {axis}.")
    key, label = _KEYS[axis]
    source = owners.with_columns(_NO_GAIN) if axis == "owner" else lines
    known = pl.col("cost_eur").is_not_null()
    parts = (
        source.group_by(key, maintain_order=True)
        .agg(
            label=pl.col(label).first(),
            value_eur=pl.col("value_eur").sum(),
            lines=pl.len(),
            gain_eur=pl.when(known.any()).then(pl.col("gain_eur").sum()),
            cost=pl.when(known.any()).then(pl.col("cost_eur").sum()),
        )
        .rename({key: "key"})
        .with_columns(pl.col("key").cast(pl.String).fill_null(""))
        .with_columns(gain_ratio=_ratio("gain_eur", "cost"))
    )
    named = parts.with_columns(_french(axis))
    return weighed(named.sort("value_eur", descending=True, maintain_order=True))


_NO_GAIN: Final = (
    pl.lit(None, dtype=EUROS).alias("cost_eur"),
    pl.lit(None, dtype=EUROS).alias("gain_eur"),
)


def _ratio(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) != 0).then(
        pl.col(part).cast(pl.Float64) / pl.col(whole).cast(pl.Float64)
    )


def _french(axis: str) -> pl.Expr:
    names = {"asset_class": market.ASSET_CLASSES, "envelope": ENVELOPES}.get(axis)
    label = pl.col("label")
    return label if names is None else label.replace(dict(names))


def weighed(parts: pl.DataFrame) -> pl.DataFrame:
    """Return the parts of a whole with their weights. Schema `BREAKDOWN`."""
    total = total_of(parts["value_eur"])
    weight = pl.col("value_eur").cast(pl.Float64) / float(total) if total > 0 else pl.lit(None)
    return parts.with_columns(weight=weight).select(
        pl.col(name).cast(kind) for name, kind in BREAKDOWN.items()
    )


def total_of(amounts: pl.Series) -> Decimal:
    """Return the sum of a column of cents; nothing adds up to zero."""
    return sum(amounts.drop_nulls(), ZERO)
