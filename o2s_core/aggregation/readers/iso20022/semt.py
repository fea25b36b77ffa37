"""What does a semt.002 say? (relevé de titres ISO 20022: what a custodian holds on a day)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from o2s_core.aggregation.readers.blank_rows import account_row
from o2s_core.aggregation.readers.gathering import Gathering, WrongFieldError, day, quoted
from o2s_core.aggregation.readers.iso20022.paths import (
    Node,
    children,
    descendants,
    name_of,
    text_at,
    xml_cells,
)
from o2s_core.aggregation.readers.iso20022.semt_lines import money, read_line
from o2s_core.aggregation.readers.xml_root import xml_root
from o2s_core.aggregation.statement import Refusal, Statement
from o2s_core.kernel import french

#: How the report is called: since its third version, and before.
REPORTS: Final = ("SctiesBalCtdyRpt", "CtdyStmtOfHldgs")
PAGES: Final = ("Pgntn", "MsgPgntn")
ACCOUNTS: Final = ("SfkpgAcct", "AcctDtls")
#: Where the total of the whole statement stands.
TOTALS: Final = (
    "AcctBaseCcyTtlAmts/TtlHldgsValOfStmt", "TtlVals/TtlHldgsValOfStmt",
)  # fmt: skip
#: Cents by which rounded amounts may differ.
ROUNDING: Final = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a statement: of which account and day, its number, whether it is the last."""

    account: str
    on: date
    number: str
    last: bool
    where: str


