"""What happened on an account, as the sections of a Flex query say it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day, quoted

#: What a cash transaction is called -> kind of movement.
CASH: Final = {
    "Dividends": "dividend",
    "Payment In Lieu Of Dividends": "dividend",
    "Withholding Tax": "tax",
    "871(m) Withholding": "tax",
    "Broker Interest Paid": "interest",
    "Broker Interest Received": "interest",
    "Bond Interest Paid": "coupon",
    "Bond Interest Received": "coupon",
    "Other Fees": "fee",
    "Broker Fees": "fee",
    "Advisor Fees": "fee",
    "Commission Adjustments": "fee",
    "Price Adjustments": "adjustment",
    "Other Income": "adjustment",
}
#: Deposits and withdrawals: the sign says which.
FUNDING: Final = frozenset({"Deposits & Withdrawals", "Deposits/Withdrawals"})
CODE_TYPES: Final = {"ISIN": "isin", "CUSIP": "cusip", "SEDOL": "sedol", "WKN": "wkn"}
#: Levels that add up or split what is said elsewhere.
REPEATED: Final = frozenset({"SUMMARY", "ORDER", "SYMBOL_SUMMARY", "ASSET_SUMMARY",
                             "CLOSED_LOT", "WASH_SALE"})  # fmt: skip
NOBODY: Final = "-"


def account_of(cells: Cells, own: str) -> str:
    """Return the account of a row: its own when it names one, else that of the statement."""
    said = cells.get("accountId", "").strip()
    return own if said in {"", NOBODY} else said


def identity(cells: Cells) -> dict[str, str | None]:
    """Return the code of an instrument: its ISIN, another official code, else the broker's own."""
    label = cells.get("description", "").strip() or cells.get("symbol", "").strip() or None
    official = CODE_TYPES.get(cells.get("securityIDType", ""))
    for code_type, code in (
        ("isin", cells.get("isin")),
        (official, cells.get("securityID")),
        ("conid", cells.get("conid")),
        ("ticker", cells.get("symbol")),
    ):
        if code_type and code:
            return {"code": code.strip(), "code_type": code_type, "label": label}
    return {"code": None, "code_type": None, "label": label}


def _movement(found: Gathering, cells: Cells, kind: str, on: str, paid: str) -> dict[str, Any]:
    """Return what every movement has; `on` and `paid` name the fields of its days."""
    return {
        "external_id": found.external_id,
        "locator": found.locator,
        "partner_ref": cells.get("transactionID") or None,
        "trade_on": day(cells, on, required=True),
        "value_on": day(cells, paid),
        "kind": kind,
        **(identity(cells) if "conid" in cells or "isin" in cells else _bare(cells)),
        "quantity": None,
        "price": None,
        "gross": None,
        "fees": None,
        "taxes": None,
        "net": None,
        "currency": cells.get("currency", ""),
        "fx_rate": _rate(found, cells),
    }


def _bare(cells: Cells) -> dict[str, str | None]:
    return {"code": None, "code_type": None, "label": cells.get("description") or None}


def _rate(found: Gathering, cells: Cells) -> Decimal | None:
    """Return units of the currency for one of the account's base; the file gives the inverse."""
    rate = found.number(cells, "fxRateToBase")
    return (1 / rate).quantize(Decimal("1e-8")) if rate and rate != 1 else None


def trade(found: Gathering, cells: Cells) -> bool:
    """Read an execution: `net` is what the cash moved by; a cancelled one takes it back."""
    if cells.get("levelOfDetail", "") in REPEATED:
        return False
    if cells.get("assetCategory") == "CASH":
        return _exchange(found, cells)
    side = cells.get("buySell", "")
    if not side.startswith(("BUY", "SELL")):
        message = f"sens {quoted(side)} inconnu : l'opération est écartée."
        raise WrongFieldError("buySell", side, message, "L02")
    kind = "buy" if side.startswith("BUY") else "sell"
    row = _movement(found, cells, kind, "tradeDate", "settleDateTarget")
    here = cells.get("ibCommissionCurrency", row["currency"]) == row["currency"]
    commission = found.number(cells, "ibCommission")
    row |= {
        "partner_ref": _reference(cells),
        "quantity": found.number(cells, "quantity"),
        "price": found.number(cells, "tradePrice"),
        "gross": found.number(cells, "proceeds"),
        "fees": _paid(commission) if here else None,
        "taxes": _paid(found.number(cells, "taxes")),
        "net": found.number(cells, "netCash"),
    }
    found.movements.append(row)
    if commission and not here:
        found.movements.append(_fee_elsewhere(row, commission, cells["ibCommissionCurrency"]))
    return True


