"""Providers, instruments, prices and rates."""

from o2s_core.market.currencies import in_major_unit, is_currency, major_unit
from o2s_core.market.freshness import is_stale
from o2s_core.market.kinds import (
    ASSET_CLASSES,
    CODE_TYPES,
    INSTRUMENT_KINDS,
    PRICE_KINDS,
    PROVIDER_ROLES,
    STATUSES,
    class_of,
)
from o2s_core.market.price_history import PRICE_INPUT, compact_prices, publish_price_history
from o2s_core.market.price_matrix import PriceMatrix, price_matrix
from o2s_core.market.prices import (
    LAST_PRICES,
    PRICE_SERIES,
    last_prices,
    price_series,
    record_prices,
)
from o2s_core.market.rates import (
    RATE_INPUT,
    Rate,
    RateMatrix,
    euro_rate,
    rate_matrix,
    record_rates,
)

__all__ = [
    "ASSET_CLASSES",
    "CODE_TYPES",
    "INSTRUMENT_KINDS",
    "LAST_PRICES",
    "PRICE_INPUT",
    "PRICE_KINDS",
    "PRICE_SERIES",
    "PROVIDER_ROLES",
    "RATE_INPUT",
    "STATUSES",
    "PriceMatrix",
    "Rate",
    "RateMatrix",
    "class_of",
    "compact_prices",
    "euro_rate",
    "in_major_unit",
    "is_currency",
    "is_stale",
    "last_prices",
    "major_unit",
    "price_matrix",
    "price_series",
    "publish_price_history",
    "rate_matrix",
    "record_prices",
    "record_rates",
]
