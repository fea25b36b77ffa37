"""What is asked for a typed situation, and what is wrong or surprising in one."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from o2s_core.kernel import french
from o2s_core.kernel.errors import FieldProblem
from o2s_core.kernel.identifiers import is_isin
from o2s_core.kernel.money import ZERO

#: Largest gap between quantity x price and the value: in currency, and as a share of it.
LINE_TOLERANCE: Final = (Decimal("0.05"), Decimal("0.001"))
#: Largest gap between the sum of the lines and the total given.
TOTAL_TOLERANCE: Final = (Decimal("0.05"), Decimal("0.0001"))
OLDEST: Final = date(1980, 1, 1)


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as typed: an instrument known by its id or ISIN, else by its label.

    A quantity with a price, or a value, or all three. `unit_cost` is the PRU.
    """

    label: str
    isin: str = ""
    instrument_id: int | None = None
    kind: str = ""  #: kind of instrument when it is new; cash for a balance
    quantity: Decimal | None = None
    price: Decimal | None = None
    price_on: date | None = None
    value: Decimal | None = None
    unit_cost: Decimal | None = None
    accrued: Decimal | None = None
    price_factor: Decimal = Decimal(1)
    currency: str = "EUR"

    @property
    def computed(self) -> Decimal | None:
        """Return quantity x price with the accrued interest, null when one is missing."""
        if self.quantity is None or self.price is None:
            return None
        return self.quantity * self.price * self.price_factor + (self.accrued or ZERO)

    @property
    def worth(self) -> Decimal | None:
        """Return the value typed, else quantity x price."""
        return self.computed if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class SituationForm:
    """A situation as typed or pasted; `total` is the total on the paper, when there is one."""

    as_of: date
    lines: tuple[TypedLine, ...]
    cash: Decimal | None = None
    total: Decimal | None = None
    currency: str = "EUR"
    note: str = ""
    replace_partner: bool = False  #: also where a partner delivered this very day

    @property
    def all_lines(self) -> tuple[TypedLine, ...]:
        """Return the lines, the cash among them."""
        if self.cash is None:
            return self.lines
        label = f"Espèces {self.currency}"
        return (
            *self.lines,
            TypedLine(label, kind="cash", value=self.cash, currency=self.currency),
        )

    @property
    def sum(self) -> Decimal:
        """Return what the lines in the currency of the situation add up to."""
        here = (line.worth for line in self.all_lines if line.currency == self.currency)
        return sum((worth for worth in here if worth is not None), ZERO)


@dataclass(frozen=True, slots=True)
class SituationCheck:
    """What prevents a situation from being kept, and what only deserves a look."""

    problems: tuple[FieldProblem, ...]
    warnings: tuple[str, ...]
    partner_delivered: bool = False  #: a partner's situation of that very day is in force


def checked(form: SituationForm, today: date) -> SituationCheck:
    """Return everything that is wrong or surprising in a typed situation."""
    problems = [*_date_problems(form, today), *_content_problems(form)]
    for rank, line in enumerate(form.all_lines, 1):
        problems += _line_problems(rank, line)
    return SituationCheck(tuple(problems), tuple(_warnings(form)))


def _date_problems(form: SituationForm, today: date) -> list[FieldProblem]:
    message = ""
    if form.as_of > today:
        message = "la date ne peut pas être dans le futur."
    elif form.as_of < OLDEST:
        message = "la date est antérieure à 1980."
    return [FieldProblem("as_of", "Date de la situation", message)] if message else []


def _content_problems(form: SituationForm) -> list[FieldProblem]:
    if not form.all_lines and form.total != ZERO:
        message = "saisissez au moins une ligne, ou des espèces."
        return [FieldProblem("lines", "Lignes", message)]
    mixed = any(line.currency != form.currency for line in form.all_lines)
    if form.total is None or mixed or _near(form.sum, form.total, TOTAL_TOLERANCE):
        return []
    gap = french.number(form.sum - form.total, signed=True)
    message = (
        f"la somme des lignes est de {french.number(form.sum)} {form.currency} pour un total "
        f"annoncé de {french.number(form.total)} (écart {gap}) : corrigez une ligne ou le total."
    )
    return [FieldProblem("total", "Total", message)]


def _line_problems(rank: int, line: TypedLine) -> list[FieldProblem]:
    label = f"Ligne {rank}"
    found = []
    if not line.label.strip() and not line.isin and line.instrument_id is None:
        found.append("indiquez le support, par son libellé ou son code ISIN.")
    if line.isin and not is_isin(line.isin):
        found.append(f"« {line.isin} » n'est pas un code ISIN valide.")
    if line.quantity is None and line.value is None:
        found.append("indiquez une quantité ou une valeur.")
    if line.quantity == ZERO and line.value:
        found.append("une quantité nulle ne peut pas avoir de valeur.")
    if not (len(line.currency) == 3 and line.currency.isalpha()):
        found.append(f"devise « {line.currency} » inconnue.")
    return [FieldProblem(f"line_{rank}", label, message) for message in found]


def _warnings(form: SituationForm) -> list[str]:
    found = []
    for rank, line in enumerate(form.lines, 1):
        if line.computed is None or line.value is None:
            continue
        if not _near(line.computed, line.value, LINE_TOLERANCE):
            found.append(
                f"Ligne {rank} ({line.label}) : quantité × cours donne "
                f"{french.number(line.computed)}, la valeur saisie est "
                f"{french.number(line.value)}. La valeur saisie est retenue."
            )
    repeated = Counter(line.isin for line in form.lines if line.isin)
    found += [f"{isin} figure {n} fois." for isin, n in repeated.items() if n > 1]
    return found


def _near(left: Decimal, right: Decimal, tolerance: tuple[Decimal, Decimal]) -> bool:
    floor, share = tolerance
    return abs(left - right) <= max(floor, share * abs(right))