def _reference(cells: Cells) -> str | None:
    """Return what identifies an execution for good: older queries only give its trade number."""
    if cells.get("transactionID"):
        return cells["transactionID"]
    return f"trade/{cells['tradeID']}" if cells.get("tradeID") else None


def _paid(amount: Decimal | None) -> Decimal | None:
    """Return a cost as positive when paid; the file writes it negative. Nothing is None."""
    return -amount if amount else None


def _fee_elsewhere(row: dict[str, Any], amount: Decimal, currency: str) -> dict[str, Any]:
    """Return the commission of a trade as its own movement: it is paid in another currency."""
    said = {"kind": "fee", "net": amount, "gross": amount, "currency": currency}
    empty = dict.fromkeys(("quantity", "price", "fees", "taxes", "fx_rate"))
    reference = row["partner_ref"] and f"{row['partner_ref']}/commission"
    return row | empty | said | {"partner_ref": reference}


def _exchange(found: Gathering, cells: Cells) -> bool:
    """Read a currency exchange: one currency leaves the cash, another enters."""
    row = _movement(found, cells, "adjustment", "tradeDate", "settleDateTarget")
    bought = cells.get("symbol", "").partition(".")[0]
    moved, paid = found.number(cells, "quantity"), found.number(cells, "proceeds")
    reference = _reference(cells)
    bare = {"code": None, "code_type": None, "label": f"Change {cells.get('symbol', '')}"}
    for part, currency, amount in (("achat", bought, moved), ("vente", row["currency"], paid)):
        found.movements.append(
            row
            | bare
            | {"partner_ref": reference and f"{reference}/{part}", "fx_rate": None}
            | {"currency": currency, "net": amount, "gross": amount}
        )
    commission = found.number(cells, "ibCommission")
    if commission:
        currency = cells.get("ibCommissionCurrency", row["currency"])
        fee = _fee_elsewhere(row | bare | {"partner_ref": reference}, commission, currency)
        found.movements.append(fee)
    return True


def cash_transaction(found: Gathering, cells: Cells) -> bool:
    """Read a dividend, a tax, an interest, a fee, a deposit or a withdrawal."""
    if cells.get("levelOfDetail", "") in REPEATED:
        return False
    said, amount = cells.get("type", ""), found.number(cells, "amount")
    if amount is None:
        raise WrongFieldError("amount", "", "montant absent.")
    kind = CASH.get(said)
    if said in FUNDING:
        kind = "deposit" if amount > 0 else "withdrawal"
    if kind is None:
        message = f"type d'opération {quoted(said)} inconnu : l'opération est écartée."
        raise WrongFieldError("type", said, message, "L02")
    row = _movement(found, cells, kind, "dateTime", "settleDate")
    found.movements.append(row | {"net": amount, "gross": amount})
    return True


def sales_tax(found: Gathering, cells: Cells) -> bool:
    """Read a tax on a fee, which the broker lists apart."""
    row = _movement(found, cells, "tax", "date", "date")
    amount = found.number(cells, "salesTax")
    label = " ".join(filter(None, (cells.get("taxType"), cells.get("taxableDescription"))))
    found.movements.append(row | {"net": amount, "gross": amount, "label": label or None})
    return True


def corporate_action(found: Gathering, cells: Cells) -> bool:
    """Read one leg of an operation on securities: what leaves, or what enters, and the cash."""
    if cells.get("levelOfDetail", "") in REPEATED - {"SUMMARY"}:
        return False
    row = _movement(found, cells, "corporate_action", "reportDate", "reportDate")
    proceeds = found.number(cells, "proceeds") or None
    quantity = found.number(cells, "quantity")
    found.movements.append(row | {"quantity": quantity, "net": proceeds, "gross": proceeds})
    return True


def transfer(found: Gathering, cells: Cells) -> bool:
    """Read securities or cash that come from another account, or go to one."""
    quantity = found.number(cells, "quantity") or None
    cash = found.number(cells, "cashTransfer") or None
    if quantity is None and cash is None:
        return False
    out = cells.get("direction", "").upper() == "OUT"
    dated = "date" if "date" in cells else "reportDate"
    row = _movement(found, cells, "transfer_out" if out else "transfer_in", dated, dated)
    sign = -1 if out else 1
    signed = {"quantity": quantity and sign * abs(quantity), "net": cash and sign * abs(cash)}
    found.movements.append(row | signed | {"gross": signed["net"]})
    return True


#: Section, element, how it is read; the other sections repeat or comment these.
SECTIONS: Final[tuple[tuple[str, str, Callable[[Gathering, Cells], bool]], ...]] = (
    ("Trades", "Trade", trade),
    ("CashTransactions", "CashTransaction", cash_transaction),
    ("SalesTaxes", "SalesTax", sales_tax),
    ("CorporateActions", "CorporateAction", corporate_action),
    ("Transfers", "Transfer", transfer),
)
