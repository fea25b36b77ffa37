"""What is asked of a switch: tolerance, minimums, limits, fees, supports left apart."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from o2s_core.kernel.forms import FormField, FormSchema

AIMS: Final = {"target": "Le poids du modèle", "edge": "Le bord de la tolérance"}


@dataclass(frozen=True, slots=True)
class SwitchTerms:
    """The conditions of a proposal: ratios (0.02 is 2 points) and euros; null is no limit.

    `switch_fee` and `entry_fee` null: not known, none is counted and the page says so.
    """

    band: Decimal = Decimal("0.02")
    aim: str = "target"
    minimum_order: Decimal | None = None
    minimum_line: Decimal | None = None
    maximum_lines: int | None = None
    fonds_euros_cap: Decimal | None = None
    fonds_euros_exit: Decimal | None = None
    switch_fee: Decimal | None = None
    entry_fee: Decimal | None = None
    excluded: tuple[int, ...] = field(default=())  #: supports that are not touched

    def values(self) -> dict[str, Any]:
        """Return the fields as the schema checks them."""
        return {key: value for key, value in asdict(self).items() if key != "excluded"}

    @classmethod
    def typed(cls, values: Mapping[str, Any], excluded: tuple[int, ...] = ()) -> "SwitchTerms":
        """Return the form that a person filled."""
        names = set(TERMS_FORM_KEYS) & set(values)
        lines = values.get("maximum_lines")
        typed = {name: values[name] for name in names} | {
            "maximum_lines": None if lines is None else int(lines)
        }
        return replace(cls(), **typed, excluded=excluded)

    def stored(self) -> str:
        """Return the terms as they are kept."""
        return json.dumps(asdict(self), default=str, sort_keys=True)


def read_terms(text: str) -> SwitchTerms:
    """Return terms as they were kept."""
    said: dict[str, Any] = json.loads(text) if text else {}
    exact: dict[str, Any] = {
        key: Decimal(value) if isinstance(value, str) and key != "aim" else value
        for key, value in said.items()
    }
    return SwitchTerms(**exact | {"excluded": tuple(exact.get("excluded", ()))})


def _ratio(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if 0 <= value <= 1 else "indiquez un pourcentage de 0 à 100."


def _fee(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if 0 <= value <= Decimal("0.2") else "indiquez un pourcentage de 0 à 20."


def _amount(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if value >= 0 else "indiquez un montant positif."


def _count(value: Decimal, _all: Mapping[str, Any], _today: date) -> str | None:
    return None if value == int(value) and value >= 1 else "indiquez un nombre entier, 1 au moins."


TERMS_FORM: Final = FormSchema(
    "Conditions de l'arbitrage",
    (
        FormField("band", "Tolérance autour du modèle", "percent", required=True, check=_ratio,
                  hint="Une ligne qui s'écarte moins n'est pas touchée."),
        FormField("aim", "Ramener à", "choice", required=True, choices=AIMS),
        FormField("switch_fee", "Frais d'arbitrage", "percent", check=_fee,
                  hint="Part de ce qui est vendu."),
        FormField("entry_fee", "Frais d'entrée", "percent", check=_fee,
                  hint="Part de ce qui est acheté."),
        FormField("minimum_order", "Minimum par mouvement (€)", "money", check=_amount),
        FormField("minimum_line", "Minimum restant par ligne (€)", "money", check=_amount),
        FormField("maximum_lines", "Nombre de lignes au plus", "quantity", check=_count),
        FormField("fonds_euros_cap", "Fonds en euros au plus", "percent", check=_ratio),
        FormField("fonds_euros_exit", "Sortie du fonds en euros au plus", "percent", check=_ratio,
                  hint="Part de son encours qui peut encore sortir."),
    ),
)  # fmt: skip
TERMS_FORM_KEYS: Final = tuple(f.key for f in TERMS_FORM.fields)
