"""What happened on an account, as the transactions of an OFX file say it."""

from decimal import Decimal
from functools import partial
from typing import Any, Final

from o2s_core.aggregation.readers.cash_kinds import by_sign, told
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day, plus
from o2s_core.aggregation.readers.ofx.securities import Securities
from o2s_core.aggregation.readers.ofx.tree import Element

INCOME: Final = {"DIV": "dividend", "INTEREST": "interest", "CGLONG": "dividend",
                 "CGSHORT": "dividend", "MISC": "dividend"}  # fmt: skip
#: Transactions -> kind of movement; the others are read by their own rule.
KINDS: Final = {
    **{f"BUY{what}": "buy" for what in ("DEBT", "MF", "OPT", "OTHER", "STOCK")},
    **{f"SELL{what}": "sell" for what in ("DEBT", "MF", "OPT", "OTHER", "STOCK")},
    "INCOME": "dividend",
    "REINVEST": "buy",
    "INVEXPENSE": "fee",
    "MARGININTEREST": "interest",
    "RETOFCAP": "corporate_action",
    "SPLIT": "corporate_action",
    "CLOSUREOPT": "corporate_action",
    "TRANSFER": "transfer_in",
}
#: Moves between the parts of one account: nothing enters, nothing leaves.
INTERNAL: Final = frozenset({"JRNLFUND", "JRNLSEC"})
FEES: Final = ("COMMISSION", "FEES", "LOAD")
TAXES: Final = ("TAXES", "WITHHOLDING", "STATEWITHHOLDING", "PENALTY")
CASH_KINDS: Final = {"INT": "interest", "DIV": "dividend", "FEE": "fee", "SRVCHG": "fee"}


def investment_movements(
    found: Gathering, listed: Element, securities: Securities, currency: str, where: str
) -> None:
    """Read the transactions of a broker's account."""
    for place, happened in listed.numbered():
        at = f"{where}/INVTRANLIST/{place}"
        if happened.tag == "INVBANKTRAN":
            read = partial(cash_movement, found, currency, at)
        elif happened.tag in KINDS or happened.tag in INTERNAL:
            read = partial(_transaction, found, happened.tag, securities, currency, at)
        elif happened.children:
            read = partial(_unknown, happened.tag)
        else:
            continue
        found.row(at, happened.fields(), read)


def _unknown(tag: str, _cells: Cells) -> bool:
    raise WrongFieldError(
        "", tag, f"Type d'opération {tag} inconnu : l'opération est écartée.", "L02"
    )


def _transaction(
    found: Gathering, tag: str, securities: Securities, currency: str, where: str, cells: Cells
) -> bool:
    if tag in INTERNAL:
        return False
    row = _movement(found, cells, currency, where) | _traded(found, cells)
    row |= _security(cells, securities) | {"kind": KINDS[tag]}
    if tag == "INCOME":
        row |= {"kind": INCOME.get(cells.get("INCOMETYPE", "").strip(), "dividend")}
        row |= {"quantity": None, "price": None}
    elif tag == "REINVEST":
        found.movements.append(_income_reinvested(row, cells))
        row["partner_ref"] = row["partner_ref"] and f"{row['partner_ref']}/achat"
    elif tag == "TRANSFER":
        return _transfer(found, row, cells)
    elif tag == "SPLIT":
        row["quantity"] = _split(found, cells)
    elif tag.startswith("SELL") and row["quantity"] is not None:
        row["quantity"] = -abs(row["quantity"])
    found.movements.append(row)
    return True


def _movement(found: Gathering, cells: Cells, currency: str, where: str) -> dict[str, Any]:
    """Return what every movement has: its account, its days, its reference, its currency."""
    posted = "DTTRADE" if "DTTRADE" in cells else "DTPOSTED"
    said = cells.get("CURSYM") if "ORIGCURRENCY" not in cells else None
    return {
        "external_id": found.external_id,
        "locator": where,
        "partner_ref": cells.get("FITID", "").strip() or None,
        "trade_on": day(cells, posted, required=True),
        "value_on": day(cells, "DTSETTLE") or day(cells, "DTAVAIL"),
        "code": None,
        "code_type": None,
        "label": cells.get("MEMO", "").strip() or None,
        "quantity": None,
        "price": None,
        "gross": None,
        "fees": None,
        "taxes": None,
        "net": None,
        "currency": said or currency,
        "fx_rate": _rate(found, cells, currency),
    }


