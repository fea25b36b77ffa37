"""Partners' files in a few lines: the product's own JSON, and flat ones."""

import json
from collections.abc import Sequence

from o2s_core.kernel.identifiers import isin_with_check_digit

#: ISINs with a right check digit that belong to nobody.
ACME = isin_with_check_digit("XF000000ACM")
BETA = isin_with_check_digit("XF000000BET")
GAMMA = isin_with_check_digit("XF000000GAM")


def line(isin=ACME, quantity="10", price="100", value="1000", **more) -> dict:
    """One line of a situation, worth quantity × price."""
    return {
        "isin": isin,
        "label": "Fonds",
        "quantity": quantity,
        "price": price,
        "value": value,
    } | more


def cash(value="50", **more) -> dict:
    """The cash of an account."""
    return {"kind": "cash", "label": "Espèces", "value": value} | more


def moved(kind="deposit", net="100", trade_on="2026-10-15", **more) -> dict:
    """One movement."""
    return {"kind": kind, "net": net, "trade_on": trade_on} | more


def situation(as_of="2026-10-31", lines: Sequence[dict] = (), total=None) -> dict:
    """What an account holds on a day."""
    return {"as_of": as_of, "currency": "EUR", "total": total, "lines": list(lines)}


def holding(
    number="AV-001", lines: Sequence[dict] | None = None, as_of="2026-10-31", **more
) -> dict:
    """An account with one situation."""
    total = more.pop("total", None)
    told = [line()] if lines is None else lines
    account = {"number": number, "situations": [situation(as_of, told, total)]}
    return account | {"envelope": "assurance_vie", "label": f"Contrat {number}"} | more


def document(*accounts: dict, partner=("assureur", "Assureur d'essai"), **more) -> bytes:
    """A document of the product about some accounts of one partner."""
    named = [{"partner": {"code": partner[0], "name": partner[1]}} | a for a in accounts]
    head = {"format": "o2s-accounts", "version": 1, "accounts": named}
    return json.dumps(head | more, ensure_ascii=False).encode()


#: A mapping of positions whose value is read from COLUMN.
POSITIONS = """version: 1
feed: essai
label: Essai
provider: {code: assureur, name: Assureur d'essai}
content: positions
reading:
  type: csv
  separators: [";"]
  header: {required: [compte, isin, qte]}
fields:
  account: {column: compte}
  as_of: {column: jour, date: "%Y-%m-%d"}
  isin: {column: isin}
  quantity: {column: qte, number: {decimal: "."}}
  value: {column: COLUMN, number: {decimal: "."}}
  currency: {constant: EUR}
"""


def mapping(column: str) -> str:
    """A mapping `essai` of flat positions, whose value stands in a column."""
    return POSITIONS.replace("COLUMN", column)
