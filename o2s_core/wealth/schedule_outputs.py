"""A loan's schedule as it leaves the screen: a PDF of the house, an Excel workbook."""

from typing import Any, Final

import polars as pl

from o2s_core import administration, exports
from o2s_core.exports import Sheet, SheetColumn
from o2s_core.exports.printed import Kind
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.wealth.kinds import LOAN_KINDS
from o2s_core.wealth.loans import LoanCard, loan

AMOUNTS: Final = {
    "principal": "Capital", "interest": "Intérêts", "insurance": "Assurance", "total": "Total",
    "outstanding": "Restant dû",
}  # fmt: skip
LINES: Final[dict[str, Kind]] = {
    "N°": "text", "Échéance": "words", **dict.fromkeys(AMOUNTS.values(), "figure"),
}  # fmt: skip
SHEET: Final = (
    SheetColumn("n", "N°", "integer"),
    SheetColumn("due", "Échéance", "day"),
    *(SheetColumn(name, label, "number") for name, label in AMOUNTS.items()),
    SheetColumn("event", "Évènement"),
)


def schedule_pdf(ctx: Context, loan_id: int) -> bytes:
    """Return the schedule of a loan as a PDF, every line to the cent."""
    ctx.require(Permission.WEALTH_EXPORT)
    card = loan(ctx, loan_id)
    letterhead = administration.letterhead(ctx)
    said = {
        "title": card.form.label,
        "about": f"Échéancier, {', '.join(card.borrowers)}",
        "read": f"{LOAN_KINDS[card.form.kind]}, {card.form.lender}, en {card.form.currency}",
        "figures": _figures(card),
        "parts": [exports.part("Échéancier", LINES, _lines(card), total=_total(card))],
        "notes": ["Taux proportionnel ; la dernière échéance absorbe les arrondis."],
        "house": letterhead.house,
    }
    return exports.pdf(exports.REPORT, said, ctx.today, pictures=letterhead.pictures)


def schedule_workbook(ctx: Context, loan_id: int) -> bytes:
    """Return the schedule of a loan as a workbook, real numbers and dates."""
    ctx.require(Permission.WEALTH_EXPORT)
    card = loan(ctx, loan_id)
    return exports.xlsx([Sheet("Échéancier", card.lines, SHEET)], card.on)


def _figures(card: LoanCard) -> list[dict[str, str]]:
    on = f"au {french.day(card.on)}"
    taeg = f"TAEG {french.percent(card.taeg, 2)}"
    return [
        {"label": "Capital restant dû", "value": french.number(card.outstanding), "note": on},
        {"label": "Taux", "value": french.percent(card.form.rate, 2), "note": taeg},
        {"label": "Coût total", "value": french.number(card.cost), "note": "capital exclu"},
        {"label": "Fin", "value": french.day(card.ends_on)},
    ]


def _lines(card: LoanCard) -> list[list[Any]]:
    return [
        [str(row["n"]), {"text": french.day(row["due"]), "small": row["event"] or ""},
         *(french.number(row[name]) for name in AMOUNTS)]
        for row in card.lines.iter_rows(named=True)
    ]  # fmt: skip


def _total(card: LoanCard) -> list[str]:
    summed = card.lines.select(pl.col(list(AMOUNTS)[:-1]).sum()).row(0)
    return ["", "Total", *(french.number(value) for value in summed), ""]
