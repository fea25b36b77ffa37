"""What does a Plaid answer say? (agrégateur: accounts, holdings, transactions)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any, Final

import polars as pl

from o2s_core.aggregation.partner_codes import partner_code
from o2s_core.aggregation.readers.blank_rows import account_row, line_row
from o2s_core.aggregation.readers.gathering import SCALE, Cells, Gathering, WrongFieldError, day
from o2s_core.aggregation.readers.json_document import items, json_cells, json_root
from o2s_core.aggregation.readers.plaid.movements import read_investment, read_transaction
from o2s_core.aggregation.readers.plaid.securities import currency_of, identity
from o2s_core.aggregation.statement import PARTNERS, Refusal, Statement

#: Subtype of an account -> envelope; those of other countries are nothing of ours.
ENVELOPES: Final = {
    "checking": "compte_courant", "cash management": "compte_courant", "savings": "livret",
    "money market": "livret", "cd": "compte_a_terme", "brokerage": "compte_titres",
    "non-taxable brokerage account": "compte_titres", "crypto exchange": "crypto",
    "non-custodial wallet": "crypto",
}  # fmt: skip
NAMED_DAY: Final = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")
#: List of the answer -> how one of its rows is read.
EVENTS: Final = {
    "investment_transactions": read_investment,
    "transactions": read_transaction,
    "added": read_transaction,
    "modified": read_transaction,
}
#: An account of which the answer gives lines only.
NOBODY: Final[tuple[str, Cells]] = ("", {})
UNDATED: Final = (
    "le fichier ne dit pas de quel jour est ce solde : mettez-le dans son nom (par exemple "
    "comptes-2026-01-31.json)."
)


@dataclass(slots=True)
class Answer:
    """What was found so far: rows, the securities of the answer, the accounts left out."""

    found: Gathering
    securities: Mapping[str, Cells]
    accounts: dict[str, tuple[str, Cells]] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)


def read_plaid(data: bytes, file_name: str) -> Statement | Refusal:
    """Return what an answer of Plaid says, or why it is refused.

    A situation is of the day of the balance, else of the newest price of the
    account, else of the day in the name of the file: an account of which nothing
    says the day is stopped. `cost_basis` is the cost of the whole line. Money
    that leaves is positive at Plaid, negative here. A security that has no
    official code keeps that of its institution. Loans and cards are left out,
    and a loan is told.
    """
    root = json_root(data, "plaid_json")
    if isinstance(root, Refusal):
        return root
    if said := json_cells(root).get("error_code"):
        return Refusal(
            "plaid_json", "F04", f"Plaid a répondu par une erreur ({said}) : relancez la demande."
        )
    named = {cells.get("security_id", ""): cells for cells in _all(root, "securities")}
    answer = Answer(Gathering("plaid_json"), named)
    for where, node in items(root, "accounts"):
        cells = json_cells(node)
        answer.found.external_id = cells.get("account_id", "")
        answer.found.row(where, cells, partial(_account, answer, where))
    _situations(answer, root, _named_day(file_name))
    _events(answer, root)
    if not answer.found.rows:
        return Refusal("plaid_json", "F01", "Cette réponse Plaid ne contient aucun compte.")
    _failures(answer, root)
    return replace(answer.found.statement(), partners=_partners(answer, root))


def _all(root: Any, name: str) -> list[dict[str, str]]:  # noqa: ANN401
    return [json_cells(node) for _, node in items(root, name)]


def _account(answer: Answer, where: str, cells: Cells) -> bool:
    """Keep an account; what is owed is no account of a portfolio."""
    found, own = answer.found, cells.get("account_id", "")
    if not own:
        raise WrongFieldError("account_id", "", "compte sans numéro.")
    if cells.get("type") in {"loan", "credit"}:
        answer.left.add(own)
        if cells["type"] == "loan":
            said = "ce compte est un prêt : il n'est pas lu, saisissez-le chez le client."
            found.tell("A-PRET", "warning", "type", cells["type"], said)
        return False
    answer.accounts[own] = (where, cells)
    mask = f" …{cells['mask']}" if "mask" in cells else ""
    found.accounts[own] = account_row(
        own,
        where,
        label=f"{cells.get('name', '')}{mask}".strip() or None,
        envelope=ENVELOPES.get(cells.get("subtype", "")),
        currency=currency_of(cells, "balances.") or None,
    )
    return True


def _situations(answer: Answer, root: Any, named: date | None) -> None:  # noqa: ANN401
    """Read the lines of each account, and its balance on the day of them."""
    alone = not any(True for name in EVENTS for _ in items(root, name))
    held: dict[str, list[tuple[str, Cells]]] = {own: [] for own in answer.accounts}
    for where, node in items(root, "holdings"):
        cells = json_cells(node)
        held.setdefault(cells.get("account_id", ""), []).append((where, cells))
    for own, listed in held.items():
        answer.found.external_id = own
        where, account = answer.accounts.get(own, NOBODY)
        if own in answer.left:
            for at, line in listed:
                answer.found.row(at, line, lambda _cells: False)
        elif listed or "balances.current" in account:
            _situation(answer, account, where, listed, named, alone=alone)


def _situation(
    answer: Answer,
    account: Cells,
    where: str,
    listed: list[tuple[str, Cells]],
    named: date | None,
    *,
    alone: bool,
) -> None:
    """Keep the balance and the lines of an account; without a day, what happened still counts."""
    found = answer.found
    found.locator = where = where or listed[0][0]
    on = _day_of(account, [cells for _, cells in listed]) or named
    currency = currency_of(account, "balances.")
    head = {"external_id": found.external_id, "as_of": on, "currency": currency}
    if on is None:
        found.tell("L01", "error" if listed or alone else "warning", "date", "", UNDATED)
    else:
        total = _amount_or_told(found, account, "balances.current")
        found.situations.append(head | {"total": total, "locator": where})
    for at, cells in listed:
        found.row(at, cells, partial(_line, answer, head, at))


def _day_of(account: Cells, lines: list[Cells]) -> date | None:
    """Return the day of the balance, else that of the newest price."""
    said = _day_or_none(account, "balances.last_updated_datetime")
    priced = [on for cells in lines if (on := _day_or_none(cells, "institution_price_as_of"))]
    return said or max(priced, default=None)


def _day_or_none(cells: Cells, name: str) -> date | None:
    try:
        return day(cells, name)
    except WrongFieldError:
        return None


def _named_day(file_name: str) -> date | None:
    """Return the day that the name of a file tells."""
    found = NAMED_DAY.search(file_name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _amount_or_told(found: Gathering, cells: Cells, name: str) -> Decimal | None:
    try:
        return found.number(cells, name)
    except WrongFieldError as wrong:
        found.tell(wrong.code, "error", wrong.name, wrong.raw, wrong.message)
        return None


def _line(answer: Answer, head: dict[str, Any], where: str, cells: Cells) -> None:
    """Keep a holding; its value is what the institution says, never recomputed."""
    found = answer.found
    if head["as_of"] is None:
        raise WrongFieldError("institution_price_as_of", "", "date absente, ligne écartée.")
    security = answer.securities.get(cells.get("security_id", ""))
    if security is None:
        said = "titre absent de la liste du fichier : il est gardé sous son numéro Plaid."
        found.tell("A-TITRE", "warning", "security_id", cells.get("security_id", ""), said)
    value = found.number(cells, "institution_value")
    if value is None:
        raise WrongFieldError("institution_value", "", "valeur absente.")
    row = line_row(head, where) | identity(cells, security or {})
    row |= {"value": value, "currency": currency_of(cells) or head["currency"]}
    if row["kind"] != "cash":
        quantity, cost = found.number(cells, "quantity"), found.number(cells, "cost_basis")
        row |= {
            "quantity": quantity,
            "unit_cost": (cost / quantity).quantize(SCALE, ROUND_HALF_UP)
            if cost is not None and quantity
            else None,
            "price": found.number(cells, "institution_price"),
            "price_on": day(cells, "institution_price_as_of"),
        }
    found.lines.append(row)


def _events(answer: Answer, root: Any) -> None:  # noqa: ANN401
    """Read what happened; one page of several is told."""
    found = answer.found
    for name, read in EVENTS.items():
        before: dict[str, dict[str, Any]] = {}
        for where, node in items(root, name):
            cells = json_cells(node)
            found.external_id = cells.get("account_id", "")
            if found.external_id in answer.left:
                found.row(where, cells, lambda _cells: False)
            else:
                found.row(where, cells, partial(read, found, where, answer.securities, before))
        declared = json_cells(root).get(f"total_{name}", "")
        listed = sum(1 for _ in items(root, name))
        if declared.isdigit() and int(declared) > listed > 0:
            found.external_id = found.locator = ""
            said = f"Plaid annonce {declared} opérations, ce fichier en donne {listed} : déposez " \
                "aussi les pages suivantes."  # fmt: skip
            found.tell("F06", "warning", "", declared, said)


def _failures(answer: Answer, root: Any) -> None:  # noqa: ANN401
    """Tell what the aggregator could not do, or takes back."""
    found, cells = answer.found, json_cells(root)
    if why := cells.get("item.error.error_code"):
        for own, (where, _) in answer.accounts.items():
            found.external_id, found.locator = own, where
            said = f"la connexion a échoué ({why}), les données sont anciennes : demandez au " \
                "client de la rétablir."  # fmt: skip
            found.tell("A-CONNEXION", "warning", "item", why, said)
    for where, node in items(root, "removed"):
        gone = json_cells(node)
        found.external_id, found.locator = gone.get("account_id", ""), where
        said = "l'agrégateur retire cette opération déjà envoyée : vérifiez-la sur le compte."
        found.tell(
            "A-ANNULATION", "warning", "transaction_id", gone.get("transaction_id", ""), said
        )


def _partners(answer: Answer, root: Any) -> pl.DataFrame:  # noqa: ANN401
    """Return the institution of the answer for each account."""
    name = json_cells(root).get("item.institution_name", "")
    code = partner_code(name)
    rows = [{"external_id": own, "code": code, "name": name} for own in answer.found.accounts]
    return pl.DataFrame(rows if code else [], PARTNERS)
