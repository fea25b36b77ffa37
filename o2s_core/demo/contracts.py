"""Invented contracts: the envelopes on offer, and what an account remembers of its life."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml


@dataclass(frozen=True, slots=True)
class Offer:
    """What an envelope holds in the demonstration firm, and how it lives."""

    envelope: str
    label: str
    providers: tuple[str, ...]
    kinds: tuple[str, ...]  #: kinds of supports it may hold; empty: a balance only
    weight: int  #: how often drawn
    first: tuple[int, int]  #: bounds of the first payment, euros
    monthly: int = 0  #: chance in ten of a programmed payment
    lines: tuple[int, int] = (2, 7)
    fonds_euros: bool = False


@cache
def offers() -> tuple[Offer, ...]:
    """Return the envelopes on offer, as `offers.yaml` declares them."""
    text = resources.files("o2s_core.demo").joinpath("offers.yaml").read_text("utf-8")
    return tuple(Offer(**_tuples(offer)) for offer in yaml.safe_load(text))


def _tuples(offer: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in offer.items()}


@dataclass(slots=True)
class Contract:
    """One account to be: its columns, who holds it, what happened on it."""

    offer: Offer
    provider: str
    number: str
    opened_on: date
    holders: list[tuple[int, Decimal]]  #: rank of the contact, share
    monthly: Decimal = Decimal(0)
    movements: list[dict[str, Any]] = field(default_factory=list)
    positions: dict[int, Decimal] = field(default_factory=dict)  #: rank of support -> quantity
    costs: dict[int, Decimal] = field(default_factory=dict)  #: rank of support -> cost
    euro_fund: Decimal = Decimal(0)  #: value of the fonds euros
    cash: Decimal = Decimal(0)
    situations: dict[date, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Market:
    """The invented prices as the simulation reads them: support × day, forward-filled."""

    first: date
    prices: np.ndarray  #: float64, rank × calendar day
    price_days: np.ndarray  #: rank × calendar day: day number of the price in force
    kinds: tuple[str, ...]
    euro_fund_rank: dict[str, int]  #: provider code -> rank of its fonds euros

    def price(self, rank: int, day: date) -> Decimal | None:
        """Return the price in force on a day, four decimals, or None before the first."""
        column = (day - self.first).days
        value = self.prices[rank, column]
        return None if np.isnan(value) else Decimal(f"{value:.4f}")

    def priced_on(self, rank: int, day: date) -> date:
        """Return the day of the price in force."""
        return self.first + timedelta(days=int(self.price_days[rank, (day - self.first).days]))
