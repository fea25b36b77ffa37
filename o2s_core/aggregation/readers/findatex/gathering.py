"""What a FinDatEx file says of its supports, put together: facts with their day, faults told."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import polars as pl

from o2s_core.aggregation.readers.findatex.headers import Template
from o2s_core.aggregation.readers.findatex.sheets import Sheet, SheetRow
from o2s_core.aggregation.readers.gathering import (
    DAY,
    LIMIT,
    SCALE,
    Gathering,
    WrongFieldError,
    quoted,
)
from o2s_core.aggregation.statement import FUND_FACTS, FUND_LINES, FUNDS, Statement
from o2s_core.kernel.identifiers import compact, is_isin

#: FinDatEx, type of identification code -> what the code is.
CODE_TYPES: Final = {"1": "isin", "2": "cusip", "3": "sedol", "4": "wkn", "5": "ticker"}
ISIN_LIKE: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d")
#: A yearly or one-off cost above this share is most often a percentage written without dividing.
UNLIKELY_COST: Final = Decimal("0.2")
BAD_ISIN: Final = (
    "la clé de contrôle de l'ISIN est fausse. Demandez un fichier corrigé ; si ce code désigne "
    "bien le support, ajoutez-le à ses autres codes puis relisez le fichier."
)


@dataclass(slots=True)
class Funds:
    """What was read so far of a file; the row being read is that of `found`."""

    template: Template
    names: Mapping[str, str]
    found: Gathering
    edition: str = ""
    funds: dict[str, dict[str, Any]] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    rounded: dict[str, int] = field(default_factory=dict)
    assets: dict[str, Decimal] = field(default_factory=dict)  #: net assets, by fund

    @classmethod
    def of(cls, template: Template, sheet: Sheet, edition: str) -> "Funds":
        """Start on a file; a column that repeats a field is told once."""
        made = cls(template, sheet.names, Gathering(template.code), edition)
        for column in sheet.twice:
            made.found.tell(
                "A-COLONNE", "warning", column, "", "colonne répétée, elle n'est pas lue."
            )
        return made

    def row(self, row: SheetRow, read: Callable[[Mapping[str, str]], bool | None]) -> None:
        """Read one row; one whose support or day is unknown is left out, and told."""
        cells = {self.names.get(number, number): text for number, text in row.cells.items()}
        self.found.external_id = code_of(row.cells.get(self.template.identity, ""))
        self.found.row(row.locator, cells, lambda _: read(row.cells))

    def tell(
        self, code: str, number: str, raw: str, message: str, severity: str = "warning"
    ) -> None:
        """Keep an anomaly about a field of the row being read."""
        self.found.tell(code, severity, self.names.get(number, number), raw, message)

    def code(self, cells: Mapping[str, str], number: str, kind: str) -> tuple[str, str]:
        """Return the code of the support and what it is; a wrong ISIN stops the support."""
        text = code_of(cells.get(number, ""))
        if not text:
            name = self.names.get(number, number)
            raise WrongFieldError(name, "", "code du support absent, la ligne est écartée.", "L03")
        code_type = CODE_TYPES.get(whole(cells.get(kind, "1")), "partner")
        if code_type == "isin" and not is_isin(text):
            self.tell("L04", number, text, BAD_ISIN, "error")
        return text, code_type

    def day(self, cells: Mapping[str, str], *numbers: str) -> date:
        """Return the first day that some fields give; the row is left out when none does.

        A first field that is empty is told: the template asks for it.
        """
        for number in numbers:
            text = cells.get(number, "")
            if not text:
                if number == numbers[0]:
                    self.tell("L01", number, "", "date obligatoire absente.")
                continue
            if found := _day(text):
                return found
            self.tell("L01", number, text, f"date illisible {quoted(text)}.")
        name = self.names.get(numbers[0], numbers[0])
        said = "aucune date ne dit quand ces données valent, la ligne est écartée."
        raise WrongFieldError(name, cells.get(numbers[0], ""), said)

    def later(self, cells: Mapping[str, str], number: str, otherwise: date) -> date:
        """Return the day that a field gives, another when it gives none."""
        text = cells.get(number, "")
        if not text:
            return otherwise
        if found := _day(text):
            return found
        self.tell(
            "L01", number, text, f"date illisible {quoted(text)}, celle du fichier est prise."
        )
        return otherwise

    def number(self, cells: Mapping[str, str], number: str) -> Decimal | None:
        """Return an exact number of eight decimals, None where the file says nothing readable."""
        text = cells.get(number, "")
        if not text:
            return None
        value = _decimal(text)
        if value is None:
            self.tell(
                "L01", number, text, f"nombre illisible {quoted(text)}, il est laissé de côté."
            )
            return None
        exact = value.quantize(SCALE, ROUND_HALF_UP)
        if exact != value:
            self.rounded[self.found.external_id] = self.rounded.get(self.found.external_id, 0) + 1
        return exact

    def fund(self, code: str, **said: Any) -> None:  # noqa: ANN401
        """Keep what the support is."""
        head = {"fund": code, "template": self.template.code, "edition": self.edition}
        self.funds[code] = dict.fromkeys(FUNDS.names(), "") | {"kind": None} | head | said

    def fact(
        self, name: str, number: str, as_of: date, *, value: Decimal | None = None, word: str = ""
    ) -> None:
        """Keep one thing said of the support of the row; nothing said keeps nothing."""
        if value is None and not word:
            return
        where = f"{self.found.locator} › {self.names.get(number, number)}"
        self.facts.append(
            {
                "fund": self.found.external_id,
                "name": name,
                "number": value,
                "text": word or None,
                "as_of": as_of,
                "locator": where,
            }
        )

    def costs(self, cells: Mapping[str, str], read: Mapping[str, str], as_of: date) -> None:
        """Keep the costs that some fields give: ratios, 0.05 for 5 %."""
        for number, name in read.items():
            value = self.number(cells, number)
            if value is not None and value >= UNLIKELY_COST:
                said = (
                    "le modèle attend 0,015 pour 1,5 % : ce coût est invraisemblable, vérifiez-le."
                )
                self.tell("A-RATIO", number, cells[number], said)
            self.fact(name, number, as_of, value=value)

    def indicator(self, cells: Mapping[str, str], number: str, name: str, as_of: date) -> None:
        """Keep a risk indicator, from 1 to 7."""
        value = self.number(cells, number)
        if value is not None and value not in range(1, 8):
            said = "un indicateur de risque va de 1 à 7 : il est laissé de côté."
            self.tell("L01", number, cells[number], said)
            return
        self.fact(name, number, as_of, value=value)

    def missing(self, cells: Mapping[str, str], *numbers: str) -> None:
        """Tell which fields that the template asks for are empty."""
        for number in numbers:
            if number not in cells:
                self.tell("L01", number, "", "champ obligatoire vide, il reste n.c.")

    def known(self, code: str) -> bool:
        """Return whether a row above describes this support already; it is told."""
        if code not in self.funds:
            return False
        first = self.funds[code]["locator"]
        said = f"ce support est déjà décrit ({first}) : cette ligne est laissée de côté."
        self.tell("L08", self.template.identity, code, said)
        return True

    def statement(self) -> Statement:
        """Return all that was gathered as one statement."""
        for code, count in self.rounded.items():
            self.found.external_id, self.found.locator = (
                code,
                self.funds.get(code, {}).get("locator", ""),
            )
            said = (
                f"nombres de plus de huit décimales, arrondis à la huitième : {count}. Leur texte "
                "exact reste dans les lignes d'origine."
            )
            self.found.tell("A-PRECISION", "warning", "", "", said)
        return replace(
            self.found.statement(),
            funds=pl.DataFrame(list(self.funds.values()), FUNDS),
            fund_facts=pl.DataFrame([f for f in self.facts if f["fund"] in self.funds], FUND_FACTS),
            fund_lines=pl.DataFrame(self.lines, FUND_LINES),
        )


def code_of(text: str) -> str:
    """Return a code as it is compared: an ISIN without spaces, another one as it is written."""
    plain = compact(text)
    return plain if ISIN_LIKE.fullmatch(plain) else text.strip()


def whole(text: str) -> str:
    """Return a code of one figure as the template writes it: 1 for a cell that says 1.0."""
    return text.strip().removesuffix(".0")


def _day(text: str) -> date | None:
    found = DAY.match(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _decimal(text: str) -> Decimal | None:
    """Return the number that a text writes, a comma being a decimal one; None for anything else."""
    plain = text.replace(",", ".") if "." not in text else text
    try:
        value = Decimal(plain)
    except ArithmeticError:
        return None
    return value if value.is_finite() and abs(value) <= LIMIT else None
