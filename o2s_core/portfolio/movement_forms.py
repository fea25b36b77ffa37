"""What is asked for a movement typed by hand, and how its signs follow its nature."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from o2s_core.kernel.errors import FieldProblem
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.money import ZERO
from o2s_core.portfolio.movement_kinds import MOVEMENT_KINDS

#: Kinds that have a window of their own, or whose cash only the insurer knows.
NOT_TYPED: Final = frozenset({"corporate_action", "advance", "advance_repayment"})
#: code -> label of what may be typed, in the order of the pick list.
TYPED_KINDS: Final = MappingProxyType(
    {code: label for code, label in MOVEMENT_KINDS.items() if code not in NOT_TYPED}
)
#: Kinds whose amount leaves the cash, and kinds whose units leave the account.
PAID: Final = frozenset(
    {"buy", "switch_in", "withdrawal", "fee", "tax", "social_levy", "transfer_out"}
)
GIVEN_UP: Final = frozenset(
    {"sell", "switch_out", "withdrawal", "fee", "tax", "social_levy", "transfer_out"}
)
#: Kinds whose costs are taken from what the units are worth, and kinds that are a cost.
COSTLY: Final = frozenset({"sell", "switch_out", "withdrawal", "transfer_out"})
LEVIED: Final = frozenset({"fee", "tax", "social_levy", "adjustment"})
#: The one kind whose amounts are typed with their sign.
SIGNED: Final = "adjustment"


def _positive(value: Decimal, values: Mapping[str, Any], _today: date) -> str | None:
    if values.get("kind") == SIGNED or value >= 0:
        return None
    return "sans signe : la nature du mouvement dit s'il entre ou s'il sort."


def _cost(value: Decimal, _values: Mapping[str, Any], _today: date) -> str | None:
    return None if value >= 0 else "indiquez un nombre positif."


def _past(value: date, _values: Mapping[str, Any], today: date) -> str | None:
    return "la date ne peut pas être dans le futur." if value > today else None


def _needs_amount(values: Mapping[str, Any]) -> bool:
    return values.get("quantity") is None or values.get("price") is None


MOVEMENT_FORM: Final = FormSchema(
    "Mouvement",
    (
        FormField("trade_on", "Date", "day", required=True, check=_past),
        FormField("value_on", "Date de valeur", "day"),
        FormField("quantity", "Quantité", "quantity", check=_positive),
        FormField("price", "Cours", "quantity", check=_cost),
        FormField("amount", "Montant net", "money", required_if=_needs_amount, check=_positive,
                  hint="Frais et taxes compris à l'achat, déduits sinon. Laissé vide, il est "
                  "calculé : quantité × cours."),
        FormField("fees", "dont frais", "money", check=_cost),
        FormField("taxes", "dont taxes", "money", check=_cost),
        FormField("label", "Libellé", maximum=120),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MovementForm:
    """A movement as typed: amounts and quantities without sign, but those of an adjustment.

    `amount` is what enters the account or leaves it, in its currency: with the costs for
    a purchase, without them for the rest; null, quantity × price makes it. `twin` says that the
    person knows of an identical movement, and means a second one.
    """

    kind: str
    trade_on: date
    amount: Decimal | None = None
    instrument_id: int | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    fees: Decimal | None = None
    taxes: Decimal | None = None
    value_on: date | None = None
    label: str = ""
    twin: bool = False

    def values(self) -> dict[str, Any]:
        """Return the fields as the schema checks them."""
        return {name: getattr(self, name) for name in (f.key for f in MOVEMENT_FORM.fields)} | {
            "kind": self.kind
        }

    @property
    def costs(self) -> Decimal:
        """Return the fees and the taxes."""
        return (self.fees or ZERO) + (self.taxes or ZERO)

    def computed(self, factor: Decimal) -> Decimal | None:
        """Return the net amount that quantity, price and costs make; null without both."""
        if self.quantity is None or self.price is None:
            return None
        worth = self.quantity * self.price * factor
        if self.kind in {"buy", "switch_in"}:
            worth += self.costs
        elif self.kind in COSTLY:
            worth -= self.costs
        return worth.quantize(Decimal("0.01"))

    def stored(self, factor: Decimal) -> dict[str, Decimal | None]:
        """Return the amounts as a movement keeps them, signed."""
        amount = self.computed(factor) if self.amount is None else self.amount
        sign = -1 if self.kind in PAID else 1
        out = self.quantity is not None and self.kind in GIVEN_UP
        return {
            "quantity": -self.quantity if out and self.quantity else self.quantity,
            "price": self.price,
            "gross": None if amount is None else sign * self._gross(amount),
            "fees": self.fees,
            "taxes": self.taxes,
            "net": None if amount is None else sign * amount,
        }

    def _gross(self, amount: Decimal) -> Decimal:
        if self.kind in {"buy", "switch_in"}:
            return amount - self.costs
        return amount if self.kind in LEVIED else amount + self.costs


@dataclass(frozen=True, slots=True)
class MovementCheck:
    """What prevents a movement from being kept, and what only deserves a look."""

    problems: tuple[FieldProblem, ...]
    warnings: tuple[str, ...]
    twins: int = 0  #: identical movements that the account already has
