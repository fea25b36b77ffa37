"""A bank's statement of cash, whatever its format: movements, and balances that must agree."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from o2s_core.aggregation.readers.blank_rows import cash_row, movement_row
from o2s_core.aggregation.readers.cash_kinds import by_sign, told
from o2s_core.aggregation.readers.gathering import Gathering
from o2s_core.kernel.french import number

#: What the bank keeps is a current account until somebody says otherwise.
ENVELOPE: Final = "compte_courant"
#: Characters of a label that are kept; the whole text stays in the raw row.
LABEL: Final = 200


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance: day, currency, signed amount, and where the file says it."""

    on: date
    currency: str
    amount: Decimal
    locator: str


@dataclass(frozen=True, slots=True)
class Closed:
    """How the statement before ended: its number (0 when it has none) and its balance."""

    number: int
    amount: Decimal


def cash_movement(
    found: Gathering,
    where: str,
    days: tuple[date, date | None],
    amount: Decimal,
    currency: str,
    label: str,
    ref: str | None = None,
) -> None:
    """Keep a movement of cash: booking day and value day, amount signed as the account sees it."""
    found.movements.append(
        movement_row(found.external_id, where)
        | {
            "partner_ref": ref,
            "trade_on": days[0],
            "value_on": days[1],
            "kind": told(label) or by_sign(amount),
            "label": label[:LABEL] or None,
            "gross": amount,
            "net": amount,
            "currency": currency,
        }
    )


def cash_situation(found: Gathering, closed: Balance) -> None:
    """Keep what the account held at the end of a statement; the last one of a day counts."""
    key = (found.external_id, closed.on)
    found.situations[:] = [s for s in found.situations if (s["external_id"], s["as_of"]) != key]
    found.lines[:] = [line for line in found.lines if (line["external_id"], line["as_of"]) != key]
    head = {"external_id": key[0], "as_of": closed.on, "currency": closed.currency}
    found.situations.append(head | {"total": closed.amount, "locator": closed.locator})
    found.lines.append(cash_row(head, closed.locator, "Solde", closed.amount))


def rolled(
    found: Gathering, opened: Balance | None, closed: Balance | None, total: Decimal
) -> None:
    """Tell when opening balance and movements do not give the closing balance."""
    if not opened or not closed or opened.amount + total == closed.amount:
        return
    gap = closed.amount - opened.amount - total
    found.locator = closed.locator
    found.tell(
        "V04", "warning", "", "", "Le solde initial et les mouvements ne donnent pas le solde "
        f"final : écart de {number(gap)}. Le solde de la banque est gardé ; vérifiez qu'il ne "
        "manque pas de mouvement.",
    )  # fmt: skip


def followed(
    found: Gathering,
    opened: Balance | None,
    closed: Balance | None,
    numbered: int,
    before: dict[str, Closed],
) -> None:
    """Tell when a statement does not start where the one before it in the file ended.

    Its number, where it has one, is kept: statements of several files are one series.
    """
    last = before.get(found.external_id)
    if last and opened and last.amount != opened.amount:
        missing = numbered > last.number + 1 > 1
        cause = "un relevé manque entre les deux" if missing else "les deux ne se suivent pas"
        found.locator = opened.locator
        found.tell(
            "V04", "warning", "", "", f"Le solde initial ({number(opened.amount)}) n'est pas le "
            f"solde final du relevé précédent ({number(last.amount)}) : {cause}.",
        )  # fmt: skip
    if closed and numbered:
        row = {"external_id": found.external_id, "locator": closed.locator}
        found.numbers.append(row | {"number": numbered, "as_of": closed.on})
    if closed:
        before[found.external_id] = Closed(numbered, closed.amount)