def _rate(found: Gathering, cells: Cells, currency: str) -> Decimal | None:
    """Return units of the movement's currency for one of the account, when they differ."""
    if cells.get("CURSYM", currency) == currency:
        return None
    rate = found.number(cells, "CURRATE")
    return (1 / rate).quantize(Decimal("1e-8")) if rate else None


def _traded(found: Gathering, cells: Cells) -> dict[str, Decimal | None]:
    """Return quantity, price and amounts; `net` is what the cash moved by, signed as written."""
    fees = plus(*(found.number(cells, name) for name in FEES))
    taxes = plus(*(found.number(cells, name) for name in TAXES))
    net = found.number(cells, "TOTAL")
    return {
        "quantity": found.number(cells, "UNITS"),
        "price": found.number(cells, "UNITPRICE"),
        "fees": fees,
        "taxes": taxes,
        "net": net,
        "gross": None if net is None else plus(net, fees, taxes),
    }


def _security(cells: Cells, securities: Securities) -> dict[str, str | None]:
    known = securities.identity(cells)
    memo = cells.get("MEMO", "").strip() or None
    return known if known["code"] else known | {"label": memo}


def _income_reinvested(row: dict[str, Any], cells: Cells) -> dict[str, Any]:
    """Return the income that a reinvestment starts with: it enters, then pays the purchase."""
    kind = INCOME.get(cells.get("INCOMETYPE", "").strip(), "dividend")
    net = row["net"]
    received = None if net is None else -net
    return row | {
        "kind": kind,
        "quantity": None,
        "price": None,
        "net": received,
        "gross": received,
        "fees": None,
        "taxes": None,
    }


def _transfer(found: Gathering, row: dict[str, Any], cells: Cells) -> bool:
    """Read securities that enter or leave; a transfer of nothing is only a notice."""
    quantity = row["quantity"]
    if not quantity:
        return False
    out = cells.get("TFERACTION", "").strip().upper() == "OUT"
    row["kind"] = "transfer_out" if out else "transfer_in"
    row["quantity"] = -abs(quantity) if out else abs(quantity)
    found.movements.append(row)
    return True


def _split(found: Gathering, cells: Cells) -> Decimal | None:
    new, old = found.number(cells, "NEWUNITS"), found.number(cells, "OLDUNITS")
    return None if new is None or old is None else new - old


def cash_movement(found: Gathering, currency: str, where: str, cells: Cells) -> bool:
    """Read a movement of cash: its type tells what it is, else its name does.

    A correction takes the reference of what it replaces; a movement that the
    partner takes back is told, since nothing says here what it was.
    """
    if cells.get("CORRECTACTION", "").strip().upper() == "DELETE":
        said = f"le partenaire annule le mouvement {cells.get('CORRECTFITID', '')} : vérifiez-le."
        found.tell("A-ANNULATION", "warning", "CORRECTFITID", cells.get("CORRECTFITID", ""), said)
        return False
    row = _movement(found, cells, currency, where)
    if replaced := cells.get("CORRECTFITID", "").strip():
        row["partner_ref"] = replaced
    amount = found.number(cells, "TRNAMT")
    if amount is None:
        raise WrongFieldError("TRNAMT", "", "montant absent.")
    names = [cells.get(name, "").strip() for name in ("NAME", "MEMO")]
    label = " · ".join(dict.fromkeys(filter(None, names)))
    kind = _cash_kind(cells.get("TRNTYPE", "").strip().upper(), label, amount)
    found.movements.append(
        row | {"kind": kind, "label": label or None, "net": amount, "gross": amount}
    )
    return True


def _cash_kind(said: str, label: str, amount: Decimal) -> str:
    if said in CASH_KINDS:
        return CASH_KINDS[said]
    kind = told(label)
    if kind and said in {"", "OTHER", "DEP", "CREDIT", "DEBIT"}:
        return kind
    return by_sign(amount)
