"""Which corporate action, transfer or movement would explain a break? Proposed, never done."""

from decimal import Decimal
from typing import Any, Final

import polars as pl

from o2s_core.aggregation.reconciliation.figures import EXACT, Figures, units

#: How the screen says what would explain a break.
PROPOSALS: Final = {
    "": "À chercher",
    "movement": "Mouvement manquant",
    "transfer": "Transfert de tout le compte",
    "split": "Division ou regroupement de titres",
    "isin_change": "Changement de code ISIN",
    "merger": "Fusion ou échange : OST probable",
    "free_shares": "Attribution gratuite",
    "redemption": "Remboursement ou liquidation",
}
#: New units for one old, that a split or a reverse split may give.
RATIOS: Final = tuple(
    sorted({Decimal(n) for n in (2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 50, 100, 1000)})
)
SAME_WORTH: Final = Decimal("0.10")  #: share by which a value moves around an exchange
EXACT_RATIO: Final = Decimal("0.0005")
FREE: Final = Decimal("0.34")  #: share of free shares beyond which it is a split


def with_proposals(found: pl.DataFrame, seen: Figures) -> pl.DataFrame:
    """Return breaks of units with what would explain each (schema `FOUND`).

    A multiple of the units at an unchanged worth is a split; a support that
    leaves while another comes for the same worth is an exchange; both sides
    name each other.
    """
    if found.is_empty():
        return found
    keys = ["account_id", "instrument_id"]
    before = units(seen.lines, 2).select(*keys, value_before="value")
    now = units(seen.lines, 1).select(*keys, value_now="value")
    rows = found.join(before, on=keys, how="left").join(now, on=keys, how="left").to_dicts()
    by_account: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_account.setdefault(row["account_id"], []).append(row)
    for mine in by_account.values():
        _propose(mine)
    plain = pl.DataFrame(rows, {**found.schema, "value_before": EXACT, "value_now": EXACT})
    return plain.select(found.columns)


def _propose(rows: list[dict[str, Any]]) -> None:
    gone = [r for r in rows if r["expected"] > 0 and r["reported"] == 0]
    come = [r for r in rows if r["expected"] == 0 and r["reported"] > 0]
    for row in rows:
        row["proposal"] = "movement"
    for old in gone:
        new = next((r for r in come if r["proposal"] == "movement" and _same_worth(old, r)), None)
        if new is None:
            continue
        ratio = _rounded(new["reported"] / old["expected"])
        kind = "isin_change" if ratio == 1 else "merger"
        old |= {"proposal": kind, "other_instrument_id": new["instrument_id"], "ratio": ratio}
        new |= {"proposal": kind, "other_instrument_id": old["instrument_id"], "ratio": ratio}
    for row in rows:
        if row["proposal"] == "movement" and row["expected"] > 0 and row["reported"] > 0:
            row |= _of_one(row)
    if len(gone) == len(rows) > 1 and all(r["proposal"] == "movement" for r in rows):
        for row in rows:
            row["proposal"] = "transfer"


def _of_one(row: dict[str, Any]) -> dict[str, Any]:
    """Return what multiplies one line: a split, a reverse split, free shares."""
    ratio = row["reported"] / row["expected"]
    known = next((r for r in RATIOS if abs(ratio / r - 1) < EXACT_RATIO), None)
    inverse = next((r for r in RATIOS if abs(ratio * r - 1) < EXACT_RATIO), None)
    if (known or inverse) and _worth_kept(row):
        return {"proposal": "split", "ratio": known or _rounded(1 / (inverse or Decimal(1)))}
    if Decimal(0) < ratio - 1 <= FREE and _worth_kept(row):
        return {"proposal": "free_shares", "ratio": _rounded(ratio)}
    return {}


def _worth_kept(row: dict[str, Any]) -> bool:
    before, now = row["value_before"], row["value_now"]
    return bool(before and now and abs(now / before - 1) <= SAME_WORTH)


def _same_worth(old: dict[str, Any], new: dict[str, Any]) -> bool:
    before, now = old["value_before"], new["value_now"]
    return bool(before and now and abs(now / before - 1) <= SAME_WORTH)


def _rounded(ratio: Decimal) -> Decimal:
    return ratio.quantize(Decimal("0.00000001"))
