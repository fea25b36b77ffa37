"""What does an OFX or QFX file say? (relevés de titres et de comptes)."""

from decimal import Decimal
from functools import partial
from typing import Any, Final

from o2s_core.aggregation.readers.blank_rows import account_row, cash_row, line_row
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day
from o2s_core.aggregation.readers.ofx.movements import cash_movement, investment_movements
from o2s_core.aggregation.readers.ofx.securities import Securities
from o2s_core.aggregation.readers.ofx.tree import Element, ofx_tree
from o2s_core.aggregation.statement import Refusal, Statement

#: Where a position is listed -> the kind of its support.
POSITIONS: Final = {
    "POSSTOCK": "share", "POSMF": "opcvm", "POSDEBT": "bond", "POSOPT": "option", "POSOTHER": None,
}  # fmt: skip
ENVELOPES: Final = {
    "CHECKING": "compte_courant", "SAVINGS": "livret", "MONEYMRKT": "compte_especes",
    "CREDITLINE": "compte_courant", "CD": "compte_a_terme",
}  # fmt: skip
#: The balances of a broker's account -> how their line reads.
BALANCES: Final = {
    "AVAILCASH": "Liquidités",
    "MARGINBALANCE": "Solde sur marge",
    "SHORTBALANCE": "Produit des ventes à découvert",
}
CARD: Final = "Relevé de carte bancaire reconnu : il n'est pas agrégé."
#: How brokers call the total of an account among their balances.
TOTALS: Final = frozenset({"networth", "net worth", "total account value", "account value"})


