"""What happened on a broker's account, as the actions of a QIF say it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from o2s_core.aggregation.readers.blank_rows import movement_row
from o2s_core.aggregation.readers.cash_kinds import by_sign
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, quoted
from o2s_core.aggregation.readers.qif.values import Reading
from o2s_core.kernel.identifiers import is_isin

#: Action, its final X left out -> kind of movement.
ACTIONS: Final = {
    "buy": "buy", "sell": "sell", "div": "dividend", "cglong": "dividend", "cgshort": "dividend",
    "cgmid": "dividend", "intinc": "interest", "miscinc": "adjustment", "miscexp": "fee",
    "margint": "fee", "shrsin": "transfer_in", "shrsout": "transfer_out",
    "rtrncap": "corporate_action", "xin": "deposit", "xout": "withdrawal", "contrib": "deposit",
    "withdrw": "withdrawal", "cash": "cash",
}  # fmt: skip
REINVESTED: Final = {"reinvdiv": "dividend", "reinvint": "interest", "reinvlg": "dividend",
                     "reinvsh": "dividend", "reinvmd": "dividend"}  # fmt: skip
SPENT: Final = frozenset({"buy", "fee", "withdrawal"})
OUT: Final = frozenset({"sell", "transfer_out"})


def read_investment(
    found: Gathering,
    place: tuple[str, str],
    reading: Reading,
    securities: Mapping[str, Cells],
    cells: Cells,
) -> None:
    """Keep an action; `place` is the number of its account and its line.

    One that ends in X moved its cash from or to another account; income that is
    reinvested is an income and a purchase.
    """
    action = cells.get("N", "").casefold()
    outside = action.endswith("x") and action[:-1] in ACTIONS
    kind = ACTIONS.get(action.removesuffix("x") if outside else action) or REINVESTED.get(action)
    if not kind:
        said = f"opération {quoted(cells.get('N', ''))} inconnue : saisissez-la à la main."
        raise WrongFieldError("N", cells.get("N", ""), said, "L02")
    row = movement_row(*place) | _security(cells, securities)
    row |= {"trade_on": reading.day(cells, "D"), "currency": "EUR"}
    if action in REINVESTED:
        income = reading.number(found, cells, "T")
        found.movements.append(row | {"kind": kind, "gross": income, "net": income})
        kind = "buy"
    done = row | _amounts(found, reading, cells, kind)
    found.movements.append(done)
    if outside and done["net"]:
        found.movements.append(_other_side(row, -done["net"]))


def _amounts(found: Gathering, reading: Reading, cells: Cells, kind: str) -> dict[str, Any]:
    """Return the amounts of an action; `T` has its commission inside, and may be absent."""
    amount = reading.number(found, cells, "T" if "T" in cells else "U")
    fees, quantity = reading.number(found, cells, "O"), reading.number(found, cells, "Q")
    if kind == "cash":
        kind = by_sign(amount or Decimal(0))
        net = amount
    else:
        net = None if amount is None else (-abs(amount) if kind in SPENT else amount)
    sign = -1 if kind in OUT else 1
    return {
        "kind": kind,
        "quantity": sign * abs(quantity) if quantity else None,
        "price": reading.number(found, cells, "I"),
        "gross": None if net is None else net + (fees or Decimal(0)),
        "fees": fees,
        "net": net,
    }


def _other_side(row: Mapping[str, Any], net: Decimal) -> dict[str, Any]:
    bare = {"code": None, "code_type": None, "gross": net, "net": net}
    return {**row, **bare, "kind": by_sign(net)}


def _security(cells: Cells, securities: Mapping[str, Cells]) -> dict[str, str | None]:
    """Return the code of a security: its symbol where the file lists it, else its name."""
    name = cells.get("Y", "")
    if not name:
        return {"code": None, "code_type": None, "label": cells.get("P")}
    symbol = securities.get(name, {}).get("S", "")
    kind = "isin" if is_isin(symbol) else "ticker"
    return {
        "code": symbol or name,
        "code_type": kind if symbol else "label",
        "label": name,
    }
