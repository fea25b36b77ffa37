"""The brief as a PDF for the adviser's folder: internal, it is not handed to the client."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from o2s_core import administration, exports
from o2s_core.contacts import Scope
from o2s_core.exports.printed import Cell, Kind
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.steering.meeting.brief import MeetingBrief, meeting_brief

MODEL: Final = Path(__file__).with_name("meeting.typ")
MOST_MOVEMENTS: Final = 15  #: that the sheet lists, the latest first
ACCOUNTS: Final[dict[str, Kind]] = {
    "Compte": "words", "Valeur": "figure", "Part": "figure", "Données au": "text",
}  # fmt: skip
MOVEMENTS: Final[dict[str, Kind]] = {
    "Date": "text", "Nature": "text", "Support": "words", "Montant": "figure",
}  # fmt: skip
EXCHANGES: Final[dict[str, Kind]] = {"Date": "text", "Quoi": "words", "Détail": "words"}
INTERNAL: Final = "Document interne, à ne pas remettre au client."


def meeting_pdf(ctx: Context, scope: Scope, since: date) -> bytes:
    """Return the brief of an appointment as a PDF; who may export a portfolio may have it."""
    ctx.require(Permission.PORTFOLIO_EXPORT)
    brief = meeting_brief(ctx, scope, since)
    letterhead = administration.letterhead(ctx)
    said = {
        "title": brief.scope.name,
        "about": f"Préparation de rendez-vous, {french.day(ctx.today)}",
        "read": f"Depuis le {french.day(since)}. {INTERNAL}",
        "figures": figures_of(brief),
        "points": [[p.kind, p.said, p.detail] for p in brief.points],
        "parts": [_accounts(brief), *_movements(brief), *_exchanges(brief)],
        "house": letterhead.house,
    }
    return exports.pdf(MODEL, said, ctx.today, pictures=letterhead.pictures)


def figures_of(brief: MeetingBrief) -> list[dict[str, str]]:
    """Return the four figures that open the sheet; the page shows the same ones."""
    held, earned = brief.held, brief.performance
    data = f"données du {french.day(held.oldest_data_on)}" if held.oldest_data_on else ""
    worth = {"label": "Avoirs", "value": french.eur(held.total_eur), "note": data}
    if earned is None:
        unknown = {"value": "n.c.", "note": f"rien de connu depuis le {french.day(brief.since)}"}
        return [worth, {"label": "Gain", **unknown}]
    span = f"depuis le {french.day(earned.start)}"
    return [
        worth,
        {"label": "Apports nets", "value": french.eur(earned.net_flows_eur, signed=True),
         "note": span},
        {"label": "Gain", "value": french.eur(earned.gain_eur, signed=True), "note": span},
        {"label": "Performance", "value": french.percent(earned.twr, signed=True),
         "note": "pondérée par le temps"},
    ]  # fmt: skip


def _accounts(brief: MeetingBrief) -> dict[str, Any]:
    rows: list[list[Cell]] = [
        [{"text": row["account"], "small": row["provider"]}, french.eur(row["value_eur"]),
         french.percent(row["weight"]), french.day(row["oldest_data_on"])]
        for row in brief.held.accounts.iter_rows(named=True)
    ]  # fmt: skip
    return exports.part("Comptes", ACCOUNTS, rows)


def _movements(brief: MeetingBrief) -> list[dict[str, Any]]:
    if brief.movements is None or brief.movements.is_empty():
        return []
    latest = brief.movements.sort("trade_on", descending=True).head(MOST_MOVEMENTS)
    rows: list[list[Cell]] = [
        [french.day(row["trade_on"]), row["kind_label"], _what(row), _net(row)]
        for row in latest.iter_rows(named=True)
    ]
    more = brief.movements.height - latest.height
    note = f"Et {french.count(more, 'autre mouvement', 'autres mouvements')}." if more else ""
    return [exports.part("Mouvements", MOVEMENTS, rows, note=note)]


def _what(row: dict[str, Any]) -> dict[str, str]:
    if not row["label"]:
        return {"text": row["account"]}
    return {"text": row["label"], "small": row["account"]}


def _net(row: dict[str, Any]) -> str:
    """Return the net amount; what was taken in shares says its fees instead."""
    unit = "€" if row["currency"] == "EUR" else row["currency"]
    if row["net"] is not None:
        return f"{french.number(row['net'], signed=True)} {unit}"
    return "n.c." if row["fees"] is None else f"{french.number(row['fees'])} {unit} en parts"


def _exchanges(brief: MeetingBrief) -> list[dict[str, Any]]:
    if brief.exchanges.is_empty():
        return []
    rows = [
        [french.day(day), what, detail]
        for day, what, detail in brief.exchanges.head(MOST_MOVEMENTS).iter_rows()
    ]
    return [exports.part("Échanges et dossier", EXCHANGES, rows)]
