"""The report of a takeover as a workbook: clients, changes, rows."""

from typing import Final

from o2s_core import administration, exports, store
from o2s_core.aggregation.takeover.kinds import KINDS, VERDICTS
from o2s_core.aggregation.takeover.opening import takeover_card
from o2s_core.aggregation.takeover.rehearsing import takeover_report
from o2s_core.exports import Sheet, SheetColumn
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.kernel.permissions import Permission

MEDIA: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CLIENTS: Final = (
    SheetColumn("client", "Code de dossier"),
    SheetColumn("name", "Client"),
    SheetColumn("verdict", "Verdict", labels=VERDICTS),
    SheetColumn("fields", "Champs modifiés", "integer"),
    SheetColumn("accounts_new", "Comptes créés", "integer"),
    SheetColumn("accounts_changed", "Comptes modifiés", "integer"),
    SheetColumn("movements", "Mouvements", "integer"),
    SheetColumn("situations", "Situations", "integer"),
    SheetColumn("documents", "Documents", "integer"),
    SheetColumn("amount", "Encours repris", "eur"),
    SheetColumn("announced", "Encours annoncé", "eur"),
    SheetColumn("gap", "Écart", "eur"),
    SheetColumn("reason", "Motif"),
)
CHANGES: Final = (
    SheetColumn("client", "Code de dossier"),
    SheetColumn("what", "Quoi"),
    SheetColumn("field", "Champ"),
    SheetColumn("before", "Avant"),
    SheetColumn("after", "Après"),
)
ROWS: Final = (
    SheetColumn("kind", "Export", labels=KINDS),
    SheetColumn("file", "Fichier"),
    SheetColumn("locator", "Ligne"),
    SheetColumn("client", "Code de dossier"),
    SheetColumn("subject", "Objet"),
    SheetColumn("verdict", "Verdict", labels=VERDICTS),
    SheetColumn("reason", "Motif"),
)
#: Rows that a sheet holds at most.
MOST: Final = 1_000_000


def takeover_workbook(ctx: Context, takeover_id: int) -> bytes:
    """Return the report of the last rehearsal as a workbook.

    Raises
    ------
    InvalidInputError
        The takeover was not rehearsed since its files changed.
    """
    ctx.require(Permission.DATA_TAKEOVER)
    report = takeover_report(ctx, takeover_id)
    if report is None:
        raise InvalidInputError(
            "Répétez d'abord la reprise : le rapport est celui de la répétition."
        )
    return exports.xlsx(
        [
            Sheet("Clients", report.clients, CLIENTS),
            Sheet("Avant - après", report.changes, CHANGES),
            Sheet("Lignes", report.rows.head(MOST), ROWS),
        ]
    )


def takeover_workbook_ticket(ctx: Context, takeover_id: int) -> str:
    """Return a ticket that fetches the report once; the export is written in the trail."""
    ctx.require(Permission.DATA_TAKEOVER)
    name = takeover_card(ctx, takeover_id).name
    kept = store.save_blob(ctx, takeover_workbook(ctx, takeover_id))
    return administration.issue_ticket(ctx, kept, f"Rapport de reprise {name}.xlsx", MEDIA)
