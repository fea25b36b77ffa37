"""How a table leaves the application: as a file, under a one-time ticket, written in the trail."""

from typing import TYPE_CHECKING, Final

import polars as pl

from o2s_core import administration, exports, store
from o2s_core.kernel.context import Context

if TYPE_CHECKING:
    from o2s_core.ui.tables import Plan

MEDIA: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


def ticket(ctx: Context, plan: "Plan", frame: pl.DataFrame, form: str) -> str:
    """Make the file of the rows shown, every column included, and return where to fetch it once."""
    if plan.export_needs is not None:
        ctx.require(plan.export_needs)
    sheet = exports.Sheet(
        plan.export,
        frame,
        tuple(exports.SheetColumn(c.name, c.label, c.kind, c.labels) for c in plan.columns),
    )
    made = exports.csv(sheet) if form == "csv" else exports.xlsx([sheet])
    name = f"{plan.export}-{ctx.today:%Y-%m-%d}.{'csv' if form == 'csv' else 'xlsx'}"
    kept = store.save_blob(ctx, made)
    return "/dl/" + administration.issue_ticket(ctx, kept, name, MEDIA[form])
