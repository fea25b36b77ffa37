"""What a text pasted from a statement or a spreadsheet says: lines, and what is not understood."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from o2s_core.kernel.identifiers import compact, is_isin, search_key
from o2s_core.portfolio.situation_forms import TypedLine

#: What a column is called, as the words of its header begin.
HEADERS: Final = MappingProxyType(
    {
        "isin": ("isin", "code isin", "code"),
        "label": ("support", "libelle", "designation", "nom", "valeur mobiliere", "titre", "fonds"),
        "quantity": ("quantite", "qte", "nombre", "nb", "parts"),
        "unit_cost": ("pru", "prix de revient", "prix moyen", "pam", "cout"),
        "price": ("cours", "vl", "valeur liquidative", "prix", "valeur de part"),
        "value": ("valeur", "valorisation", "montant", "encours", "contre valeur", "solde"),
        "currency": ("devise",),
    }
)
NUMBERS: Final = ("quantity", "unit_cost", "price", "value")
#: How bare numbers are understood without header, by how many there are.
ORDER: Final = MappingProxyType(
    {
        1: ("value",),
        2: ("quantity", "value"),
        3: ("quantity", "price", "value"),
        4: ("quantity", "unit_cost", "price", "value"),
    }
)
ISIN_LIKE: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d")
EURO_FUND: Final = re.compile(r"\bfonds (en )?euros?\b")
CASH: Final = re.compile(r"\b(especes|liquidites|solde especes|compte especes|cash)\b")


@dataclass(frozen=True, slots=True)
class PastedProblem:
    """What is not understood, in which row (from 1), and what to do."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """The lines that were understood, and the rows that were not."""

    lines: tuple[TypedLine, ...]
    problems: tuple[PastedProblem, ...]


def pasted(text: str, currency: str = "EUR") -> Pasted:
    """Read lines pasted from a spreadsheet, a PDF table or an e-mail.

    Cells are separated by tabs, else by semicolons, else by two spaces or more.
    A first row of column names is recognised; without one the cells are told by
    what they hold: an ISIN, a text, then numbers in the order quantity, unit
    cost, price, value. Numbers are French: `1 234,56`.
    """
    rows = [(n, _cells(line)) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    columns = _columns(rows[0][1]) if rows else None
    lines: list[TypedLine] = []
    problems: list[PastedProblem] = []
    for number, cells in rows[1:] if columns else rows:
        read = _by_name(cells, columns) if columns else _by_shape(cells)
        line, wrong = _line(read, currency)
        problems += [PastedProblem(number, message) for message in wrong]
        if line and not _is_total(line):
            lines.append(line)
    return Pasted(tuple(lines), tuple(problems))


def typed_lines(rows: Sequence[Mapping[str, str | None]], currency: str = "EUR") -> Pasted:
    """Read the rows of a grid, every cell as typed; rows left empty are skipped.

    Cells are named as the fields of `TypedLine`: label, isin, kind, quantity,
    unit_cost, price, value.
    """
    lines: list[TypedLine] = []
    problems: list[PastedProblem] = []
    for number, row in enumerate(rows, 1):
        read = {name: cell.strip() for name, cell in row.items() if cell and cell.strip()}
        kind = read.pop("kind", "")
        if not read:
            continue
        line, wrong = _line(read, currency)
        problems += [PastedProblem(number, message) for message in wrong]
        if line:
            lines.append(replace(line, kind=kind) if kind else line)
    return Pasted(tuple(lines), tuple(problems))


def cells_of(line: TypedLine) -> dict[str, str]:
    """Return a line as the cells of a grid, numbers written the French way."""
    numbers = {name: getattr(line, name) for name in NUMBERS}
    return {"label": line.label, "isin": line.isin, "kind": line.kind} | {
        name: "" if value is None else _written(value) for name, value in numbers.items()
    }


def _written(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _cells(line: str) -> list[str]:
    if "\t" in line:
        parts = line.split("\t")
    elif ";" in line:
        parts = line.split(";")
    else:
        parts = re.split(r"[ \u00a0]{2,}", line.strip())
    return [part.strip() for part in parts]


def _columns(cells: Sequence[str]) -> list[str | None] | None:
    """Return the field of each column when the row is a header, else None."""
    found = [_field(cell) for cell in cells]
    named = [name for name in found if name]
    if len(set(named) & {"label", "isin"}) and len(set(named) & {*NUMBERS}):
        return [name if name not in found[:i] else None for i, name in enumerate(found)]
    return None


def _field(cell: str) -> str | None:
    """Return which field a column name announces: the longest known beginning wins."""
    said = search_key(cell)
    matches = [
        (len(word), name)
        for name, words in HEADERS.items()
        for word in words
        if said == word or said.startswith(word + " ")
    ]
    return max(matches)[1] if matches else None


def _by_name(cells: Sequence[str], columns: Sequence[str | None]) -> dict[str, str]:
    return {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell.strip()}


def _by_shape(cells: Sequence[str]) -> dict[str, str]:
    """Return the cells by what they look like."""
    read: dict[str, str] = {}
    numbers = []
    for cell in (c for c in cells if c):
        if ISIN_LIKE.fullmatch(compact(cell)):
            read.setdefault("isin", cell)
        elif re.search(r"[A-Za-zÀ-ÿ]{2}", _bare(cell)):
            read.setdefault("label", cell)
        else:
            numbers.append(cell)
    order = ORDER.get(len(numbers), ORDER[4])
    return read | dict(zip(order, numbers, strict=False))


def _bare(cell: str) -> str:
    """Return a cell without currency, to tell a number from a text."""
    return re.sub(r"€|\bEUR\b|\bUSD\b|\bCHF\b|\bGBP\b", "", cell)


def _line(read: dict[str, str], currency: str) -> tuple[TypedLine | None, list[str]]:
    wrong = []
    numbers: dict[str, Decimal] = {}
    for name in (n for n in NUMBERS if n in read):
        value = french_number(read[name])
        if isinstance(value, Decimal):
            numbers[name] = value
        else:
            wrong.append(value)
    isin = compact(read.get("isin", ""))
    label = read.get("label") or isin
    if isin and not is_isin(isin):
        wrong.append(f"« {isin} » n'est pas un code ISIN valide : vérifiez-le.")
        isin = ""
    if not label:
        wrong.append("ni libellé ni code ISIN : indiquez de quel support il s'agit.")
    if not numbers:
        wrong.append("aucun montant ni quantité lisible.")
    if wrong and (not label or not numbers):
        return None, wrong
    line = TypedLine(
        label=label,
        isin=isin,
        currency=read.get("currency", currency),
        quantity=numbers.get("quantity"),
        unit_cost=numbers.get("unit_cost"),
        price=numbers.get("price"),
        value=numbers.get("value"),
    )
    return replace(line, kind=_kind(line)), wrong


def _kind(line: TypedLine) -> str:
    """Return what a line without ISIN says that it is: cash, fonds euros, or nothing."""
    said = search_key(line.label)
    if line.isin:
        return ""
    if EURO_FUND.search(said):
        return "fonds_euros"
    return "cash" if line.quantity is None and CASH.search(said) else ""


def _is_total(line: TypedLine) -> bool:
    """Return whether a row is the total under a table, which is not a line."""
    return not line.isin and search_key(line.label).split(" ")[0] in {"total", "totaux"}


def french_number(typed: str) -> Decimal | str:
    """Return a number written the French way, or the French sentence that says why it is not.

    `1 234,56`, `1.234,56`, `1234.56`, `(12,50)` and `12,50-` are read; `1.234`
    alone is refused, because it may be a thousand or a unit.
    """
    plain = re.sub(r"[\s\u00a0\u202f€'’]|EUR|USD|CHF|GBP", "", typed).replace("\u2212", "-")
    negative = plain.startswith(("-", "(")) or plain.endswith("-")
    digits = plain.strip("+-()")
    if re.fullmatch(r"\d{1,3}\.\d{3}", digits):
        whole, comma = digits.replace(".", ""), digits.replace(".", ",")
        return f"« {typed.strip()} » est ambigu : écrivez {whole},00 ou {comma}."
    if "," in digits and "." in digits:
        digits = digits.replace(".", "") if digits.rindex(",") > digits.rindex(".") else ""
    try:
        number = Decimal(digits.replace(",", ".", 1))
    except InvalidOperation:
        return f"« {typed.strip()} » n'est pas un nombre."
    if not number.is_finite():
        return f"« {typed.strip()} » n'est pas un nombre."
    return -number if negative else number
