"""One declaration per form: it colours the fields, lists what is missing, and checks again here."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from o2s_core.kernel.errors import FieldProblem, InvalidInputError

Kind = Literal[
    "text", "long_text", "choice", "day", "money", "quantity", "percent", "integer",
    "email", "phone", "yes_no", "secret",
]  # fmt: skip
Values = Mapping[str, Any]
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: what it is called, what it takes, when it must be filled.

    `check` receives the value, all values and today; it returns a French
    message, or None when all is well. It runs only on filled fields.
    """

    key: str
    label: str
    kind: Kind = "text"
    required: bool = False
    required_if: Callable[[Values], bool] | None = None
    choices: Mapping[str, str] | None = None  #: code -> label
    check: Callable[[Any, Values, date], str | None] | None = None
    maximum: int = 200  #: characters of a text
    hint: str = ""
    section: str = ""  #: heading it is shown under; fields of a section follow each other

    def is_required(self, values: Values) -> bool:
        """Return whether the field must be filled, given the others."""
        return self.required or bool(self.required_if and self.required_if(values))


@dataclass(frozen=True, slots=True)
class FormSchema:
    """The fields of a form, in the order of the screen."""

    title: str
    fields: tuple[FormField, ...]

    def field(self, key: str) -> FormField:
        """Return one field by its key."""
        return next(f for f in self.fields if f.key == key)

    def problems(self, values: Values, today: date) -> list[FieldProblem]:
        """Return everything that is missing or wrong, in the order of the screen."""
        found = []
        for field in self.fields:
            value = values.get(field.key)
            if _empty(value):
                if field.is_required(values):
                    found.append(FieldProblem(field.key, field.label, ""))
            elif message := _wrong(field, value, values, today):
                found.append(FieldProblem(field.key, field.label, message))
        return found

    def require_valid(self, values: Values, today: date) -> None:
        """Raise `InvalidInputError` naming every missing or wrong field."""
        if problems := self.problems(values, today):
            raise InvalidInputError(problems)

    def completeness(self, values: Values) -> float:
        """Return the share of required fields that are filled, 1 when none is required."""
        required = [f for f in self.fields if f.is_required(values)]
        filled = sum(not _empty(values.get(f.key)) for f in required)
        return filled / len(required) if required else 1.0


#: What is said beside a field of kind `secret`.
SEALED: Final = (
    "Scellé dès l'enregistrement, jamais montré. Laissé vide, celui qui est enregistré reste."
)


def whole_between(low: int, high: int) -> Callable[[Any, Values, date], str | None]:
    """Return the check that a number is whole, from `low` to `high`."""

    def check(value: object, _all: Values, _today: date) -> str | None:
        right = isinstance(value, int) and low <= value <= high
        return None if right else f"indiquez un nombre entier, de {low} à {high}."

    return check


def server_name(scheme: str) -> Callable[[Any, Values, date], str | None]:
    """Return the check that a server is written by its name or address, without `scheme`://."""

    def check(value: str, _all: Values, _today: date) -> str | None:
        right = all(c.isalnum() or c in ".-:" for c in value)
        said = f"indiquez le nom ou l'adresse du serveur, sans « {scheme}:// »."
        return None if right else said

    return check


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _wrong(field: FormField, value: Any, values: Values, today: date) -> str | None:  # noqa: ANN401
    """Return what is wrong with a filled value by its kind, then by its own check."""
    if message := _wrong_kind(field, value):
        return message
    return field.check(value, values, today) if field.check else None


def _wrong_text(field: FormField, text: str) -> str | None:
    if "\x00" in text:
        return "contient un caractère invisible qui ne se garde pas : saisissez-le à nouveau."
    return f"{field.maximum} caractères au plus." if len(text) > field.maximum else None


def _wrong_kind(field: FormField, value: Any) -> str | None:  # noqa: ANN401
    if field.choices is not None and value not in field.choices:
        return "choisissez une valeur de la liste."
    if isinstance(value, str) and (message := _wrong_text(field, value)):
        return message
    if field.kind == "email" and not EMAIL.fullmatch(str(value)):
        return "adresse e-mail invalide, par exemple nom@domaine.fr."
    if field.kind in {"money", "quantity", "percent"} and not isinstance(value, Decimal | int):
        return "saisissez un nombre, par exemple 1 234,56."
    if field.kind == "day" and not isinstance(value, date):
        return "saisissez une date, par exemple 31/12/2025."
    return None