def read_ofx(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what an OFX file says, or why it is refused.

    A field that cannot be read leaves its row out, with an anomaly. A broker's
    account without a list of positions gives movements only: nothing says what
    it holds.
    """
    root = ofx_tree(data)
    if isinstance(root, Refusal):
        return root
    found = Gathering("ofx")
    securities = Securities.of(root)
    for n, statement in enumerate(root.all("INVSTMTRS"), 1):
        _broker(found, statement, securities, f"INVSTMTRS[{n}]")
    for n, statement in enumerate(root.all("STMTRS"), 1):
        _bank(found, statement, f"STMTRS[{n}]")
    if not found.accounts:
        return _nothing(root)
    _cards(found, root)
    return found.statement()


def _cards(found: Gathering, root: Element) -> None:
    """Tell that card statements are left out: a card number is not kept."""
    for n, card in enumerate(root.all("CCSTMTRS"), 1):
        left = sum(1 for _ in card.all("STMTTRN"))
        found.rows, found.ignored = found.rows + left, found.ignored + left
        found.external_id, found.locator = "", f"CCSTMTRS[{n}]"
        found.tell("A-CARTE", "warning", "", "", f"{CARD} Ses {left} mouvements sont écartés.")


def _nothing(root: Element) -> Refusal:
    """Say why a file has no account: the partner's own error, or a card statement."""
    for status in root.all("STATUS"):
        said = status.fields()
        if said.get("SEVERITY") == "ERROR":
            detail = " ".join(filter(None, (said.get("CODE"), said.get("MESSAGE"))))
            return Refusal(
                "ofx", "F04", f"Le partenaire a répondu par une erreur ({detail}) : "
                "reconnectez-vous chez lui et téléchargez le relevé à nouveau.",
            )  # fmt: skip
    if any(root.all("CCSTMTRS")):
        return Refusal("ofx", "U01", CARD)
    return Refusal("ofx", "F01", "Ce fichier OFX ne contient aucun relevé de compte.")


def _broker(found: Gathering, statement: Element, securities: Securities, where: str) -> None:
    """Read the account of a broker: what it holds, what happened."""
    currency = statement.value("CURDEF")
    if not _account(found, statement.child("INVACCTFROM"), currency, None, where):
        return
    if statement.child("INVPOSLIST") is not None:
        head = _head(statement)
        found.row(where, head, lambda c: _situation(found, statement, c, securities, where))
    happened = statement.child("INVTRANLIST")
    if happened is not None:
        _window(found, happened)
        investment_movements(found, happened, securities, currency, where)


def _account(
    found: Gathering, account: Element | None, currency: str, envelope: str | None, where: str
) -> bool:
    """Keep the account of a statement; one without number is told, and left out."""
    cells = account.fields() if account else {}
    number = cells.get("ACCTID", "").strip()
    found.external_id, found.locator = number, where
    if not number:
        found.errors += 1
        found.tell("L01", "error", "ACCTID", "", "numéro de compte absent, le relevé est écarté.")
        return False
    said = account_row(number, where, envelope=envelope, currency=currency)
    found.accounts.setdefault(number, said)
    return True


def _head(statement: Element) -> dict[str, str]:
    """Return the fields that a statement says of itself, its balances among them."""
    own = {child.tag: child.text for child in statement.children if not child.children}
    balance = statement.child("INVBAL")
    return own | ({c.tag: c.text for c in balance.children if not c.children} if balance else {})


def _situation(
    found: Gathering, statement: Element, cells: Cells, securities: Securities, where: str
) -> None:
    """Read what an account holds: its lines, then its cash."""
    head: dict[str, Any] = {
        "external_id": found.external_id,
        "as_of": day(cells, "DTASOF", required=True),
        "currency": cells.get("CURDEF", ""),
        "total": _networth(found, statement),
        "locator": where,
    }
    cash = [(name, found.number(cells, name)) for name in BALANCES]
    found.situations.append(head)
    for place, position in _positions(statement):
        at, kind = f"{where}/INVPOSLIST/{place}", POSITIONS[position.tag]
        found.row(at, position.fields(), partial(_line, found, securities, head, kind, at))
    found.lines += [
        cash_row(head, where, BALANCES[name], balance) for name, balance in cash if balance
    ]


def _positions(statement: Element) -> list[tuple[str, Element]]:
    listed = statement.child("INVPOSLIST")
    numbered = listed.numbered() if listed else ()
    return [(place, child) for place, child in numbered if child.tag in POSITIONS]


def _networth(found: Gathering, statement: Element) -> Decimal | None:
    """Return the total that the broker declares, when it does."""
    for balance in statement.all("BAL"):
        cells = balance.fields()
        if cells.get("NAME", "").lower() in TOTALS and cells.get("BALTYPE") == "DOLLAR":
            return found.number(cells, "VALUE")
    return None


def _line(
    found: Gathering,
    securities: Securities,
    head: dict[str, Any],
    kind: str | None,
    where: str,
    cells: Cells,
) -> bool:
    quantity = found.number(cells, "UNITS")
    value = found.number(cells, "MKTVAL")
    if not quantity and not value:
        return False
    if cells.get("POSTYPE") == "SHORT" and quantity is not None:
        quantity = -abs(quantity)
    known = securities.identity(cells)
    found.lines.append(
        line_row(head, where)
        | known
        | {
            "kind": kind,
            "quantity": quantity,
            "price": found.number(cells, "UNITPRICE"),
            "price_on": day(cells, "DTPRICEASOF"),
            "price_factor": securities.factor(found, kind, known["code"]),
            "value": value,
            "currency": cells.get("CURSYM") or head["currency"],
        }
    )
    return True


def _bank(found: Gathering, statement: Element, where: str) -> None:
    """Read a bank account: its balance, its movements."""
    currency, account = statement.value("CURDEF"), statement.child("BANKACCTFROM")
    envelope = ENVELOPES.get(account.value("ACCTTYPE").upper()) if account else None
    if not _account(found, account, currency, envelope, where):
        return
    balance = statement.child("LEDGERBAL")
    if balance is not None:
        at = f"{where}/LEDGERBAL"
        found.row(at, balance.fields(), lambda c: _balance(found, c, currency, at))
    listed = statement.child("BANKTRANLIST")
    if listed is not None:
        _window(found, listed)
        for n, movement in enumerate(listed.all("STMTTRN"), 1):
            at = f"{where}/STMTTRN[{n}]"
            found.row(at, movement.fields(), partial(cash_movement, found, currency, at))


def _balance(found: Gathering, cells: Cells, currency: str, where: str) -> None:
    balance = found.number(cells, "BALAMT")
    if balance is None:
        raise WrongFieldError("BALAMT", "", "solde absent.")
    head = {
        "external_id": found.external_id,
        "as_of": day(cells, "DTASOF", required=True),
        "currency": currency,
        "total": balance,
        "locator": where,
    }
    found.situations.append(head)
    found.lines.append(cash_row(head, where, "Solde", balance))


def _window(found: Gathering, listed: Element) -> None:
    """Keep the days that a list of movements covers."""
    said = {name: listed.value(name) for name in ("DTSTART", "DTEND")}
    try:
        found.days += [day(said, name, required=True) for name in said]
    except WrongFieldError:
        return
