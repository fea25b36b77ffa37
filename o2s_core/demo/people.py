"""The demonstration firm's own people: two agencies, eight advisers, one user of each profile."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the demonstration firm."""

    login: str
    first_name: str
    last_name: str
    profile: str
    scope: str
    agency: int  #: 0 Lyon, 1 Nantes
    is_adviser: bool = False
    assists: str = ""  #: login of the adviser assisted


AGENCIES: Final = ("Lyon Part-Dieu", "Nantes Graslin")
COLLEAGUES: Final = (
    Colleague("conseiller", "Claire", "Morel", "conseiller", "own", 0, is_adviser=True),
    Colleague("h.blanchard", "Hugo", "Blanchard", "conseiller", "own", 0, is_adviser=True),
    Colleague("s.nguyen", "Sophie", "Nguyen", "conseiller", "own", 0, is_adviser=True),
    Colleague("t.garnier", "Thomas", "Garnier", "conseiller_junior", "own", 0, is_adviser=True),
    Colleague("e.leroux", "Élodie", "Leroux", "conseiller", "own", 1, is_adviser=True),
    Colleague("y.lebreton", "Yann", "Le Breton", "conseiller", "own", 1, is_adviser=True),
    Colleague("m.diallo", "Mariam", "Diallo", "conseiller", "own", 1, is_adviser=True),
    Colleague("p.caron", "Paul", "Caron", "conseiller_junior", "own", 1, is_adviser=True),
    Colleague("manager", "Isabelle", "Fontaine", "manager", "firm", 0),
    Colleague("analyste", "Karim", "Benali", "analyste", "none", 0),
    Colleague("conformite", "Nathalie", "Perrin", "conformite", "firm", 0),
    Colleague("assistant", "Julie", "Roche", "assistant", "own", 0, assists="conseiller"),
    Colleague("admin", "Olivier", "Marchand", "administrateur", "none", 0),
)
#: Printed by `make run`; the firm says on every screen that its figures are invented.
PASSWORD: Final = "Patrimoine-2026"  # noqa: S105
#: One login of each profile, as printed.
LOGINS: Final = ("conseiller", "manager", "analyste", "conformite", "assistant", "admin")
