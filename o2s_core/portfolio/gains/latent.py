"""What did the lines held cost, and what are they up? (plus-values latentes, effet de change)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isnan, nan
from typing import Any, Final

import polars as pl

from o2s_core.kernel.money import ZERO
from o2s_core.portfolio.counting import EUROS, EXACT
from o2s_core.portfolio.gains.books import Key
from o2s_core.portfolio.gains.known import Known, in_cents
from o2s_core.portfolio.holdings import Holdings

#: One row per line held, the scope's share. `cost_eur` and `gain_eur` are those of `holdings`
#: where the partner gives a unit cost: both sides at the rate of the day. For a support in
#: another currency, `price_eur + currency_eur = euro_gain_eur`: what its price did, what the
#: currency did since it was bought, and both; null when unknown, 0 for a support in euros.
#: Without cost, everything is null and `reason` says why. `known_by` is partner or movements.
LATENT: Final = pl.Schema(
    {
        "line": pl.Int64(),
        "account_id": pl.Int64(),
        "account": pl.String(),
        "instrument_id": pl.Int64(),
        "isin": pl.String(),
        "label": pl.String(),
        "asset_class": pl.String(),
        "currency": pl.String(),
        "quantity": EXACT,
        "unit_cost_eur": EXACT,
        "cost_eur": EUROS,
        "value_eur": EUROS,
        "gain_eur": EUROS,
        "gain_ratio": pl.Float64(),
        "price_eur": EUROS,
        "currency_eur": EUROS,
        "euro_gain_eur": EUROS,
        "known_by": pl.String(),
        "reason": pl.String(),
        "currency_reason": pl.String(),
    }
)
NO_UNITS: Final = "montant au contrat, sans parts ni prix de revient"
NO_COST: Final = "PRU non transmis"
NO_DATES: Final = "dates d'achat inconnues"
#: A partner keeps the unit cost in euros: the gain of the portfolio page holds the currency too.
COST_IN_EUROS: Final = "PRU tenu en euros : la plus-value comprend le change"


def latent(held: Holdings, known: Known, method: str) -> pl.DataFrame:
    """Return what each line held cost and gained. Schema `LATENT`."""
    rows = held.lines.to_dicts()
    units: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        units[row["account_id"], row["instrument_id"] or 0] += row["quantity"] or ZERO
    return pl.DataFrame([_line(row, known, method, units) for row in rows], LATENT)


def _line(
    row: Mapping[str, Any], known: Known, method: str, units: Mapping[Key, Decimal]
) -> dict[str, Any]:
    key = (row["account_id"], row["instrument_id"] or 0)
    names = set(LATENT) & row.keys() - {"cost_eur", "gain_eur", "gain_ratio"}
    named = {name: row[name] for name in names}
    if row["quantity"] is None or row["asset_class"] == "cash":
        return named | {"quantity": None, "known_by": "", "reason": NO_UNITS, "currency": "EUR"}
    _, quoted_in = known.currencies[key]
    part = float(row["quantity"] / units[key]) if units[key] else 0.0
    cost = _in_euros(row, known, method, key, part)
    named |= {"currency": quoted_in}
    if cost.at_today is None:
        return named | {"known_by": "", "reason": cost.reason or NO_COST}
    value = row["value_eur"]
    gain = value - cost.at_today
    said = {
        "unit_cost_eur": cost.at_today / row["quantity"] if row["quantity"] else None,
        "cost_eur": cost.at_today,
        "gain_eur": gain,
        "gain_ratio": ratio(gain, cost.at_today),
        "known_by": cost.known_by,
        "reason": cost.reason,
    }
    return named | said | _effects(value, gain, cost, quoted_in)


@dataclass(frozen=True, slots=True)
class _Cost:
    """What a line cost, in cents."""

    at_today: Decimal | None  #: as the portfolio page counts it
    paid: Decimal | None = None  #: in euros, at the rates of the purchases
    local: Decimal | None = None  #: in the support's currency, at the rate of today
    known_by: str = ""
    reason: str = ""
    currency_reason: str = ""


def _in_euros(row: Mapping[str, Any], known: Known, method: str, key: Key, part: float) -> _Cost:
    """Return what a line cost: as its partner says on average, else as its movements do."""
    paid, local, reason = _of_movements(known, key, part)
    if method == "average" and row["cost_eur"] is not None:
        return _of_partner(row["cost_eur"], known, key, local / paid if paid else nan, reason)
    said = (in_cents(paid), in_cents(local))
    missing = "" if None not in said else reason or NO_DATES
    at_today = said[0] if said[1] is None else said[1]
    return _Cost(at_today, *said, "movements", missing if at_today is None else "", missing)


def _of_movements(known: Known, key: Key, part: float) -> tuple[float, float, str]:
    """Return the cost in euros, then that in the support's currency at the rate of today.

    NaN where it is unknown; the reason then says why.
    """
    standing = known.standing.get(key)
    if standing is None:
        return nan, nan, NO_COST
    if not standing.explained:
        return nan, nan, standing.reason
    _, quoted_in = known.currencies[key]
    share = known.shares[key[0]] * part
    today = known.units(quoted_in, known.on)
    return standing.cost[0] * share, standing.cost[1] * share / today, standing.reason


def _of_partner(said: Decimal, known: Known, key: Key, drift: float, reason: str) -> _Cost:
    """Return a partner's cost; `drift` is what the currency did since, as a factor."""
    paid_in, quoted_in = known.currencies[key]
    if quoted_in == "EUR":
        return _Cost(said, said, said, "partner")
    if isnan(drift) or not drift:
        return _Cost(said, known_by="partner", currency_reason=reason or NO_DATES)
    if paid_in == "EUR":
        return _Cost(said, said, in_cents(float(said) * drift), "partner", COST_IN_EUROS)
    return _Cost(said, in_cents(float(said) / drift), said, "partner")


def _effects(value: Decimal, gain: Decimal, cost: _Cost, quoted_in: str) -> dict[str, Any]:
    """Return how much of a gain came from the price, how much from the currency."""
    if quoted_in == "EUR":
        return {"price_eur": gain, "currency_eur": ZERO, "euro_gain_eur": gain}
    if cost.paid is None or cost.local is None:
        return {"currency_reason": cost.currency_reason}
    return {
        "price_eur": value - cost.local,
        "currency_eur": cost.local - cost.paid,
        "euro_gain_eur": value - cost.paid,
    }


def ratio(part: Decimal, whole: Decimal) -> float | None:
    """Return a part of a positive whole, else null."""
    return float(part / whole) if whole > 0 else None
