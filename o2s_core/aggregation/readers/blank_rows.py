"""Rows of a statement that say nothing yet: a reader fills in what its file tells."""

from decimal import Decimal
from typing import Any

from o2s_core.aggregation.statement import ACCOUNTS, LINES, MOVEMENTS


def account_row(external_id: str, where: str, **said: object) -> dict[str, Any]:
    """Return an account of which nothing is known but what is said."""
    known = {"external_id": external_id, "locator": where}
    return dict.fromkeys(ACCOUNTS.names()) | known | said


def line_row(head: dict[str, Any], where: str) -> dict[str, Any]:
    """Return a line of the situation whose head is given, in its currency."""
    known = {name: head[name] for name in ("external_id", "as_of", "currency")}
    return dict.fromkeys(LINES.names()) | known | {"locator": where, "price_factor": Decimal(1)}


def cash_row(head: dict[str, Any], where: str, label: str, balance: Decimal) -> dict[str, Any]:
    """Return the cash of a situation: a line whose value is the balance."""
    return line_row(head, where) | {"label": label, "kind": "cash", "value": balance}


def movement_row(external_id: str, where: str) -> dict[str, Any]:
    """Return a movement of an account."""
    return dict.fromkeys(MOVEMENTS.names()) | {"external_id": external_id, "locator": where}