def read_semt(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a semt.002 says, of whatever version, or why it is refused.

    A statement of changes only (DELT), one of which a page is missing, and one
    that lists holdings both of the account and of its sub-accounts, stop their
    account: what is held cannot be told. Sub-accounts are accounts of their own.
    Value, accrued interest and price are in one currency: that of the account
    where the custodian gives it.
    """
    root = xml_root(data, "semt")
    if isinstance(root, Refusal):
        return root
    reports = [one for one in root.iter() if name_of(one).startswith(REPORTS)]
    if not reports:
        return Refusal(
            "semt", "F05", "Ce message semt n'est pas un relevé de titres (semt.002) : demandez-le "
            "au dépositaire.",
        )  # fmt: skip
    found = Gathering("semt")
    pages = [_report(found, node, f"Rpt[{n}]") for n, node in enumerate(reports, 1)]
    if not found.accounts:
        return Refusal("semt", "F01", "Ce semt.002 ne contient aucun relevé d'un compte nommé.")
    _all_pages(found, [page for page in pages if page])
    return found.statement()


def _report(found: Gathering, node: Node, where: str) -> Page | None:
    """Read one page: its account, its day, its lines, its total."""
    account = next((one for name in ACCOUNTS for one in children(node, name)), None)
    own = _account_id(account) if account is not None else ""
    found.external_id, found.locator = own, where
    if not own or account is None:
        found.errors += 1
        found.tell("L01", "error", "SfkpgAcct", "", "numéro de compte absent, relevé écarté.")
        return None
    found.accounts.setdefault(own, _account(node, account, own, where))
    general = next(children(node, "StmtGnlDtls"), node)
    try:
        on = day(_dated(general), "StmtDtTm", required=True)
        _only_complete(general)
        subs = list(children(node, "SubAcctDtls"))
        mine = list(children(node, "BalForAcct"))
        _only_one_level(mine, subs)
    except WrongFieldError as wrong:
        found.errors += 1
        found.tell(wrong.code, "error", wrong.name, wrong.raw, wrong.message)
        return None
    _holdings(found, node, on, where)
    paging = next((one for name in PAGES for one in children(node, name)), node)
    last = text_at(paging, "LastPgInd").lower() in {"true", "1"}
    return Page(own, on, text_at(paging, "PgNb"), last, where)


def _account_id(account: Node) -> str:
    """Return the number of an account; before the third version it was wrapped."""
    node = next(children(account, "Id"), None)
    if node is None:
        return ""
    return next((text for one in node.iter() if (text := (one.text or "").strip())), "")


def _account(node: Node, account: Node, own: str, where: str) -> dict[str, Any]:
    owner = next(children(node, "AcctOwnr"), None)
    names = descendants(owner, "Nm") if owner is not None else iter(())
    return account_row(
        own,
        where,
        label=text_at(account, "Nm") or None,
        holder=next(((one.text or "").strip() for one in names), None) or None,
    )


def _dated(general: Node) -> dict[str, str]:
    cells = xml_cells(general)
    names = ("StmtDtTm/Dt", "StmtDtTm/DtTm", "StmtDtTm", "StmtDt")
    return {"StmtDtTm": next((cells[name] for name in names if name in cells), "")}


def _only_complete(general: Node) -> None:
    said = text_at(general, "UpdTp/Cd") or text_at(general, "UpdTp")
    if said != "COMP":
        what = "ne donne que les changements" if said == "DELT" else "ne se dit pas complet"
        message = f"ce relevé {what} : demandez un relevé complet (COMP) au dépositaire."
        raise WrongFieldError("UpdTp", said, message, "A-DELTA")


def _only_one_level(mine: list[Node], subs: list[Node]) -> None:
    if mine and subs:
        message = "les lignes figurent au compte et dans ses sous-comptes, rien ne dit si elles " \
            "se répètent : demandez l'un des deux au dépositaire."  # fmt: skip
        raise WrongFieldError("SubAcctDtls", "", message, "A-SOUS-COMPTE")


def _holdings(found: Gathering, node: Node, on: date, where: str) -> None:
    """Read the lines of the account, or those of each of its sub-accounts."""
    own = found.external_id
    total, currency = _total(found, node, where)
    subs = list(children(node, "SubAcctDtls"))
    if not subs:
        head = _head(found, on, where, currency)
        head["total"] = head["total"] if total is None else total
        _lines(found, node, "BalForAcct", head, where)
        return
    found.accounts.pop(own, None)
    start = len(found.lines)
    for n, sub in enumerate(subs, 1):
        at = f"{where}/SubAcctDtls[{n}]"
        account = next(children(sub, "SfkpgAcct"), sub)
        found.external_id = f"{own}/{_account_id(account) or n}"
        found.accounts.setdefault(found.external_id, _account(node, account, found.external_id, at))
        _lines(found, sub, "BalForSubAcct", _head(found, on, at, currency), at)
    _whole(found, found.lines[start:], total, where)


def _head(found: Gathering, on: date, where: str, currency: str | None) -> dict[str, Any]:
    """Return the situation of that account and day, a new one when it is the first page."""
    account = found.accounts[found.external_id]
    account["currency"] = account["currency"] or currency
    for head in found.situations:
        if (head["external_id"], head["as_of"]) == (found.external_id, on):
            return head
    head = {"external_id": found.external_id, "as_of": on, "currency": currency}
    found.situations.append(head | {"total": None, "locator": where})
    return found.situations[-1]


def _lines(found: Gathering, node: Node, name: str, head: dict[str, Any], where: str) -> None:
    start = len(found.lines)
    for n, balance in enumerate(children(node, name), 1):
        at = f"{where}/{name}[{n}]"
        found.row(at, xml_cells(balance), partial(read_line, found, balance, head, at))
    first = next((line["currency"] for line in found.lines[start:]), None)
    head["currency"] = head["currency"] or first


def _total(found: Gathering, node: Node, where: str) -> tuple[Decimal | None, str | None]:
    """Return the total of the whole statement and its currency, where the custodian gives it."""
    for path in TOTALS:
        block = node
        for name in path.split("/"):
            block = next(children(block, name), None) if block is not None else None
        if block is not None:
            try:
                return money(found, block, path)
            except WrongFieldError as wrong:
                found.locator = where
                found.tell(wrong.code, "error", wrong.name, wrong.raw, wrong.message)
    return None, None


def _whole(
    found: Gathering, lines: list[dict[str, Any]], total: Decimal | None, where: str
) -> None:
    """Stop the sub-accounts when together they are not what the custodian says."""
    gap = sum((line["value"] or 0 for line in lines), Decimal(0)) - (total or 0)
    if total is None or abs(gap) <= ROUNDING or len({line["currency"] for line in lines}) > 1:
        return
    for own in {line["external_id"] for line in lines}:
        found.external_id, found.locator = own, where
        said = f"le dépositaire annonce {french.number(total)} pour tous les sous-comptes, les " \
            f"lignes lues s'en écartent de {french.number(gap)}."  # fmt: skip
        found.tell("V02", "error", "TtlHldgsValOfStmt", str(total), said)


def _all_pages(found: Gathering, pages: list[Page]) -> None:
    """Stop an account of which a page is missing."""
    for key in dict.fromkeys((page.account, page.on) for page in pages):
        own = [page for page in pages if (page.account, page.on) == key]
        numbers = sorted(int(page.number) if page.number.isdigit() else 0 for page in own)
        whole = numbers == list(range(1, len(own) + 1))
        ends = [page.number for page in own if page.last]
        if whole and ends == [str(len(own))]:
            continue
        listed = ", ".join(page.number or "sans numéro" for page in own)
        said = f"il manque au moins une page (reçues : {listed}) : demandez le relevé entier."
        for external_id in found.accounts:
            if external_id == key[0] or external_id.startswith(f"{key[0]}/"):
                found.external_id, found.locator = external_id, own[0].where
                found.tell("F07", "error", "Pgntn", quoted(listed), said)
