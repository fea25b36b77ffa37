"""What does a QIF say? (mouvements d'un compte, sans solde)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from o2s_core.aggregation.readers.blank_rows import account_row, movement_row
from o2s_core.aggregation.readers.cash_kinds import by_sign, told
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError
from o2s_core.aggregation.readers.qif.investments import read_investment
from o2s_core.aggregation.readers.qif.values import Reading, reading_of
from o2s_core.aggregation.readers.text import decoded
from o2s_core.aggregation.statement import Refusal, Statement

#: Kinds of account that are read -> envelope.
ENVELOPES: Final[Mapping[str, str | None]] = {
    "bank": "compte_courant", "cash": "compte_courant", "oth a": None, "invst": "compte_titres",
}  # fmt: skip
DEBTS: Final = frozenset({"ccard", "oth l"})
#: What the first record of an account is called: a balance, no movement.
OPENING: Final = frozenset({"opening balance", "solde initial", "solde d'ouverture"})
CUT: Final = (
    "Ce QIF est coupé : son dernier enregistrement n'est pas fermé. Téléchargez-le à nouveau."
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: what kind of list it stands in, where it starts, its fields by letter."""

    kind: str
    account: str
    line: int
    cells: Cells
    parts: tuple[str, ...]  #: amounts of its split


def read_qif(
    data: bytes,
    file_name: str,  # noqa: ARG001
    order: str = "",
    numbers: Sequence[str] = (),
) -> Statement | Refusal:
    """Return the movements of a QIF, or why it is refused.

    A QIF has no number of account and no balance: it is of one account, whose
    holder the sender names, unless the feed states the `numbers` of its accounts in the
    order in which the file comes to them. Its days are read only when one of them tells day
    from month, or when the feed states their `order` (dmy, mdy); its amounts when one of
    them tells the decimal mark.
    """
    records = _records(decoded(data))
    if records is None:
        return _refused("F07", CUT)
    securities = {r.cells["N"]: r.cells for r in records if r.kind == "security" and "N" in r.cells}
    moves = [r for r in records if r.kind in ENVELOPES]
    lists = list(dict.fromkeys((r.kind, r.account) for r in moves))
    if refusal := _refusal(records, lists, numbers):
        return refusal
    ids = dict(zip(lists, numbers or [""], strict=True))
    amounts = [v for r in moves for v in (*(r.cells.get(n, "") for n in "TUIQO$"), *r.parts)]
    reading = reading_of([r.cells.get("D", "") for r in moves], amounts, order)
    if isinstance(reading, str):
        return _refused("F04", reading)
    found = Gathering("qif")
    for record in moves:
        number, where = ids[record.kind, record.account], f"ligne {record.line}"
        said = {"label": record.account or None, "envelope": ENVELOPES[record.kind]}
        found.accounts.setdefault(number, account_row(number, where, **said))
    found.locator = f"ligne {moves[0].line}"
    doubt = "un QIF ne dit pas sa devise : l'euro est retenu, vérifiez-la."
    found.tell("A-DEVISE", "warning", "currency", "", doubt)
    for record in moves:
        where, number = f"ligne {record.line}", ids[record.kind, record.account]
        found.external_id = number
        read: Callable[[Cells], bool | None] = partial(
            _cash, found, (number, where), reading, record.parts
        )
        if record.kind == "invst":
            read = partial(read_investment, found, (number, where), reading, securities)
        found.row(where, record.cells, read)
    return found.statement()


def _refused(code: str, message: str) -> Refusal:
    return Refusal("qif", code, message)


def _refusal(
    records: list[Record], lists: Sequence[tuple[str, str]], numbers: Sequence[str]
) -> Refusal | None:
    """Return why the lists of a file are not those of the accounts that its feed names."""
    if any(record.kind in DEBTS for record in records):
        return _refused("F05", "Ce QIF est celui d'une carte ou d'une dette : il n'est pas lu.")
    if not lists:
        return _refused("F01", "Ce QIF ne contient aucun mouvement.")
    if len(lists) != max(len(numbers), 1):
        return _refused("F05", _unnumbered(len(lists), len(numbers)))
    return None


def _unnumbered(count: int, said: int) -> str:
    what = f"Ce QIF contient {count} compte{'s' if count > 1 else ''}"
    if said:
        return (
            f"{what}, la fiche du flux en numérote {said} : mettez-la à jour (Comptes d'un QIF), "
            "dans l'ordre du fichier, ou exportez les mêmes comptes."
        )
    return (
        f"{what} que rien ne numérote : donnez leurs numéros, dans l'ordre du fichier, sur la "
        "fiche du flux (Comptes d'un QIF), ou exportez un compte par fichier."
    )


def _records(text: str) -> list[Record] | None:
    """Return the records, None when the last one is not closed."""
    found, kind, account, at = list[Record](), "", "", 1
    fields: list[str] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        plain = line.strip()
        if plain.startswith("!"):
            kind = _kind(plain) or kind
        elif plain.startswith("^"):
            record = _record(kind, account, at, fields)
            account = record.cells.get("N", "") if kind == "account" else account
            found.append(record)
            fields = []
        elif plain and kind:
            at = at if fields else number
            fields.append(plain)
    return None if fields else found


def _kind(line: str) -> str:
    name = line.casefold().removeprefix("!")
    if name.startswith(("option", "clear")):
        return ""
    return name.removeprefix("type:").strip()


def _record(kind: str, account: str, at: int, fields: list[str]) -> Record:
    """Return a record; a field that comes again belongs to the split."""
    cells: dict[str, str] = {}
    for letter, text in _pairs(fields):
        cells.setdefault(letter, text)
    split = "S" in cells
    parts = tuple(text for letter, text in _pairs(fields) if letter == "$") if split else ()
    return Record(kind, account, at, cells, parts)


def _pairs(fields: list[str]) -> Iterator[tuple[str, str]]:
    return ((field[0], field[1:].strip()) for field in fields)


def _cash(
    found: Gathering, place: tuple[str, str], reading: Reading, parts: tuple[str, ...], cells: Cells
) -> bool:
    """Keep a movement of cash; its split must add up to it."""
    amount = (
        reading.number(found, cells, "T") if "T" in cells else reading.number(found, cells, "U")
    )
    payee = cells.get("P", "")
    if payee.casefold() in OPENING:
        if amount:
            said = "solde initial du fichier : ce n'est pas un mouvement, il est écarté."
            found.tell("A-SOLDE", "warning", "T", cells.get("T", ""), said)
        return False
    if amount is None:
        raise WrongFieldError("T", "", "montant absent.")
    split = [reading.number(found, {"$": part}, "$") or Decimal(0) for part in parts]
    if split and sum(split, Decimal(0)) != amount:
        raise WrongFieldError(
            "$", ", ".join(parts), "la ventilation ne fait pas le montant.", "V02"
        )
    label = " ".join(text for text in (payee, cells.get("M", "")) if text)
    found.movements.append(
        movement_row(*place)
        | {
            "trade_on": reading.day(cells, "D"),
            "kind": told(label) or by_sign(amount),
            "label": label or None,
            "gross": amount,
            "net": amount,
            "currency": "EUR",
        }
    )
    return True
