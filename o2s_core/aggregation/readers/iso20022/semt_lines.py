"""What is one line of a semt.002? Which security, how much of it, at what price and value."""

from decimal import Decimal
from typing import Any, Final

from o2s_core.aggregation.readers.blank_rows import line_row
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day
from o2s_core.aggregation.readers.iso20022.paths import Node, children, descendants, text_at

#: Kinds of other code -> what they are here.
CODES: Final = {"CUSP": "cusip", "SEDL": "sedol", "WKNR": "wkn", "TIKR": "ticker"}
#: Blocks of amounts, that of the account's currency first; before the third version, the line.
AMOUNTS: Final = ("AcctBaseCcyAmts", "InstrmCcyAmts")
INSTRUMENTS: Final = ("FinInstrmId", "FinInstrmDtls")
BALANCES: Final = ("AggtBal", "AggtQty")
QUANTITIES: Final = ("Unit", "FaceAmt", "AmtsdVal")
MARKET: Final = "MRKT"
HUNDREDTH: Final = Decimal("0.01")

Price = tuple[Decimal, str | None, Decimal, str]  #: price, currency, factor, day


def read_line(
    found: Gathering, node: Node, head: dict[str, Any], where: str, _cells: Cells
) -> None:
    """Keep one holding; a price in another currency than the value is left out, and told."""
    quantity, kind = _quantity(found, node)
    value, accrued, currency = _amounts(found, node, short=quantity < 0)
    row = line_row(head, where) | _security(node)
    row |= {"kind": kind, "quantity": quantity, "value": value, "accrued": accrued}
    price = _price(found, node)
    if price and price[1] and currency and price[1] != currency:
        said = (
            f"le cours est en {price[1]} et la valeur en {currency} : seule la valeur est gardée."
        )
        found.tell("A-DEVISE", "warning", "PricDtls", price[1], said)
        price = None
    if price:
        row |= {
            "price": price[0],
            "price_factor": price[2],
            "price_on": day({"QtnDt": price[3]}, "QtnDt"),
        }
    row["currency"] = currency or (price[1] if price else None) or head["currency"]
    found.lines.append(row)


def _first(node: Node, names: tuple[str, ...]) -> Node | None:
    return next((one for name in names for one in children(node, name)), None)


def _quantity(found: Gathering, node: Node) -> tuple[Decimal, str | None]:
    """Return the signed quantity and the kind that its unit tells: a face amount is a bond's."""
    balance = _first(node, BALANCES)
    said = [
        (name, (one.text or "").strip())
        for name in QUANTITIES
        for one in (descendants(balance, name) if balance is not None else ())
    ]
    if len({text for _, text in said}) != 1:
        why = "quantité absente." if not said else "plusieurs quantités, rien ne dit laquelle."
        raise WrongFieldError("AggtBal", ", ".join(text for _, text in said), why)
    value = found.number({"AggtBal": said[0][1]}, "AggtBal")
    side = next((one.text or "" for one in descendants(balance, "ShrtLngInd")), "LONG").strip()
    if value is None or side not in {"LONG", "SHOR"}:
        raise WrongFieldError("AggtBal", side, "quantité ou sens illisible.")
    return (-value if side == "SHOR" else value), None if said[0][0] == "Unit" else "bond"


def _amounts(
    found: Gathering, node: Node, *, short: bool
) -> tuple[Decimal | None, Decimal | None, str | None]:
    """Return value, accrued interest and their currency, that of the account where it is given."""
    blocks = [*(one for name in AMOUNTS for one in children(node, name)), node]
    block = next((one for one in blocks if _first(one, ("HldgVal",)) is not None), None)
    if block is None:
        return None, None, None
    holding = _first(block, ("HldgVal",))
    value, currency = money(found, holding, "HldgVal")
    if short and value is not None and value > 0 and not text_at(holding, "Sgn"):
        raise WrongFieldError("HldgVal", str(value), "valeur d'une position courte sans son signe.")
    accrued, _ = _accrued(found, block)
    return value, accrued, currency


def _accrued(found: Gathering, block: Node) -> tuple[Decimal | None, str | None]:
    node = _first(block, ("AcrdIntrstAmt",))
    if node is None:
        return None, None
    value, currency = money(found, node, "AcrdIntrstAmt")
    negative = text_at(block, "AcrdIntrstAmtSgn").lower() in {"false", "0"}
    return (-value if negative and value is not None else value), currency


def money(found: Gathering, node: Node, name: str) -> tuple[Decimal | None, str | None]:
    """Return an amount with its sign and its currency; `Sgn` false is negative."""
    inner = _first(node, ("Amt",))
    amount = inner if inner is not None else node
    value = found.number({name: (amount.text or "").strip()}, name)
    negative = text_at(node, "Sgn").lower() in {"false", "0"}
    return (-value if negative and value is not None else value), amount.get("Ccy")


def _price(found: Gathering, node: Node) -> Price | None:
    """Return the market price, else the only one; several that differ are a fault."""
    listed = [
        (text_at(one, "Tp/Cd") or text_at(one, "Tp"), one) for one in children(node, "PricDtls")
    ]
    market = [one for kind, one in listed if kind == MARKET] or [one for _, one in listed]
    read = [_one_price(found, one) for one in market]
    if len({price[:3] for price in read}) > 1:
        raise WrongFieldError("PricDtls", "", "plusieurs cours, rien ne dit lequel.")
    return read[0] if read else None


def _one_price(found: Gathering, node: Node) -> Price:
    """Return a price; a rate is in percent."""
    rate, amount = text_at(node, "Val/Rate"), next(descendants(node, "Amt"), None)
    text = rate or ((amount.text or "").strip() if amount is not None else "")
    value = found.number({"PricDtls": text}, "PricDtls")
    if value is None:
        raise WrongFieldError("PricDtls", "", "cours absent.")
    on = text_at(node, "QtnDt/Dt") or text_at(node, "QtnDt/DtTm") or text_at(node, "QtnDt")
    currency = None if rate or amount is None else amount.get("Ccy")
    return value, currency, HUNDREDTH if rate else Decimal(1), on


def _security(node: Node) -> dict[str, str | None]:
    """Return the code and name of a security: ISIN first, another code else."""
    named = _first(node, INSTRUMENTS)
    if named is None:
        return {"code": None, "code_type": None, "label": None}
    label = next(
        ((one.text or "").strip() for tag in ("Desc", "Nm") for one in descendants(named, tag)), ""
    )
    isin = next(((one.text or "").strip() for one in descendants(named, "ISIN")), "")
    if isin:
        return {"code": isin, "code_type": "isin", "label": label or None}
    other = next(descendants(named, "OthrId"), None)
    if other is None or not text_at(other, "Id"):
        return {"code": None, "code_type": None, "label": label or None}
    kind = text_at(other, "Tp/Cd") or text_at(other, "Tp/Prtry")
    return {
        "code": text_at(other, "Id"),
        "code_type": CODES.get(kind, "partner"),
        "label": label or None,
    }
