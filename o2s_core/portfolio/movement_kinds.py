"""What can happen on an account, with the French names and what it does to the cash."""

from types import MappingProxyType
from typing import Final

#: code -> label, in the order of the pick list.
MOVEMENT_KINDS: Final = MappingProxyType(
    {
        "buy": "Achat",
        "sell": "Vente",
        "switch_out": "Arbitrage, sortie",
        "switch_in": "Arbitrage, entrée",
        "deposit": "Versement",
        "withdrawal": "Rachat, retrait",
        "dividend": "Dividende",
        "coupon": "Coupon",
        "interest": "Intérêts",
        "profit_sharing": "Participation aux bénéfices",
        "fee": "Frais",
        "tax": "Impôt",
        "social_levy": "Prélèvements sociaux",
        "transfer_in": "Transfert, entrée",
        "transfer_out": "Transfert, sortie",
        "corporate_action": "Opération sur titres",
        "adjustment": "Régularisation",
        "advance": "Avance",
        "advance_repayment": "Remboursement d'avance",
    }
)

#: Kinds that trade a line against the cash of the account.
TRADES: Final = frozenset({"buy", "sell", "switch_out", "switch_in", "corporate_action"})

#: Kinds that say where the cash comes from: without one of them a cash balance is unknown.
FUNDING: Final = frozenset(
    {"deposit", "withdrawal", "transfer_in", "transfer_out", "advance", "advance_repayment"}
)


def kind_label(code: str) -> str:
    """Return the French name of a kind of movement; an unknown code reads as itself."""
    return MOVEMENT_KINDS.get(code, code)
