"""What some lines add up to: the whole, and each account. Plain sums of the displayed cents."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from o2s_core.kernel.money import ZERO

Line = Mapping[str, Any]
#: What all lines of an account have in common.
COMMON: Final = ("account_id", "account", "number", "envelope", "provider", "share")


def total(lines: Iterable[Line], name: str) -> Decimal:
    """Return the sum of an amount; a null adds nothing."""
    return sum((line[name] for line in lines if line[name] is not None), ZERO)


def share_of(part: Decimal, whole: Decimal) -> float | None:
    """Return a part as a ratio of a positive whole, else null."""
    return float(part / whole) if whole > 0 else None


def by_account(
    lines: Sequence[Line], outside: Mapping[int, Decimal], later: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Return one row per account that holds something, in the order of the lines.

    `outside` is what others own of each account, `later` counts the movements
    after its situation. Schema `holdings.ACCOUNT_TOTALS`.
    """
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(line["account_id"], []).append(line)
    return [
        _account(own)
        | {"outside_eur": outside.get(id_, ZERO), "later_movements": later.get(id_, 0)}
        for id_, own in groups.items()
    ]


def _account(lines: Sequence[Line]) -> dict[str, Any]:
    first = lines[0]
    situations = [line for line in lines if line["situation_value_eur"] is not None]
    weights = [line["weight"] for line in lines if line["weight"] is not None]
    return (
        {name: first[name] for name in COMMON}
        | _gain(lines)
        | {
            "kind": first["known_by"],
            "lines": len(lines),
            "value_eur": total(lines, "value_eur"),
            "weight": sum(weights) if weights else None,
            "situation_on": first["situation_on"],
            "situation_value_eur": total(situations, "situation_value_eur") if situations else None,
            "oldest_data_on": min(line["data_on"] for line in lines),
            "newest_data_on": max(line["data_on"] for line in lines),
            "stale_lines": sum(line["stale"] for line in lines),
        }
    )


def _gain(lines: Sequence[Line]) -> dict[str, Any]:
    """Return cost and gain of the lines whose unit cost is known; nulls when none is."""
    known = [line for line in lines if line["cost_eur"] is not None]
    if not known:
        return {"cost_eur": None, "gain_eur": None, "gain_ratio": None}
    spent, gain = total(known, "cost_eur"), total(known, "gain_eur")
    return {
        "cost_eur": spent,
        "gain_eur": gain,
        "gain_ratio": float(gain / spent) if spent else None,
    }


def whole(lines: Sequence[Line], value: Decimal) -> dict[str, Any]:
    """Return the totals and the freshness of all lines, as `Holdings` names them."""
    known = [line for line in lines if line["cost_eur"] is not None]
    stale = [line for line in lines if line["stale"]]
    gain = _gain(lines)
    return {
        "situation_total_eur": total(lines, "situation_value_eur"),
        "situation_missing": sum(line["situation_value_eur"] is None for line in lines),
        "cost_eur": gain["cost_eur"] or ZERO,
        "gain_eur": gain["gain_eur"],
        "gain_ratio": gain["gain_ratio"],
        "gain_coverage": share_of(total(known, "value_eur"), value),
        "stale_lines": len(stale),
        "stale_share": share_of(total(stale, "value_eur"), value),
        "declared": any(line["known_by"] == "manual" for line in lines),
        **_span(lines, "data"),
        **_span(lines, "situation"),
    }


def _span(lines: Sequence[Line], name: str) -> dict[str, date | None]:
    days = [line[f"{name}_on"] for line in lines if line[f"{name}_on"] is not None]
    return {
        f"oldest_{name}_on": min(days, default=None),
        f"newest_{name}_on": max(days, default=None),
    }
