"""Which accounts does a Powens answer speak of? Each with its number, its kind, its bank."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, Final

from o2s_core.aggregation.partner_codes import partner_code
from o2s_core.aggregation.readers.blank_rows import account_row
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, day, quoted
from o2s_core.aggregation.readers.json_document import json_cells
from o2s_core.kernel.identifiers import is_iban

ENVELOPES: Final = {
    "checking": "compte_courant", "joint": "compte_courant", "savings": "livret",
    "livret_a": "livret_a", "livret_b": "livret", "ldds": "ldds", "lep": "lep", "cel": "cel",
    "pel": "pel", "cat": "compte_a_terme", "market": "compte_titres", "pea": "pea",
    "lifeinsurance": "assurance_vie", "capitalisation": "capitalisation", "madelin": "madelin",
    "per": "per_individuel", "perin": "per_individuel", "percol": "per_collectif",
    "percat": "per_obligatoire", "perp": "perp", "perco": "perco", "pee": "pee", "pei": "pei",
    "article83": "article_83",
}  # fmt: skip
LOANS: Final = frozenset({"loan", "mortgage", "consumercredit", "revolvingcredit", "leasing"})
CARDS: Final = frozenset({"card", "deferred_card"})
EURO: Final = "EUR"


@dataclass(slots=True)
class Held:
    """An account of the answer: how it is called, what is said of it, what it holds."""

    external_id: str
    cells: Cells
    locator: str
    currency: str
    balance: Decimal | None = None
    lines: list[tuple[str, Cells]] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """What was found so far: rows, accounts by their number at the aggregator, connections."""

    found: Gathering
    held: dict[str, Held] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)  #: accounts that are not read
    connections: dict[str, Cells] = field(default_factory=dict)
    partners: list[dict[str, str]] = field(default_factory=list)


def read_accounts(answer: Answer, listed: list[tuple[str, Any]]) -> None:
    """Keep each account that is one of a portfolio."""
    for where, node in listed:
        cells = json_cells(node)
        answer.found.external_id = cells.get("number") or cells.get("id", "")
        answer.found.row(where, cells, partial(_account, answer, where))


def _account(answer: Answer, where: str, cells: Cells) -> bool:
    """Keep an account with its partner; what is not one of a portfolio is left out."""
    found, own, kind = answer.found, cells.get("id", ""), cells.get("type", "").lower()
    found.external_id = external_id = _external_id(answer, cells)
    if not external_id:
        raise WrongFieldError("id", "", "compte sans numéro.")
    if cells.keys() & {"deleted", "disabled"} or kind in LOANS | CARDS:
        answer.left.add(own)
        if kind in LOANS:
            said = "ce compte est un prêt : il n'est pas lu, saisissez-le chez le client."
            found.tell("A-PRET", "warning", "type", kind, said)
        return False
    currency = cells.get("currency.id") or cells.get("currency") or EURO
    held = answer.held[own] = Held(external_id, cells, where, currency)
    _partner(answer, held)
    found.accounts[external_id] = account_row(
        external_id,
        where,
        label=cells.get("name") or cells.get("original_name"),
        envelope=ENVELOPES.get(cells.get("information.version", ""), ENVELOPES.get(kind)),
        currency=currency,
        opened_on=day(cells, "opening_date"),
    )
    _check_iban(found, cells.get("iban", ""))
    held.balance = found.number(cells, "balance")
    return True


def _external_id(answer: Answer, cells: Cells) -> str:
    """Return what the account is called; two accounts of one number are told apart."""
    own = cells.get("id", "")
    said = cells.get("iban") or cells.get("number") or own
    taken = any(held.external_id == said for held in answer.held.values())
    return f"{said}/{own}" if taken else said


def _check_iban(found: Gathering, iban: str) -> None:
    if iban and not is_iban(iban):
        said = f"clé de contrôle fausse {quoted(iban)} : le numéro est gardé tel quel, vérifiez-le."
        found.tell("L04", "error", "iban", iban, said)


def _partner(answer: Answer, held: Held) -> None:
    """Name the partner of an account: the bank of its connection."""
    connection = answer.connections.get(held.cells.get("id_connection", ""), {})
    name = connection.get("connector.name", "")
    if partner_code(name):
        said = {"external_id": held.external_id, "code": partner_code(name), "name": name}
        answer.partners.append(said)


def left_out(_cells: Cells) -> bool:
    """Say that a row holds nothing to keep."""
    return False


def holder(answer: Answer, where: str, cells: Cells) -> Held | None:
    """Return the account of a row, None when it is left out.

    One that the answer does not describe is in euros, and told.
    """
    found, own = answer.found, cells.get("id_account", "")
    if own in answer.left:
        return None
    if own not in answer.held:
        found.external_id, found.locator = own, where
        answer.held[own] = Held(own, {}, where, EURO)
        found.accounts.setdefault(own, account_row(own, where, currency=EURO))
        said = "le fichier ne donne pas la devise du compte : l'euro est retenu, vérifiez-la."
        found.tell("A-DEVISE", "warning", "currency", "", said)
    return answer.held[own]
