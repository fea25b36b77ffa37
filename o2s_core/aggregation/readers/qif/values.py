"""How are the days and the amounts of a QIF written? The file says it once, or not at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from o2s_core.aggregation.mapping.numbers import SPACES
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, quoted

#: Day, month and year in any order; a year of one digit is padded with a space.
SHAPE: Final = re.compile(r"(\d{4}|\d\d?)[/.-] ?(\d\d?)[/.'-](\d{4}|\d\d| \d)")
MONTHS: Final = 12
#: A year of two digits before this one is of our century.
PIVOT: Final = 70
#: Digits of a group of thousands: after one mark and three digits, nothing says which mark it is.
GROUP: Final = 3
AMBIGUOUS_DAYS: Final = (
    "Les dates de ce QIF se lisent jour/mois comme mois/jour : exportez une période qui contient "
    "un jour après le 12, ou dites leur ordre sur la fiche du flux."
)
OTHER_DAYS: Final = (
    "Les dates de ce QIF contredisent l'ordre du jour et du mois que dit la fiche du flux : "
    "corrigez la fiche, ou déposez le fichier sur le flux qui est le sien."
)
MIXED_DAYS: Final = (
    "Les dates de ce QIF ne suivent pas un seul ordre du jour et du mois : demandez un export CSV "
    "ou OFX."
)
AMBIGUOUS_NUMBERS: Final = (
    "Les montants de ce QIF ne disent pas si la virgule ou le point sépare les décimales : "
    "demandez un export CSV ou OFX."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file writes days and amounts."""

    order: str  #: dmy, mdy or ymd
    mark: str  #: the decimal mark

    def day(self, cells: Cells, name: str) -> date:
        """Return the day of a field."""
        text = cells.get(name, "")
        shaped = SHAPE.fullmatch(text.strip())
        parts = dict(zip(self.order, map(int, shaped.groups()), strict=True)) if shaped else {}
        try:
            return date(_year(parts["y"]), parts["m"], parts["d"])
        except (KeyError, ValueError):
            raise WrongFieldError(name, text, f"date illisible {quoted(text)}.") from None

    def number(self, found: Gathering, cells: Cells, name: str) -> Decimal | None:
        """Return the exact number of a field, None when it is absent."""
        text = cells.get(name, "").strip()
        other = "," if self.mark == "." else "."
        whole = re.sub(rf"{SPACES}|'|{re.escape(other)}(?=\d{{3}})", "", text)
        return found.number({name: whole.replace(self.mark, ".")}, name)


def _year(said: int) -> int:
    if said >= 100:
        return said
    return said + (2000 if said < PIVOT else 1900)


def reading_of(days: Sequence[str], numbers: Sequence[str], agreed: str = "") -> Reading | str:
    """Return how a file is to be read, or why nothing tells it, in French.

    `agreed` is the order of the days that its feed states (dmy or mdy), "" for none: it
    decides where the file does not, and a file that contradicts it is not read.
    """
    told = _order(days)
    order = agreed if agreed and told == AMBIGUOUS_DAYS else told
    if agreed and order in {"dmy", "mdy"} and order != agreed:
        return OTHER_DAYS
    mark = _mark([text for text in numbers if text])
    if order not in {"dmy", "mdy", "ymd"}:
        return order
    return Reading(order, mark) if mark else AMBIGUOUS_NUMBERS


def _order(days: Sequence[str]) -> str:
    shaped = [m.groups() for text in days if (m := SHAPE.fullmatch(text.strip()))]
    if shaped and all(len(first) == 4 for first, _, _ in shaped):
        return "ymd"
    first = any(int(a) > MONTHS for a, _, _ in shaped)
    second = any(int(b) > MONTHS for _, b, _ in shaped)
    if first and second:
        return MIXED_DAYS
    if not first and not second:
        return AMBIGUOUS_DAYS
    return "dmy" if first else "mdy"


def _mark(numbers: Sequence[str]) -> str:
    """Return the decimal mark, "" when nothing tells it or when the file has two."""
    sure, doubtful = set[str](), set[str]()
    for text in numbers:
        marks = re.findall(r"[.,]", text)
        if not marks:
            continue
        last = marks[-1]
        after = len(re.sub(r"\D", "", text[text.rfind(last) + 1 :]))
        if marks.count(last) > 1:
            sure.add("," if last == "." else ".")
        elif len(marks) > 1 or after != GROUP:
            sure.add(last)
        else:
            doubtful.add(last)
    if len(sure) == 1:
        return sure.pop()
    return "." if not sure and not doubtful else ""
