"""What happened on an account, as Powens says it: cash booked, orders carried out."""

from typing import Final

from o2s_core.aggregation.readers.blank_rows import movement_row
from o2s_core.aggregation.readers.cash_kinds import by_sign, told
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day, quoted
from o2s_core.kernel.identifiers import is_isin

#: Type of a transaction -> kinds of movement when money goes out, and when it comes in.
KINDS: Final = {
    "market_order": ("buy", "sell"),
    "market_fee": ("fee", "fee"),
    "fee": ("fee", "fee"),
    "bank": ("fee", "adjustment"),
    "arbitrage": ("adjustment", "adjustment"),
}
#: Names of the days of a transaction: booked, else done, else counted.
BOOKED: Final = ("date", "rdate", "application_date")
#: How the state of an order says that it was carried out; the others were not, or not yet.
DONE: Final = ("execut", "exécut", "filled", "done")
DIRECTIONS: Final = {"BUY": "buy", "SALE": "sell", "SELL": "sell"}


def read_transaction(found: Gathering, where: str, currency: str, cells: Cells) -> bool:
    """Keep a transaction that is booked; one to come, or removed, says nothing yet."""
    if cells.get("coming") == "true" or "deleted" in cells:
        return False
    kind = cells.get("type", "")
    if kind == "market_order" and _ordered(found):
        return False
    value = found.number(cells, "value")
    if value is None:
        raise WrongFieldError("value", "", "montant absent.")
    label = cells.get("original_wording") or cells.get("wording", "")
    name = next((name for name in BOOKED if name in cells), BOOKED[0])
    known = KINDS.get(kind, ("", ""))[value > 0]
    found.movements.append(
        movement_row(found.external_id, where)
        | {
            "partner_ref": cells.get("id"),
            "trade_on": day(cells, name, required=True),
            "value_on": day(cells, "vdate"),
            "kind": known or told(label) or _earned(kind) or by_sign(value),
            "label": label or None,
            "gross": value,
            "net": value,
            "currency": currency,
        }
    )
    return True


def _earned(kind: str) -> str:
    return "dividend" if kind == "profit" else ""


def _ordered(found: Gathering) -> bool:
    """Return whether the account's orders are in the file too."""
    return any(
        row["external_id"] == found.external_id and (row["partner_ref"] or "").startswith("order/")
        for row in found.movements
    )


def read_order(found: Gathering, where: str, currency: str, cells: Cells) -> bool:
    """Keep an order that was carried out: its fees are not told, so the cash is not either."""
    state = cells.get("state", "").casefold()
    if "deleted" in cells or not ("execution_date" in cells or state.startswith(DONE)):
        return False
    said = cells.get("order_direction.name") or cells.get("order_direction", "")
    if said.upper() not in DIRECTIONS:
        raise WrongFieldError("order_direction", said, f"sens {quoted(said)} inconnu.", "L02")
    kind, amount = DIRECTIONS[said.upper()], found.number(cells, "amount")
    quantity = found.number(cells, "quantity")
    sign = 1 if kind == "buy" else -1
    code = cells.get("code", "").upper()
    found.movements.append(
        movement_row(found.external_id, where)
        | {
            "partner_ref": f"order/{cells['id']}" if "id" in cells else None,
            "trade_on": day(cells, "execution_date") or day(cells, "date", required=True),
            "kind": kind,
            "code": code or None,
            "code_type": ("isin" if is_isin(code) else "partner") if code else None,
            "label": cells.get("label"),
            "quantity": None if quantity is None else sign * abs(quantity),
            "price": found.number(cells, "unitprice") or found.number(cells, "unitvalue"),
            "gross": None if amount is None else -sign * abs(amount),
            "currency": currency,
        }
    )
    return True
