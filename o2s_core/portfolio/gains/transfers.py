"""Which securities came from another account of the same people? (transferts appariés)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from o2s_core.portfolio.running_positions import Posted

#: A custodian may take this long to book what another one has sent.
REACH: Final = 60
#: Units by which both ends of a transfer may differ.
UNITS: Final = 0.0001


class Transfer(NamedTuple):
    """Units of one support that went from an account to another; `at` is the first of both days."""

    source: int
    target: int
    instrument_id: int
    quantity: float
    at: date


def transfers(rows: Iterable[Posted]) -> Mapping[int, Transfer]:
    """Return the transfers whose two ends are known, by the `id()` of each of both rows.

    Each end is taken once, by the nearest day: same support, same number of units, two
    accounts, at most sixty days apart.
    """
    arriving: dict[int, list[Posted]] = defaultdict(list)
    leaving: list[Posted] = []
    for row in rows:
        if not row.instrument_id or not row.quantity:
            continue
        if row.kind == "transfer_in" and row.quantity > 0:
            arriving[row.instrument_id].append(row)
        elif row.kind == "transfer_out" and row.quantity < 0:
            leaving.append(row)
    found: dict[int, Transfer] = {}
    for row in sorted(leaving, key=lambda row: row.trade_on):
        near = [other for other in arriving[row.instrument_id or 0] if _match(row, other)]
        if not near:
            continue
        other = min(near, key=lambda other: abs(other.trade_on - row.trade_on))
        arriving[row.instrument_id or 0].remove(other)
        found[id(row)] = found[id(other)] = _transfer(row, other)
    return found


def _match(out: Posted, entry: Posted) -> bool:
    near = abs((entry.trade_on - out.trade_on).days) <= REACH
    same = abs(float((out.quantity or 0) + (entry.quantity or 0))) <= UNITS
    return near and same and out.account_id != entry.account_id


def _transfer(out: Posted, entry: Posted) -> Transfer:
    return Transfer(
        out.account_id, entry.account_id, out.instrument_id or 0, -float(out.quantity or 0),
        min(out.trade_on, entry.trade_on),
    )  # fmt: skip
