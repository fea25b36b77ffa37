"""Invented partners and supports: names of nobody, ISINs starting with XF, ten years of prices."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
import polars as pl
import yaml

from o2s_core.kernel.identifiers import isin_with_check_digit

YEARS: Final = 10


@dataclass(frozen=True, slots=True)
class Family:
    """A family of supports: how its prices move."""

    kind: str
    asset_class: str
    count: int
    drift: float  #: yearly, ratio
    volatility: float  #: yearly, ratio
    sri: int | None
    every: int  #: days between two prices
    names: tuple[str, ...]


CURRENCIES: Final = ("EUR",) * 9 + ("USD",)
HOUSES: Final = ("Alpage", "Horizon", "Boréal", "Céleste", "Méridien", "Atlas", "Nova", "Étang")
SHARE_CLASSES: Final = ("A", "C", "D", "I", "R")


@cache
def families() -> tuple[Family, ...]:
    """Return the families of supports, as `supports.yaml` declares them."""
    text = resources.files("o2s_core.demo").joinpath("supports.yaml").read_text("utf-8")
    return tuple(
        Family(**{**f, "names": tuple(f["names"])}) for f in yaml.safe_load(text)["families"]
    )


@cache
def providers() -> tuple[tuple[str, str, str], ...]:
    """Return code, name and roles of the invented partners."""
    text = resources.files("o2s_core.demo").joinpath("providers.yaml").read_text("utf-8")
    return tuple((code, name, roles) for code, name, roles in yaml.safe_load(text))


def supports(seed: int) -> list[dict[str, Any]]:
    """Return the columns of some 300 instruments; ISINs are valid and nobody's."""
    draw = np.random.default_rng(seed + 1)
    rows: list[dict[str, Any]] = []
    for family in families():
        for n in range(family.count):
            name = family.names[n % len(family.names)]
            house = HOUSES[(n // len(family.names)) % len(HOUSES)]
            alone = family.kind in {"share", "index"} and n < len(family.names)
            label = name if alone else f"{house} {name}"
            if family.kind in {"opcvm", "etf"}:
                label += f" {SHARE_CLASSES[n % len(SHARE_CLASSES)]}"
            rows.append(
                {
                    "isin": isin_with_check_digit(f"XF{len(rows) + 1:09d}"),
                    "label": label,
                    "kind": family.kind,
                    "asset_class": family.asset_class,
                    "currency": str(draw.choice(CURRENCIES))
                    if family.kind in {"etf", "share"}
                    else "EUR",
                    "manager": "" if family.kind in {"share", "index"} else f"{house} Gestion",
                    "sri": family.sri,
                    "sfdr": int(draw.choice([6, 8, 8, 9])) if family.kind == "opcvm" else None,
                    "status": "active",
                }
            )
    return rows


def price_history(seed: int, today: date) -> pl.DataFrame:
    """Return ten years of invented prices: `rank` of the support, `day`, `value` (float).

    A geometric walk per support, sharing a common factor so that markets fall
    together; the last price is of the day before `today`, a few are left old
    on purpose so that the screens have stale lines to name.
    """
    draw = np.random.default_rng(seed + 2)
    start = today - timedelta(days=round(YEARS * 365.25))
    days = np.arange(np.datetime64(start), np.datetime64(today), dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    market = draw.normal(0, 1, len(days))
    frames, rank = [], 0
    for family in families():
        for _ in range(family.count):
            noise = 0.6 * market + 0.8 * draw.normal(0, 1, len(days))
            daily = family.drift / 252 + family.volatility / np.sqrt(252) * noise
            path = draw.uniform(20, 400) * np.exp(np.cumsum(daily - family.volatility**2 / 504))
            keep = published(days, family.every, stale=rank % 97 == 13)
            frames.append(
                pl.DataFrame({"rank": rank, "day": days[keep], "value": np.round(path[keep], 4)})
            )
            rank += 1
    return pl.concat(frames)


def published(days: np.ndarray, every: int, *, stale: bool) -> np.ndarray:
    """Return which days carry a price: each business day, or the first one of each period."""
    keep = np.ones(len(days), dtype=bool)
    if every > 1:
        period = days.astype("int64") // every
        keep = np.r_[True, period[1:] != period[:-1]]
    if stale:
        keep = keep & (days < days[-1] - np.timedelta64(40, "D"))
    return keep
