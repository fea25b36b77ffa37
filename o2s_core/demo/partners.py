"""The invented partners and supports of the demonstration firm, as stored, and their prices."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from o2s_core import market as referential
from o2s_core.demo.contracts import Market
from o2s_core.demo.supports import YEARS, price_history, providers, supports
from o2s_core.kernel.context import Context
from o2s_core.kernel.identifiers import search_key
from o2s_core.market import alias_key
from o2s_core.market.models import Instrument, InstrumentAlias, Provider
from o2s_core.store import Tx
from o2s_core.store.bulk import insert_rows

#: How the invented insurers call their fonds euros in their files.
EURO_CODE: Final = "EURO"


@dataclass(slots=True)
class Partners:
    """Partners and supports: what the simulation reads, and under which ids they are stored."""

    market: Market
    provider_ids: dict[str, int]
    names: dict[str, str]
    instrument_ids: list[int]  #: by rank; the fonds euros follow the priced supports
    labels: list[str]
    isins: list[str | None]
    currencies: list[str]
    history: pl.DataFrame
    years: int = YEARS


def sign(tx: Tx, seed: int) -> Partners:
    """Create the providers, the supports and one fonds euros per insurer."""
    codes = [{"code": code, "name": name, "roles": roles} for code, name, roles in providers()]
    ids = insert_rows(tx, Provider, codes)
    provider_ids = {row["code"]: id_ for row, id_ in zip(codes, ids, strict=True)}
    priced = supports(seed)
    insurers = [(code, name) for code, name, roles in providers() if "insurer" in roles]
    rows = [row | {"provider_id": None} for row in priced]
    rows += [euro_fund(name, provider_ids[code]) for code, name in insurers]
    keyed = [
        row | {"search_key": search_key(f"{row['label']} {row['isin'] or ''}")} for row in rows
    ]
    instrument_ids = insert_rows(tx, Instrument, keyed)
    insert_rows(tx, InstrumentAlias, euro_aliases(rows, instrument_ids))
    tx.touch("market")
    referential.record_rates(tx.ctx, invented_rates(tx.ctx.today, seed))
    history = price_history(seed, tx.ctx.today)
    kinds = tuple(str(row["kind"]) for row in rows)
    ranks = {code: len(priced) + i for i, (code, _) in enumerate(insurers)}
    return Partners(
        market=_market(tx.ctx, history, kinds, ranks, [str(row["currency"]) for row in rows]),
        provider_ids=provider_ids,
        names={row["code"]: row["name"] for row in codes},
        instrument_ids=instrument_ids,
        labels=[str(row["label"]) for row in rows],
        isins=[row["isin"] for row in rows],
        currencies=[str(row["currency"]) for row in rows],
        history=history,
    )


def euro_fund(insurer: str, provider_id: int) -> dict[str, object]:
    """Return the columns of an insurer's fonds euros."""
    return {
        "isin": None,
        "label": f"Fonds en euros {insurer}",
        "kind": "fonds_euros",
        "asset_class": "euro_fund",
        "currency": "EUR",
        "manager": insurer,
        "sri": 1,
        "sfdr": 8,
        "status": "active",
        "provider_id": provider_id,
    }


def euro_aliases(rows: list[dict[str, Any]], ids: list[int]) -> list[dict[str, Any]]:
    """Return how each insurer calls its fonds euros in its files."""
    named = {"code_type": "partner", "code": alias_key("partner", EURO_CODE)}
    return [
        named | {"provider_id": row["provider_id"], "instrument_id": id_}
        for row, id_ in zip(rows, ids, strict=True)
        if row["kind"] == "fonds_euros"
    ]


def _market(
    ctx: Context,
    history: pl.DataFrame,
    kinds: tuple[str, ...],
    ranks: dict[str, int],
    currencies: list[str],
) -> Market:
    """Lay the prices in euros on a support × calendar day grid, last known first."""
    first = ctx.today - timedelta(days=round(YEARS * 365.25) + 1)
    days = (ctx.today - first).days + 1
    grid = np.full((len(kinds), days), np.nan)
    column = (history["day"].to_numpy() - np.datetime64(first)).astype("timedelta64[D]").astype(int)
    grid[history["rank"].to_numpy(), column] = history["value"].to_numpy()
    seen = np.where(np.isnan(grid), -1, np.arange(days))
    last = np.maximum.accumulate(seen, axis=1)
    filled = np.where(last >= 0, np.take_along_axis(grid, np.maximum(last, 0), axis=1), np.nan)
    codes = sorted(set(currencies))
    rates = referential.rate_matrix(ctx, codes, first, ctx.today).values
    return Market(first, filled / rates[[codes.index(c) for c in currencies]], last, kinds, ranks)


def quote(ctx: Context, partners: Partners) -> None:
    """Publish ten years of prices, each in the currency of its support."""
    ids = np.array(partners.instrument_ids)
    currencies = np.array(partners.currencies)
    rank = partners.history["rank"].to_numpy()
    frame = partners.history.select(
        instrument_id=pl.Series(ids[rank], dtype=pl.Int64),
        day="day",
        value=pl.col("value").cast(pl.Decimal(38, 8)),
        currency=pl.Series(currencies[rank]),
        kind=pl.lit("nav"),
        source=pl.lit("démonstration"),
    )
    referential.publish_price_history(ctx, frame)


def invented_rates(today: date, seed: int) -> pl.DataFrame:
    """Return invented euro rates after the bundled history of the European Central Bank."""
    draw = np.random.default_rng(seed + 9)
    start = date(2026, 10, 31)
    days = [start + timedelta(days=i) for i in range(max(0, (today - start).days))]
    rows = []
    for currency, level in (("USD", 1.14), ("GBP", 0.86), ("CHF", 0.94)):
        walk = level * np.exp(np.cumsum(draw.normal(0, 0.003, len(days))))
        rows += [(currency, day, f"{rate:.4f}") for day, rate in zip(days, walk, strict=True)]
    return pl.DataFrame(
        rows, schema={"currency": pl.String, "day": pl.Date, "rate": pl.String}, orient="row"
    ).select(
        "currency", "day", units_per_euro=pl.col("rate").cast(pl.Decimal(38, 8)),
        source=pl.lit("démonstration"),
    )  # fmt: skip
