"""Errors an adviser can act upon.

A class says what went wrong; its message says what to do next, in French,
because it is shown as is. Anything that is not an `O2SError` is a defect.
"""

from dataclasses import dataclass
from datetime import date


class O2SError(Exception):
    """Base of all expected errors; the message is meant for the person on screen."""


class NotSignedInError(O2SError):
    """Nobody is signed in, or the session has ended."""

    def __init__(self) -> None:
        super().__init__("Votre session est terminée : reconnectez-vous pour continuer.")


class PermissionDeniedError(O2SError):
    """The profile of the user lacks a permission."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"Votre profil ne donne pas le droit « {label} ». "
            "Demandez-le à l'administrateur du cabinet."
        )


class NotFoundError(O2SError):
    """The object does not exist, or not for this user: both read the same."""

    def __init__(self, what: str, reference: object) -> None:
        super().__init__(f"{what} introuvable : {reference}.")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of a form: its key, its French label, the message."""

    field: str
    label: str
    message: str


class InvalidInputError(O2SError):
    """One or several fields of a form are missing or inconsistent; all are listed."""

    def __init__(self, problems: list[FieldProblem] | str) -> None:
        self.problems = [] if isinstance(problems, str) else problems
        text = problems if isinstance(problems, str) else _sentence(problems)
        super().__init__(text)


def _sentence(problems: list[FieldProblem]) -> str:
    missing = [p.label for p in problems if not p.message]
    wrong = [f"{p.label} : {p.message}" for p in problems if p.message]
    parts = ([f"Veuillez renseigner : {', '.join(missing)}."] if missing else []) + wrong
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that somebody else changed meanwhile: label, what they stored, what was typed."""

    label: str
    stored: object
    typed: object


class StaleEditError(O2SError):
    """The record changed since the form was opened; nothing was overwritten."""

    def __init__(self, what: str, changes: list[FieldChange]) -> None:
        self.changes = changes
        listed = " ; ".join(f"{c.label} : enregistré « {c.stored} »" for c in changes)
        super().__init__(
            f"{what} a été modifié entre-temps par une autre personne. "
            "Rien n'a été écrasé : vérifiez puis enregistrez à nouveau."
            + (f" Changements : {listed}." if listed else "")
        )


class DataError(O2SError):
    """The stored data cannot support the figure that was asked."""


class MissingRateError(DataError):
    """No exchange rate is known for a currency near a day."""

    def __init__(self, currency: str, day: date) -> None:
        self.currency, self.day = currency, day
        super().__init__(
            f"Aucun taux de change {currency} connu au {day:%d/%m/%Y} ni dans les 7 jours "
            "précédents : la ligne est exclue du total."
        )


class FeedError(O2SError):
    """A partner's file cannot be read."""


class StoreError(O2SError):
    """The store cannot be opened, is locked, damaged or of another version."""
