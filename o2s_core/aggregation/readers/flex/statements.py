"""What does an Interactive Brokers Flex query say? (positions, opérations, soldes)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from o2s_core.aggregation.readers.blank_rows import account_row, cash_row, line_row
from o2s_core.aggregation.readers.flex.movements import SECTIONS, account_of, identity
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day
from o2s_core.aggregation.readers.xml_root import xml_root
from o2s_core.aggregation.statement import Refusal, Statement

Node = Any  #: an element of lxml
KINDS: Final = {
    "STK": "share", "OPT": "option", "WAR": "option", "BOND": "bond", "BILL": "bond",
    "FUND": "opcvm", "CRYPTO": "crypto", "CASH": "cash",
}  # fmt: skip
#: The currency under which a cash report adds all currencies up.
ALL_CURRENCIES: Final = "BASE_SUMMARY"
#: What is earned and not paid yet: part of the broker's total.
ACCRUALS: Final = {
    "dividendAccruals": "Dividendes à recevoir",
    "interestAccruals": "Intérêts courus",
}


def read_flex(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a Flex file says, or why it is refused.

    An account whose query has no section of open positions gives movements
    only: nothing says what it holds.
    """
    root = xml_root(data, "flex")
    if isinstance(root, Refusal):
        return root
    statements = list(root.iter("FlexStatement"))
    if not statements:
        return _nothing(root)
    found = Gathering("flex")
    _count(found, root, len(statements))
    for n, statement in enumerate(statements, 1):
        _statement(found, statement, f"FlexStatement[{n}]")
    return found.statement()


def _nothing(root: Node) -> Refusal:
    said = root.findtext(".//ErrorMessage")
    if said:
        return Refusal(
            "flex", "F04", f"Interactive Brokers a répondu par une erreur ({said.strip()}) : "
            "relancez la requête Flex.",
        )  # fmt: skip
    return Refusal("flex", "F01", "Ce fichier Flex ne contient aucun relevé.")


def _count(found: Gathering, root: Node, present: int) -> None:
    """Tell when a file announces another number of statements than it holds."""
    declared = next((node.get("count", "") for node in root.iter("FlexStatements")), "")
    if declared.isdigit() and int(declared) != present:
        said = f"le fichier annonce {declared} relevé(s) et en contient {present} : vérifiez-le."
        found.tell("F06", "warning", "count", declared, said)


def _statement(found: Gathering, statement: Node, where: str) -> None:
    """Read one statement: who, what happened, what is held."""
    own = str(statement.get("accountId", "")).strip()
    found.external_id, found.locator = own, where
    _window(found, statement)
    for section, tag, read in SECTIONS:
        for place, node in _numbered(statement, section, tag):
            cells = _cells(node)
            found.external_id = account_of(cells, own)
            found.row(f"{where}/{section}/{place}", cells, partial(read, found))
    _held(found, statement, own, where)
    named = {row["external_id"] for row in (*found.movements, *found.situations)} | {own}
    for external_id in sorted(named - set(found.accounts)):
        _account(found, statement, external_id, own, where)
    if own in found.accounts and not _speaks_of(found, own):
        found.accounts.pop(own)


def _speaks_of(found: Gathering, own: str) -> bool:
    """Return whether anything is said of an account; one that is alone in its file is kept."""
    rows = (*found.movements, *found.situations, *found.anomalies)
    return len(found.accounts) == 1 or any(row["external_id"] == own for row in rows)


def _account(found: Gathering, statement: Node, external_id: str, own: str, where: str) -> None:
    """Keep an account; what the statement says of its owner is about its own account only."""
    node = statement.find("AccountInformation")
    said = _cells(node) if node is not None and external_id == own else {}
    found.accounts[external_id] = account_row(
        external_id,
        where,
        label=said.get("acctAlias") or None,
        holder=said.get("name") or None,
        currency=said.get("currency") or None,
        opened_on=_opened(said),
    )


def _opened(said: Cells) -> date | None:
    try:
        return day(said, "dateOpened")
    except WrongFieldError:
        return None


def _cells(node: Node) -> dict[str, str]:
    """Return the attributes that say something."""
    return {str(k): str(v) for k, v in node.attrib.items() if str(v).strip()}


def _numbered(statement: Node, section: str, tag: str) -> Iterator[tuple[str, Node]]:
    listed = statement.find(section)
    for n, node in enumerate(listed.iterchildren(tag) if listed is not None else (), 1):
        yield f"{tag}[{n}]", node


