"""What happened on an account, as Plaid says it: money that leaves is positive there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from o2s_core.aggregation.readers.blank_rows import movement_row
from o2s_core.aggregation.readers.cash_kinds import by_sign, told
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day, quoted
from o2s_core.aggregation.readers.plaid.securities import currency_of, identity

#: Subtype of an investment transaction -> kind of movement.
SUBTYPES: Final = {
    "dividend": "dividend", "qualified dividend": "dividend", "non-qualified dividend": "dividend",
    "interest": "interest", "interest receivable": "interest", "contribution": "deposit",
    "deposit": "deposit", "withdrawal": "withdrawal", "distribution": "withdrawal",
    "account fee": "fee", "management fee": "fee", "fund fee": "fee", "legal fee": "fee",
    "transfer fee": "fee", "trust fee": "fee", "trustee fee": "fee", "miscellaneous fee": "fee",
    "margin expense": "fee", "tax": "tax", "tax withheld": "tax", "non-resident tax": "tax",
    "split": "corporate_action", "merger": "corporate_action", "spin off": "corporate_action",
    "stock distribution": "corporate_action", "assignment": "corporate_action",
    "exercise": "corporate_action", "expire": "corporate_action",
}  # fmt: skip
#: Types that say the kind themselves.
TYPES: Final = {"buy": "buy", "sell": "sell", "fee": "fee"}

Before = dict[str, dict[str, Any]]  #: reference -> its movement, those read before in the list


def read_investment(
    found: Gathering, where: str, securities: Mapping[str, Cells], before: Before, cells: Cells
) -> None:
    """Keep an investment transaction; one that cancels another takes its kind, both are kept."""
    net = _money(found, cells)
    fees = found.number(cells, "fees")
    quantity = found.number(cells, "quantity") or None
    reference = cells.get("investment_transaction_id")
    row = movement_row(found.external_id, where) | {
        "partner_ref": reference,
        "trade_on": day(cells, "date", required=True),
        "kind": _kind(cells, before, net, quantity),
        **_named(cells, securities),
        "quantity": quantity,
        "price": found.number(cells, "price") or None,
        "gross": net + (fees or Decimal(0)),
        "fees": fees,
        "net": net,
        "currency": currency_of(cells),
    }
    found.movements.append(row)
    before[reference or ""] = row


def read_transaction(
    found: Gathering, where: str, _securities: Mapping[str, Cells], _before: Before, cells: Cells
) -> bool:
    """Keep a bank transaction; one that is pending is not booked yet."""
    if cells.get("pending") == "true":
        return False
    net, label = _money(found, cells), cells.get("name", "")
    found.movements.append(
        movement_row(found.external_id, where)
        | {
            "partner_ref": cells.get("transaction_id"),
            "trade_on": day(cells, "date", required=True),
            "kind": told(label) or by_sign(net),
            "label": label or None,
            "gross": net,
            "net": net,
            "currency": currency_of(cells),
        }
    )
    return True


def _money(found: Gathering, cells: Cells) -> Decimal:
    amount = found.number(cells, "amount")
    if amount is None:
        raise WrongFieldError("amount", "", "montant absent.")
    return -amount


def _kind(cells: Cells, before: Before, net: Decimal, quantity: Decimal | None) -> str:
    """Return what a transaction is; one whose type is new is never guessed."""
    kind, subtype = cells.get("type", ""), cells.get("subtype", "")
    if kind == "cancel" or "cancel_transaction_id" in cells:
        taken_back = before.get(cells.get("cancel_transaction_id", ""))
        return str(taken_back["kind"]) if taken_back else "adjustment"
    if known := TYPES.get(kind) or SUBTYPES.get(subtype):
        return known
    if kind == "transfer":
        return "transfer_in" if (quantity or net) > 0 else "transfer_out"
    if kind == "cash":
        return by_sign(net)
    raise WrongFieldError("type", kind, f"type d'opération {quoted(kind)} inconnu.", "L02")


def _named(cells: Cells, securities: Mapping[str, Cells]) -> dict[str, str | None]:
    """Return the code of the security of a transaction, and what the transaction is called."""
    security = securities.get(cells.get("security_id", ""), {})
    named = identity(cells, security)
    return {
        "code": named["code"],
        "code_type": named["code_type"],
        "label": named["label"] if named["code"] and named["label"] else cells.get("name"),
    }
