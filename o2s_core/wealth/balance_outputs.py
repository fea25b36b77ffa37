"""The balance sheet as it leaves the screen: a PDF of the house, an Excel workbook."""

from datetime import date
from typing import Any, Final

import polars as pl

from o2s_core import administration, exports
from o2s_core.contacts import Scope
from o2s_core.exports import Sheet, SheetColumn
from o2s_core.exports.printed import Kind
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.money import ZERO
from o2s_core.kernel.permissions import Permission
from o2s_core.wealth.balance import Balance, balance

ROWS: Final[dict[str, Kind]] = {
    "Bien ou dette": "words", "Détenteurs": "words", "Valeur entière": "figure",
    "Part du dossier": "figure", "Valeur au": "text",
}  # fmt: skip
PARTS: Final[dict[str, Kind]] = {
    "Ensemble": "words", "Actif": "figure", "Passif": "figure", "Net": "figure",
}  # fmt: skip
SHEET: Final = (
    SheetColumn("group_label", "Nature"),
    SheetColumn("label", "Bien ou dette"),
    SheetColumn("detail", "Détail"),
    SheetColumn("holders", "Détenteurs"),
    SheetColumn("whole_eur", "Valeur entière (€)", "eur"),
    SheetColumn("value_eur", "Part du dossier (€)", "eur"),
    SheetColumn("value_on", "Valeur au", "day"),
    SheetColumn("note", "À savoir"),
)
PART_SHEET: Final = (
    SheetColumn("label", "Ensemble"),
    SheetColumn("assets_eur", "Actif (€)", "eur"),
    SheetColumn("debts_eur", "Passif (€)", "eur"),
    SheetColumn("net_eur", "Net (€)", "eur"),
)
OLD: Final = "* Valeur de plus de douze mois."


def balance_pdf(
    ctx: Context,
    scope: Scope,
    on: date | None = None,
    *,
    view: str = "tax",
    look_through: bool = False,
) -> bytes:
    """Return the balance sheet of `balance` as a PDF; how rights are valued is printed on it."""
    ctx.require(Permission.WEALTH_EXPORT)
    found = balance(ctx, scope, on, view=view, look_through=look_through)
    letterhead = administration.letterhead(ctx)
    said = {
        "title": "Bilan patrimonial",
        "about": found.scope_name,
        "read": f"{found.scope_name}, au {french.day(found.on)}",
        "figures": _figures(found),
        "parts": [
            _parts("Par nature", found.groups),
            *_rows("Actif", found.side("asset")),
            *_rows("Passif", found.side("debt")),
            _parts("Par personne", found.owners),
        ],
        "notes": _notes(found),
        "house": letterhead.house,
    }
    return exports.pdf(exports.REPORT, said, ctx.today, pictures=letterhead.pictures)


def balance_workbook(
    ctx: Context,
    scope: Scope,
    on: date | None = None,
    *,
    view: str = "tax",
    look_through: bool = False,
) -> bytes:
    """Return the balance sheet of `balance` as a workbook, real numbers and dates."""
    ctx.require(Permission.WEALTH_EXPORT)
    found = balance(ctx, scope, on, view=view, look_through=look_through)
    reading = pl.DataFrame({"said": [f"Au {french.day(found.on)}", *_notes(found)]})
    sheets = [
        Sheet("Actif", found.side("asset"), SHEET),
        Sheet("Passif", found.side("debt"), SHEET),
        Sheet("Par nature", found.groups, PART_SHEET),
        Sheet("Par personne", found.owners, PART_SHEET),
        Sheet("Disponibilité", found.ladder, PART_SHEET[:2]),
        Sheet("Lecture", reading, (SheetColumn("said", "À savoir"),)),
    ]
    return exports.xlsx(sheets, found.on)


def _figures(found: Balance) -> list[dict[str, str]]:
    debts = french.percent(found.debt_ratio)
    return [
        {"label": "Patrimoine net", "value": french.eur(found.net_eur)},
        {"label": "Actif", "value": french.eur(found.assets_eur)},
        {"label": "Passif", "value": french.eur(found.debts_eur), "note": f"{debts} de l'actif"},
    ]


def _rows(title: str, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Return one part for the goods or the debts; nothing when there are none."""
    if rows.is_empty():
        return []
    lines = [
        [{"text": row["label"], "small": row["detail"] or ""}, row["holders"] or "",
         french.eur(row["whole_eur"]), french.eur(row["value_eur"]), _valued(row)]
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    summed = sum(rows["value_eur"].drop_nulls(), ZERO)
    total = ["Total", "", "", french.eur(summed), ""]
    note = OLD if rows["old"].any() else ""
    return [exports.part(title, ROWS, lines, total=total, note=note)]


def _valued(row: dict[str, Any]) -> str:
    if row["value_on"] is None:
        return "n.c."
    return french.day(row["value_on"]) + (" *" if row["old"] else "")


def _parts(title: str, rows: pl.DataFrame) -> dict[str, Any]:
    names = ("assets_eur", "debts_eur", "net_eur")
    lines = [
        [row["label"], *(french.eur(row[name]) for name in names)]
        for row in rows.iter_rows(named=True)
    ]
    return exports.part(title, PARTS, lines)


def _notes(found: Balance) -> list[str]:
    notes = [f"{found.convention}.", "Chaque bien compte une fois, pour la part du dossier."]
    if found.outside_eur:
        notes.append(f"Part d'autres personnes, nette de dettes : {french.eur(found.outside_eur)}.")
    notes += [f"{row['label']} : {row['note']}" for row in found.unknown.iter_rows(named=True)]
    return notes
