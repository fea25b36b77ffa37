"""Providers, instruments, prices and rates."""

from o2s_core.market.aliases import ALIAS_FORM, ALIASES, add_alias, alias_key, aliases, remove_alias
from o2s_core.market.comparison.period import years_before
from o2s_core.market.comparison.question import comparison, security_ids
from o2s_core.market.comparison.shapes import FREQUENCIES, Comparison, Frequency, Security
from o2s_core.market.comparison.workbook import comparison_workbook
from o2s_core.market.currencies import in_major_unit, is_currency, major_unit
from o2s_core.market.doubtful_prices import (
    DOUBTFUL,
    accept_price,
    doubtful_prices,
    refuse_price,
)
from o2s_core.market.freshness import is_stale
from o2s_core.market.funds.facts import ASSETS, TEMPLATES
from o2s_core.market.funds.look_through import LookThrough, look_through, part_label
from o2s_core.market.funds.sheet import (
    FUND_REPORTS,
    FUND_ROWS,
    REPORT_STATES,
    FundSheet,
    fund_reports,
    fund_sheet,
    report_facts,
)
from o2s_core.market.instrument_changes import (
    INSTRUMENT_FORM,
    InstrumentForm,
    InstrumentRef,
    add_instrument,
    edit_instrument,
    set_instrument_active,
)
from o2s_core.market.instruments import (
    FRESHNESS,
    INSTRUMENTS,
    PRICED,
    InstrumentCard,
    InstrumentFilter,
    instrument,
    instruments,
    managers,
    priced_instruments,
)
from o2s_core.market.kinds import (
    ASSET_CLASSES,
    CODE_TYPES,
    INSTRUMENT_KINDS,
    PRICE_KINDS,
    PROVIDER_ROLES,
    STATUSES,
    class_of,
)
from o2s_core.market.known_rates import KNOWN_RATES, RATE_PATH, known_rates, rate_path
from o2s_core.market.matching import (
    Named,
    cash_instrument,
    cash_instruments,
    create_provisional_bulk,
    euro_fund,
    instruments_by_alias,
    instruments_by_isin,
    known_cash,
    unmake,
)
from o2s_core.market.overview import COUNTS, MarketOverview, market_overview
from o2s_core.market.price_corrections import CORRECTIONS, price_corrections
from o2s_core.market.price_files import Loaded, load_prices, load_rates
from o2s_core.market.price_history import PRICE_INPUT, compact_prices, publish_price_history
from o2s_core.market.price_matrix import PriceMatrix, price_matrix
from o2s_core.market.price_path import PricePath, price_path
from o2s_core.market.price_sources import price_source_labels, price_sources
from o2s_core.market.prices import (
    LAST_PRICES,
    PRICE_SERIES,
    last_prices,
    price_series,
    record_prices,
)
from o2s_core.market.provider_forms import PROVIDER_FORM, ProviderForm
from o2s_core.market.providers import (
    PROVIDERS,
    ProviderCard,
    ProviderRef,
    add_provider,
    edit_provider,
    provider,
    provider_by_id,
    providers,
    set_provider_active,
)
from o2s_core.market.rates import (
    RATE_INPUT,
    Rate,
    RateMatrix,
    euro_rate,
    rate_matrix,
    record_rates,
)
from o2s_core.market.typed_prices import PRICE_FORM, type_price

__all__ = [
    "ALIASES",
    "ALIAS_FORM",
    "ASSETS",
    "ASSET_CLASSES",
    "CODE_TYPES",
    "CORRECTIONS",
    "COUNTS",
    "DOUBTFUL",
    "FREQUENCIES",
    "FRESHNESS",
    "FUND_REPORTS",
    "FUND_ROWS",
    "INSTRUMENTS",
    "INSTRUMENT_FORM",
    "INSTRUMENT_KINDS",
    "KNOWN_RATES",
    "LAST_PRICES",
    "PRICED",
    "PRICE_FORM",
    "PRICE_INPUT",
    "PRICE_KINDS",
    "PRICE_SERIES",
    "PROVIDERS",
    "PROVIDER_FORM",
    "PROVIDER_ROLES",
    "RATE_INPUT",
    "RATE_PATH",
    "REPORT_STATES",
    "STATUSES",
    "TEMPLATES",
    "Comparison",
    "Frequency",
    "FundSheet",
    "InstrumentCard",
    "InstrumentFilter",
    "InstrumentForm",
    "InstrumentRef",
    "Loaded",
    "LookThrough",
    "MarketOverview",
    "Named",
    "PriceMatrix",
    "PricePath",
    "ProviderCard",
    "ProviderForm",
    "ProviderRef",
    "Rate",
    "RateMatrix",
    "Security",
    "accept_price",
    "add_alias",
    "add_instrument",
    "add_provider",
    "alias_key",
    "aliases",
    "cash_instrument",
    "cash_instruments",
    "class_of",
    "compact_prices",
    "comparison",
    "comparison_workbook",
    "create_provisional_bulk",
    "doubtful_prices",
    "edit_instrument",
    "edit_provider",
    "euro_fund",
    "euro_rate",
    "fund_reports",
    "fund_sheet",
    "in_major_unit",
    "instrument",
    "instruments",
    "instruments_by_alias",
    "instruments_by_isin",
    "is_currency",
    "is_stale",
    "known_cash",
    "known_rates",
    "last_prices",
    "load_prices",
    "load_rates",
    "look_through",
    "major_unit",
    "managers",
    "market_overview",
    "part_label",
    "price_corrections",
    "price_matrix",
    "price_path",
    "price_series",
    "price_source_labels",
    "price_sources",
    "priced_instruments",
    "provider",
    "provider_by_id",
    "providers",
    "publish_price_history",
    "rate_matrix",
    "rate_path",
    "record_prices",
    "record_rates",
    "refuse_price",
    "remove_alias",
    "report_facts",
    "security_ids",
    "set_instrument_active",
    "set_provider_active",
    "type_price",
    "unmake",
    "years_before",
]
