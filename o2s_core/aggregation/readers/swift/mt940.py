"""What does a MT940 say? (relevé de compte SWIFT: balances and movements of cash)."""

import re
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from o2s_core.aggregation.readers.blank_rows import account_row
from o2s_core.aggregation.readers.cash_statement import (
    ENVELOPE,
    Balance,
    Closed,
    cash_movement,
    cash_situation,
    followed,
    rolled,
)
from o2s_core.aggregation.readers.gathering import Cells, Gathering, WrongFieldError, quoted
from o2s_core.aggregation.readers.swift.fields import Message, SwiftField, messages
from o2s_core.aggregation.readers.text import decoded
from o2s_core.aggregation.statement import Refusal, Statement

BALANCE: Final = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d+[,.]?\d*)")
#: Value day, booking day, sign, funds code, amount, type, references.
MOVED: Final = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<sign>R?[CD]|E[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>\d+[,.]?\d*)(?P<type>[NSF].{3})?(?P<reference>.*)"
)
#: Parts of a structured narrative that say what the movement is for.
PURPOSE: Final = re.compile(r"\?(00|2\d|6[0-3])([^?]*)")
OPENING: Final = ("60F", "60M")
CLOSING: Final = ("62F", "62M")
#: Two digits of a year from which a bank means the last century.
CENTURY: Final = 80


def read_mt940(data: bytes, file_name: str) -> Statement | Refusal:  # noqa: ARG001
    """Return what a MT940 says, or why it is refused.

    A final balance (62F) makes a situation of cash; the pages that precede it
    give movements only. An operation that cannot be read is left out, with an
    anomaly. References of banks are seldom unique: none is kept as a key.
    """
    found, before = Gathering("mt940"), dict[str, Closed]()
    listed = messages(decoded(data))
    if any(message.find(*CLOSING) is None for message in listed):
        return Refusal(
            "mt940", "F07", "Ce MT940 est coupé : le solde final d'un relevé manque. "
            "Téléchargez-le à nouveau.",
        )  # fmt: skip
    for message in listed:
        _message(found, message, before)
    if not found.accounts:
        return Refusal("mt940", "F01", "Ce MT940 ne contient aucun relevé d'un compte nommé.")
    return found.statement()


def _message(found: Gathering, message: Message, before: dict[str, Closed]) -> None:
    """Read one statement: its account, its movements, its balances."""
    if not _named(found, message):
        return
    opened, closed = _balance(found, message, *OPENING), _balance(found, message, *CLOSING)
    known = closed or opened
    currency, where = known.currency if known else "", f"ligne {message.fields[0].at}"
    said = account_row(found.external_id, where, envelope=ENVELOPE, currency=currency or None)
    found.accounts.setdefault(found.external_id, said)
    start = len(found.movements)
    for place, moved in enumerate(message.fields):
        if moved.tag == "61":
            label = _label(message.fields[place + 1 :])
            _movement(found, moved, label, currency)
    total = sum((row["net"] for row in found.movements[start:]), Decimal(0))
    rolled(found, opened, closed, total)
    followed(found, opened, closed, _number(message), before)
    if closed and message.find("62F"):
        cash_situation(found, closed)


def _named(found: Gathering, message: Message) -> bool:
    """Say whose statement it is; one without number is told, and left out."""
    named = message.find("25")
    found.external_id = named.first if named else ""
    found.locator = f"ligne {(named or message.fields[0]).at}"
    if not found.external_id:
        found.errors += 1
        found.tell("L01", "error", ":25:", "", "numéro de compte absent, le relevé est écarté.")
        return False
    return True


def _balance(found: Gathering, message: Message, *tags: str) -> Balance | None:
    """Return a balance of the statement; one that cannot be read is told."""
    said = message.find(*tags)
    if said is None:
        return None
    read: list[Balance] = []

    def keep(cells: Cells) -> None:
        shaped = BALANCE.match(cells["solde"])
        if not shaped:
            raise WrongFieldError(f":{said.tag}:", said.first, "solde illisible.")
        amount = _amount(found, shaped[4])
        signed = -amount if shaped[1] == "D" else amount
        read.append(Balance(_day(shaped[2]), shaped[3], signed, f"ligne {said.at}"))

    found.row(f"ligne {said.at}", {"champ": said.tag, "solde": said.first}, keep)
    return read[0] if read else None


def _movement(found: Gathering, moved: SwiftField, label: str, currency: str) -> None:
    where = f"ligne {moved.at}"
    cells = {"opération": "\n".join(moved.lines).strip(), "libellé": label}
    found.row(where, cells, partial(_moved, found, where, currency))


def _moved(found: Gathering, where: str, currency: str, cells: Cells) -> bool:
    """Read an operation; one that the bank only expects is left out."""
    first, *more = cells["opération"].splitlines()
    shaped = MOVED.fullmatch(first.strip())
    if not shaped:
        raise WrongFieldError(":61:", first, f"opération illisible {quoted(first)}.", "L03")
    if shaped["sign"].startswith("E"):
        return False
    value_on, amount = _day(shaped["value"]), _amount(found, shaped["amount"])
    signed = amount if shaped["sign"] in {"C", "RD"} else -amount
    label = cells["libellé"] or " ".join([shaped["reference"], *more]).strip()
    days = (_booked(value_on, shaped["booked"]), value_on)
    cash_movement(found, where, days, signed, currency, label)
    return True


def _label(following: list[SwiftField]) -> str:
    """Return the narrative of an operation: its purpose when it is structured, else all of it."""
    if not following or following[0].tag not in {"86", "NS"}:
        return ""
    lines = following[0].lines
    if following[0].tag == "NS":
        lines = [line[2:] for line in lines if line[:2].isdigit() and not line[2:3].isdigit()]
    joined = "".join(line.rstrip() for line in lines)
    purposes = [text.strip() for _, text in PURPOSE.findall(joined)]
    said = " ".join(filter(None, purposes)) or " ".join(lines)
    return re.sub(r"\s+", " ", said).strip()


def _number(message: Message) -> int:
    """Return the number of a statement, 0 when it has none."""
    said = message.find("28C", "28")
    shaped = re.match(r"\d+", said.first) if said else None
    return int(shaped[0]) if shaped else 0


def _amount(found: Gathering, text: str) -> Decimal:
    """Return an amount, whose comma may end the text."""
    value = found.number({"montant": text.rstrip(",")}, "montant")
    if value is None:
        raise WrongFieldError("montant", text, "montant absent.")
    return value


def _day(text: str) -> date:
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
    try:
        return date(year + (1900 if year >= CENTURY else 2000), month, day)
    except ValueError:
        raise WrongFieldError("date", text, f"date illisible {quoted(text)}.") from None


def _booked(value_on: date, text: str | None) -> date:
    """Return the booking day, whose year is the one nearest to the value day."""
    if not text:
        return value_on
    years = (value_on.year - 1, value_on.year, value_on.year + 1)
    days = [day for year in years if (day := _in_year(year, text))]
    if not days:
        raise WrongFieldError("date", text, f"date illisible {quoted(text)}.")
    return min(days, key=lambda day: abs(day - value_on))


def _in_year(year: int, text: str) -> date | None:
    try:
        return date(year, int(text[:2]), int(text[2:]))
    except ValueError:
        return None
