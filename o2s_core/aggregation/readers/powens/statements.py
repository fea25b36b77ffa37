"""What does a Powens answer say? (agrégateur: connexions, comptes, investissements)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import polars as pl

from o2s_core.aggregation.readers.gathering import Gathering
from o2s_core.aggregation.readers.json_document import items, json_cells, json_root
from o2s_core.aggregation.readers.powens.accounts import (
    Answer,
    Held,
    holder,
    left_out,
    read_accounts,
)
from o2s_core.aggregation.readers.powens.holdings import (
    check_pockets,
    check_whole,
    day_or_none,
    make_situations,
    read_investments,
)
from o2s_core.aggregation.readers.powens.movements import read_order, read_transaction
from o2s_core.aggregation.readers.powens.values import read_values
from o2s_core.aggregation.statement import PARTNERS, PRICES, Refusal, Statement
from o2s_core.kernel import french

#: What an answer lists, and what is read of it.
LISTS: Final = ("connections", "accounts", "investments", "transactions", "marketorders", "pockets",
                "investmentvalues")  # fmt: skip
#: An answer that holds nothing else is refused -> what it is.
NOT_ALONE: Final = {
    "investmentvalues": "l'historique des cours d'investissements qu'il ne nomme pas",
    "loanamortizations": "l'échéancier d'un prêt",
    "pockets": "des poches d'épargne salariale",
    "connections": "des connexions sans compte",
}
#: Field that an object has -> the list that it belongs to, for an answer without a name.
NAMELESS: Final = (
    ("order_direction", "marketorders"), ("valuation", "investments"),
    ("balance", "accounts"), ("value", "transactions"),
)  # fmt: skip
#: State of a connection -> what happened, for the adviser.
STATES: Final = {
    "wrongpass": "le mot de passe est refusé",
    "passwordExpired": "le mot de passe a expiré",
    "SCARequired": "une authentification forte est attendue",
    "webauthRequired": "une authentification sur le site est attendue",
    "additionalInformationNeeded": "une information complémentaire est attendue",
    "decoupled": "une validation sur le téléphone du client est attendue",
    "actionNeeded": "le client doit agir sur le site de l'établissement",
    "websiteUnavailable": "le site de l'établissement ne répond pas",
    "rateLimiting": "l'établissement limite les consultations",
}


def read_powens(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what an answer of Powens says, or why it is refused.

    Numbers may be written as text, fields may be null or unknown. An account is
    known by its IBAN, else its number, else its number at the aggregator; the
    connection names the partner. What is `deleted` is left out; loans and cards
    too, and a loan is told. The past prices of an investment are kept where the answer
    lists it. Amounts are those in the currency of the account:
    `original_*` count only where the others are absent. A connection that failed
    is told for each of its accounts: they are as old as their last collection.
    """
    root = json_root(data, "powens_json")
    if isinstance(root, Refusal):
        return root
    listed = _listed(_named(root))
    if not any(
        listed[name] for name in ("accounts", "investments", "transactions", "marketorders")
    ):
        return _nothing(root)
    answer = Answer(Gathering("powens_json"))
    for where, node in listed["connections"]:
        cells = json_cells(node)
        answer.connections[cells.get("id", "")] = cells
        answer.found.row(where, cells, left_out)
    read_accounts(answer, listed["accounts"])
    read_investments(answer, listed["investments"])
    make_situations(answer)
    check_whole(answer.found, root)
    _events(answer, listed)
    check_pockets(answer, listed["pockets"])
    prices = read_values(answer, listed["investmentvalues"])
    _failures(answer)
    made = answer.found.statement()
    partners = pl.DataFrame(answer.partners, PARTNERS)
    return replace(made, partners=partners, prices=pl.DataFrame(prices, PRICES))


def _named(root: Any) -> Any:  # noqa: ANN401
    """Return the lists by name, for an answer that is a bare list or a bare object too."""
    nodes = root if isinstance(root, list) else [root]
    first = json_cells(nodes[0]) if nodes else {}
    if isinstance(root, dict) and not {"id", "id_connection", "id_account"} & root.keys():
        return root
    name = next((name for field_, name in NAMELESS if field_ in first), "")
    return {name: nodes} if name else root


def _listed(root: Any) -> dict[str, list[tuple[str, Any]]]:  # noqa: ANN401
    """Return what each list holds with its place, the lists inside objects too."""
    found: dict[str, list[tuple[str, Any]]] = {name: [] for name in LISTS}
    nodes = [("", root)]
    while nodes:
        where, node = nodes.pop(0)
        for name in LISTS:
            here = list(items(node, name, where))
            found[name] += here
            nodes += here
    return found


def _nothing(root: Any) -> Refusal:  # noqa: ANN401
    """Return why an answer without account is refused."""
    names = root.keys() if isinstance(root, dict) else ()
    what = next((said for name, said in NOT_ALONE.items() if name in names), "")
    if what:
        return Refusal(
            "powens_json", "F05", f"Ce fichier Powens ne contient que {what} : déposez la réponse "
            "qui liste les comptes et leurs investissements.",
        )  # fmt: skip
    return Refusal("powens_json", "F01", "Ce fichier Powens ne contient aucun compte.")


def _events(answer: Answer, listed: Mapping[str, list[tuple[str, Any]]]) -> None:
    """Read what happened; an order and the cash that it moved are one event, told by the order."""
    readers = {"marketorders": read_order, "transactions": read_transaction}
    for name, read in readers.items():
        for where, node in listed[name]:
            cells = json_cells(node)
            held = holder(answer, where, cells)
            if held is None:
                answer.found.row(where, cells, left_out)
                continue
            answer.found.external_id = held.external_id
            answer.found.row(where, cells, partial(read, answer.found, where, held.currency))


def _failures(answer: Answer) -> None:
    """Tell which connections failed, for each account that is therefore old."""
    found = answer.found
    for own, connection in answer.connections.items():
        state = connection.get("state") or connection.get("error", "")
        if not state:
            continue
        accounts = [h for h in answer.held.values() if h.cells.get("id_connection") == own]
        for held in accounts or [Held("", {}, "", "")]:
            found.external_id, found.locator = held.external_id, held.locator
            found.tell("A-CONNEXION", "warning", "state", state, _failed(connection, state))


def _failed(connection: Mapping[str, str], state: str) -> str:
    name = connection.get("connector.name") or "cet établissement"
    why = STATES.get(state, f"la connexion a échoué ({state})")
    since = day_or_none(connection, "last_update")
    old = f"les données datent du {french.day(since)}" if since else "les données sont anciennes"
    return f"{name}, {why} : {old}. Demandez au client de rétablir la connexion."
