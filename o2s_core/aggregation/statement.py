"""What a partner's file says, once read: frames with declared schemas, nothing stored yet.

Every reader (CSV by mapping, OFX, Flex, native JSON) ends in a `Statement`, so
that matching, checks and commit know one shape. Amounts are exact decimals of
scale 8; a null means that the file does not say. An account that the file does
not number has an empty `external_id`.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

EXACT: Final = pl.Decimal(38, 8)

ACCOUNTS: Final = pl.Schema(
    {
        "external_id": pl.String(),
        "label": pl.String(),
        "holder": pl.String(),
        "envelope": pl.String(),
        "currency": pl.String(),
        "opened_on": pl.Date(),
        "locator": pl.String(),
    }
)
#: One row per account and day: the totals a partner declares, null when it declares none.
SITUATIONS: Final = pl.Schema(
    {
        "external_id": pl.String(),
        "as_of": pl.Date(),
        "currency": pl.String(),
        "total": EXACT,
        "locator": pl.String(),
    }
)
#: One row per line; cash is a line of kind `cash`, whose value is the balance.
LINES: Final = pl.Schema(
    {
        "external_id": pl.String(),
        "as_of": pl.Date(),
        "locator": pl.String(),
        "code": pl.String(),  # ISIN when the file gives one, else the partner's code
        "code_type": pl.String(),  # isin, cusip, sedol, wkn, ticker, conid, partner, label
        "label": pl.String(),
        "kind": pl.String(),  # instrument kind when the file tells, else null
        "quantity": EXACT,
        "unit_cost": EXACT,
        "price": EXACT,
        "price_on": pl.Date(),
        "price_factor": EXACT,  # 0.01 when quoted in %, the multiplier of an option; 1
        "accrued": EXACT,
        "value": EXACT,
        "currency": pl.String(),
    }
)
#: One row per movement, signed as `portfolio.models.Movement` says.
MOVEMENTS: Final = pl.Schema(
    {
        "external_id": pl.String(),
        "locator": pl.String(),
        "partner_ref": pl.String(),
        "trade_on": pl.Date(),
        "value_on": pl.Date(),
        "kind": pl.String(),
        "code": pl.String(),
        "code_type": pl.String(),
        "label": pl.String(),
        "quantity": EXACT,
        "price": EXACT,
        "gross": EXACT,
        "fees": EXACT,
        "taxes": EXACT,
        "net": EXACT,
        "currency": pl.String(),
        "fx_rate": EXACT,
    }
)
#: Whom an account belongs to, when the file says more than a display name.
HOLDERS: Final = pl.Schema(
    {
        "external_id": pl.String(),
        "last_name": pl.String(),
        "first_name": pl.String(),
        "legal_name": pl.String(),
        "birth_date": pl.Date(),
        "role": pl.String(),
        "share": EXACT,
    }
)
#: Which partner keeps an account, when one file speaks of several partners.
PARTNERS: Final = pl.Schema({"external_id": pl.String(), "code": pl.String(), "name": pl.String()})
#: One row per support that a manufacturer's file describes; `fund` is its code in the file.
FUNDS: Final = pl.Schema(
    {
        "fund": pl.String(),
        "code_type": pl.String(),  # isin, cusip, sedol, wkn, ticker, partner
        "label": pl.String(),
        "kind": pl.String(),  # instrument kind when the file tells, else null
        "currency": pl.String(),
        "manufacturer": pl.String(),
        "template": pl.String(),  # emt, ept, eet, tpt
        "edition": pl.String(),  # as the file writes the version of its template
        "as_of": pl.Date(),
        "locator": pl.String(),
    }
)
#: One row per thing said of a support: a number or a word, never both; see `market.FACTS`.
FUND_FACTS: Final = pl.Schema(
    {
        "fund": pl.String(),
        "name": pl.String(),
        "number": EXACT,  # a ratio is a ratio: 0.05 is 5 %
        "text": pl.String(),
        "as_of": pl.Date(),
        "locator": pl.String(),
    }
)
#: One row per line of a fund's own portfolio; weights are signed ratios of its net assets.
FUND_LINES: Final = pl.Schema(
    {
        "fund": pl.String(),
        "locator": pl.String(),
        "code": pl.String(),
        "code_type": pl.String(),
        "label": pl.String(),
        "asset": pl.String(),  # category of the CIC code: third character
        "country": pl.String(),  # of the issuer
        "currency": pl.String(),
        "value": EXACT,  # in the currency of the fund
        "weight": EXACT,
    }
)
#: One row per price of a vendor's file; a null currency is that of the support.
PRICES: Final = pl.Schema(
    {
        "locator": pl.String(),
        "code": pl.String(),
        "code_type": pl.String(),
        "label": pl.String(),
        "day": pl.Date(),
        "value": EXACT,
        "currency": pl.String(),
        "kind": pl.String(),  # nav, close, withdrawal; null: a net asset value
    }
)
#: One row per exchange rate: units of the currency for one euro.
RATES: Final = pl.Schema(
    {
        "locator": pl.String(),
        "currency": pl.String(),
        "day": pl.Date(),
        "units_per_euro": EXACT,
    }
)
#: The bank's numbered statements of an account: place in their series, last day of each.
NUMBERS: Final = pl.Schema(
    {
        "external_id": pl.String(),
        "locator": pl.String(),
        "number": pl.Int64(),
        "as_of": pl.Date(),
    }
)
#: The broker's code under which a partner keeps an account.
BROKERS: Final = pl.Schema({"external_id": pl.String(), "code": pl.String()})
RAW: Final = pl.Schema({"locator": pl.String(), "cells": pl.String()})  # cells: a JSON object
ANOMALIES: Final = pl.Schema(
    {
        "external_id": pl.String(),
        "code": pl.String(),
        "severity": pl.String(),
        "locator": pl.String(),
        "field": pl.String(),
        "raw": pl.String(),
        "message": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One file, read: who, what they hold, what happened, what could not be understood."""

    format: str  #: csv, xlsx, ofx, flex, native…
    accounts: pl.DataFrame = field(default_factory=lambda: ACCOUNTS.to_frame())
    situations: pl.DataFrame = field(default_factory=lambda: SITUATIONS.to_frame())
    lines: pl.DataFrame = field(default_factory=lambda: LINES.to_frame())
    movements: pl.DataFrame = field(default_factory=lambda: MOVEMENTS.to_frame())
    holders: pl.DataFrame = field(default_factory=lambda: HOLDERS.to_frame())
    partners: pl.DataFrame = field(default_factory=lambda: PARTNERS.to_frame())
    brokers: pl.DataFrame = field(default_factory=lambda: BROKERS.to_frame())
    numbers: pl.DataFrame = field(default_factory=lambda: NUMBERS.to_frame())
    funds: pl.DataFrame = field(default_factory=lambda: FUNDS.to_frame())
    fund_facts: pl.DataFrame = field(default_factory=lambda: FUND_FACTS.to_frame())
    fund_lines: pl.DataFrame = field(default_factory=lambda: FUND_LINES.to_frame())
    prices: pl.DataFrame = field(default_factory=lambda: PRICES.to_frame())
    rates: pl.DataFrame = field(default_factory=lambda: RATES.to_frame())
    raw: pl.DataFrame = field(default_factory=lambda: RAW.to_frame())
    anomalies: pl.DataFrame = field(default_factory=lambda: ANOMALIES.to_frame())
    rows: int = 0  #: data rows seen
    mapped: int = 0
    ignored: int = 0  #: skipped by a rule
    errors: int = 0
    mapping_code: str = ""
    mapping_revision: int | None = None
    completeness: str = "delta"
    window: tuple[date, date] | None = None  #: days covered, both included
    stable_refs: bool = False  #: the partner's references identify a movement for good


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is not read: known but not supported yet, damaged, or not one of ours."""

    format: str  #: "" when not recognised
    code: str  #: F01…, U01 (recognised, not supported yet)
    message: str  #: French: what it is, what to do
