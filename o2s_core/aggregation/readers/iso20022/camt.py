"""What does a camt.053 say? (relevé de compte ISO 20022: balances and movements of cash)."""

import re
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from o2s_core.aggregation.readers.blank_rows import account_row
from o2s_core.aggregation.readers.cash_statement import (
    ENVELOPE,
    Balance,
    Closed,
    cash_movement,
    cash_situation,
    followed,
    rolled,
)
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day
from o2s_core.aggregation.readers.iso20022.paths import (
    Node,
    children,
    descendants,
    text_at,
    xml_cells,
)
from o2s_core.aggregation.readers.xml_root import xml_root
from o2s_core.aggregation.statement import Refusal, Statement

#: Kinds of balance: what the day starts with, what it ends with.
OPENING: Final = ("OPBD", "PRCD")
CLOSING: Final = "CLBD"
DATED: Final = ("Dt", "DtTm")
#: What the bank calls an entry for good; `NtryRef` may count from one in each file.
REFERENCES: Final = ("AcctSvcrRef", "NtryDtls/TxDtls/Refs/AcctSvcrRef")


def read_camt(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a camt.053 says, of whatever version, or why it is refused.

    A closing booked balance (CLBD) makes a situation of cash. Entries that are
    not booked yet are left out, and so is a report of the running day (camt.052)
    or a notice (camt.054), which close nothing.
    """
    root = xml_root(data, "camt")
    if isinstance(root, Refusal):
        return root
    statements = list(descendants(root, "Stmt"))
    if not statements:
        return Refusal(
            "camt", "F05", "Ce fichier camt n'est pas un relevé de fin de journée (camt.053) : "
            "demandez-le à la banque.",
        )  # fmt: skip
    found, before = Gathering("camt"), dict[str, Closed]()
    for n, statement in enumerate(statements, 1):
        _statement(found, statement, f"Stmt[{n}]", before)
    if not found.accounts:
        return Refusal("camt", "F01", "Ce camt.053 ne contient aucun relevé d'un compte nommé.")
    return found.statement()


def _statement(found: Gathering, node: Node, where: str, before: dict[str, Closed]) -> None:
    """Read one statement: its account, its entries, its balances."""
    if not _account(found, node, where):
        return
    opened, closed = _balances(found, node, where)
    start = len(found.movements)
    for n, entry in enumerate(children(node, "Ntry"), 1):
        at = f"{where}/Ntry[{n}]"
        found.row(at, xml_cells(entry), partial(_entry, found, at))
    total = sum((row["net"] for row in found.movements[start:]), Decimal(0))
    rolled(found, opened, closed, total)
    followed(found, opened, closed, _number(node), before)
    if closed:
        cash_situation(found, closed)


def _account(found: Gathering, node: Node, where: str) -> bool:
    """Keep the account of a statement; one without number is told, and left out."""
    named = text_at(node, "Acct/Id/IBAN") or text_at(node, "Acct/Id/Othr/Id")
    found.external_id, found.locator = named, where
    if not named:
        found.errors += 1
        found.tell("L01", "error", "Acct", "", "numéro de compte absent, le relevé est écarté.")
        return False
    holder = text_at(node, "Acct/Ownr/Nm") or None
    currency = text_at(node, "Acct/Ccy") or _currency(node) or None
    said = account_row(named, where, holder=holder, envelope=ENVELOPE, currency=currency)
    found.accounts.setdefault(named, said)
    return True


def _currency(node: Node) -> str:
    """Return the currency of the first balance."""
    return next((str(amount.get("Ccy", "")) for amount in descendants(node, "Amt")), "")


def _balances(found: Gathering, node: Node, where: str) -> tuple[Balance | None, Balance | None]:
    """Return the opening and closing booked balances; the others say nothing to keep."""
    read: dict[str, Balance] = {}
    for n, balance in enumerate(children(node, "Bal"), 1):
        code, at = text_at(balance, "Tp/CdOrPrtry/Cd"), f"{where}/Bal[{n}]"
        found.row(at, xml_cells(balance), partial(_balance, found, read, code, at))
    return next((read[code] for code in OPENING if code in read), None), read.get(CLOSING)


def _balance(
    found: Gathering, read: dict[str, Balance], code: str, where: str, cells: Cells
) -> bool:
    if code not in {*OPENING, CLOSING}:
        return False
    read[code] = Balance(_day(cells, "Dt"), cells.get("Amt@Ccy", ""), _amount(found, cells), where)
    return True


def _entry(found: Gathering, where: str, cells: Cells) -> bool:
    """Read an entry; one that is not booked yet is left out."""
    status = cells.get("Sts") or cells.get("Sts/Cd") or "BOOK"
    if status != "BOOK":
        return False
    value_on = _day(cells, "ValDt") if _dated(cells, "ValDt") else None
    booked_on = _day(cells, "BookgDt") if _dated(cells, "BookgDt") else value_on
    if booked_on is None:
        raise WrongFieldError("BookgDt", "", "date absente.")
    cash_movement(
        found, where, (booked_on, value_on), _amount(found, cells), cells.get("Amt@Ccy", ""),
        _label(cells), next((cells[path] for path in REFERENCES if path in cells), None),
    )  # fmt: skip
    return True


def _amount(found: Gathering, cells: Cells) -> Decimal:
    """Return the amount, negative for a debit; `RvslInd` says why, not which way."""
    value = found.number(cells, "Amt")
    sign = cells.get("CdtDbtInd", "")
    if value is None or sign not in {"CRDT", "DBIT"}:
        raise WrongFieldError("Amt", cells.get("Amt", ""), "montant ou sens absent.")
    return value if sign == "CRDT" else -value


def _label(cells: Cells) -> str:
    """Return what an entry is for, the more precise first."""
    paths = (
        "NtryDtls/TxDtls/RmtInf/Ustrd", "NtryDtls/TxDtls/AddtlTxInf", "AddtlNtryInf",
        "BkTxCd/Prtry/Cd",
    )  # fmt: skip
    return next((re.sub(r"\s+", " ", cells[path]) for path in paths if cells.get(path)), "")


def _dated(cells: Cells, name: str) -> str:
    return next((cells[f"{name}/{one}"] for one in DATED if cells.get(f"{name}/{one}")), "")


def _day(cells: Cells, name: str) -> date:
    return day({name: _dated(cells, name)}, name, required=True)


def _number(node: Node) -> int:
    said = text_at(node, "ElctrncSeqNb") or text_at(node, "LglSeqNb")
    return int(said) if said.isdigit() else 0