def _window(found: Gathering, statement: Node) -> None:
    """Keep the days that a statement covers."""
    said = _cells(statement)
    try:
        found.days += [day(said, name, required=True) for name in ("fromDate", "toDate")]
    except WrongFieldError:
        return


def _held(found: Gathering, statement: Node, own: str, where: str) -> None:
    """Read what the account holds at the end of the statement, when the query asked for it."""
    if statement.find("OpenPositions") is None:
        return
    found.external_id = own
    found.row(where, _cells(statement), partial(_situation, found, statement, where))


def _situation(found: Gathering, statement: Node, where: str, cells: Cells) -> None:
    as_of = day(cells, "toDate", required=True)
    summary = _summary(statement, as_of)
    head = {
        "external_id": found.external_id,
        "as_of": as_of,
        "currency": _base(statement),
        "total": found.number(summary, "total"),
        "locator": where,
    }
    accruals = [(label, found.number(summary, name)) for name, label in ACCRUALS.items()]
    found.situations.append(head)
    for place, node in _positions(statement):
        at = f"{where}/OpenPositions/{place}"
        found.row(at, _cells(node), partial(_line, found, head, at))
    for place, node in _balances(statement):
        at = f"{where}/CashReport/{place}"
        found.row(at, _cells(node), partial(_balance, found, head, at))
    earned = [(label, value) for label, value in accruals if value]
    if earned:
        at = f"{where}/EquitySummaryInBase"
        found.row(at, summary, partial(_earned, found, head, at, earned))


def _base(statement: Node) -> str:
    """Return the currency in which the broker adds everything up, "" when nothing says it."""
    node = statement.find("AccountInformation")
    return str(node.get("currency", "")) if node is not None else ""


def _summary(statement: Node, as_of: date) -> dict[str, str]:
    """Return the broker's own totals of the day of the situation."""
    for node in statement.iter("EquitySummaryByReportDateInBase"):
        cells = _cells(node)
        try:
            if day(cells, "reportDate") == as_of:
                return cells
        except WrongFieldError:
            continue
    return {}


def _positions(statement: Node) -> list[tuple[str, Node]]:
    """Return the open positions once: their summaries, or their lots where there is no summary."""
    everything = list(_numbered(statement, "OpenPositions", "OpenPosition"))
    level = {node.get("levelOfDetail", "") for _, node in everything}
    wanted = "SUMMARY" if "SUMMARY" in level else next(iter(sorted(level)), "")
    return [(p, node) for p, node in everything if node.get("levelOfDetail", "") == wanted]


def _balances(statement: Node) -> list[tuple[str, Node]]:
    """Return the cash by currency; the total of all currencies only where it is all there is."""
    everything = list(_numbered(statement, "CashReport", "CashReportCurrency"))
    each = [(p, node) for p, node in everything if node.get("currency") != ALL_CURRENCIES]
    return each or everything


def _line(found: Gathering, head: dict[str, Any], where: str, cells: Cells) -> bool:
    quantity, value = found.number(cells, "position"), found.number(cells, "positionValue")
    if not quantity and not value:
        return False
    kind = "etf" if cells.get("subCategory") == "ETF" else KINDS.get(cells.get("assetCategory", ""))
    found.lines.append(
        line_row(head, where)
        | identity(cells)
        | {
            "kind": kind or "other",
            "quantity": quantity,
            "unit_cost": found.number(cells, "costBasisPrice"),
            "price": found.number(cells, "markPrice"),
            "price_on": day(cells, "reportDate") or head["as_of"],
            "price_factor": _factor(found, kind, cells),
            "value": value,
            "currency": cells.get("currency", head["currency"]),
        }
    )
    return True


def _factor(found: Gathering, kind: str | None, cells: Cells) -> Decimal:
    """Return what a price is for: the multiplier of a contract, a hundredth for a bond."""
    multiplier = found.number(cells, "multiplier") or Decimal(1)
    return multiplier / 100 if kind == "bond" and multiplier == 1 else multiplier


def _balance(found: Gathering, head: dict[str, Any], where: str, cells: Cells) -> bool:
    value = found.number(cells, "endingCash")
    if not value:
        return False
    currency = cells.get("currency", "")
    found.lines.append(
        cash_row(head, where, "Liquidités", value)
        | {"currency": head["currency"] if currency == ALL_CURRENCIES else currency}
    )
    return True


def _earned(
    found: Gathering,
    head: dict[str, Any],
    where: str,
    earned: list[tuple[str, Decimal]],
    _cells: Cells,
) -> None:
    """Keep what is due and not paid yet: the broker's total counts it."""
    found.lines += [cash_row(head, where, label, value) for label, value in earned]
