"""The windows about a figure corrected by hand: set it, see it, end it."""

from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import aggregation, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import Holdings, OverrideForm
from o2s_core.ui import session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import facts, note, section
from o2s_core.ui.forms import form, once, saving
from o2s_core.ui.tables import Action, table

CORRECT: Final = Action("correct", "Corriger à la main", "edit_square")
END: Final = Action("end", "Mettre fin à la correction", "event_busy")
FORM: Final = FormSchema(
    "Correction",
    (
        FormField("field", "Donnée", "choice", required=True, choices=portfolio.OVERRIDABLE),
        FormField("value", "Valeur (cours, prix de revient, quantité)", "quantity",
                  required_if=lambda v: v.get("field") != "label"),
        FormField("text", "Libellé", required_if=lambda v: v.get("field") == "label"),
        FormField("since", "À partir du", "day"),
        FormField("until", "Jusqu'au", "day", hint="Vide : jusqu'à ce que vous y mettiez fin."),
        FormField("reason", "Motif", "long_text", required=True, maximum=500),
    ),
)  # fmt: skip
COLUMNS: Final = [
    Column("support", "Support", sub="reason", width=180),
    Column("field_label", "Donnée"),
    Column("shown", "Valeur du cabinet"),
    Column("told_now", "Partenaire aujourd'hui", sub="alert", missing="n.c."),
    Column("since", "Du", "day"),
    Column("until", "Au", "day", missing="Sans fin"),
    Column("author", "Par"),
    Column("active", "En cours", "yes_no"),
]


def correct_line(held: Holdings, line: int) -> None:
    """Open the correction of a line of holdings."""
    row = held.lines.row(line, named=True)
    _correct(row["account_id"], row["instrument_id"], row["label"], row["account"])


@dialog("Corriger à la main")
def _correct(account_id: int, instrument_id: int | None, label: str, account: str) -> None:
    ctx = session.context()
    section(label, account)
    note(
        "Le chiffre du partenaire reste enregistré. Le vôtre le remplace partout, avec une marque, "
        "même après les prochains fichiers."
    )
    key = f"correct_{account_id}_{instrument_id}"
    values = form(FORM, key=key, defaults={"since": ctx.today}, submit="Corriger", cancel=True)
    if values is not None and instrument_id is not None:
        typed = OverrideForm(
            values["field"], values["reason"], values["value"], values["text"] or "",
            values["since"], values["until"],
        )  # fmt: skip
        with saving(key, "Correction enregistrée."):
            aggregation.correct_position(ctx, account_id, instrument_id, typed, key=once(key))


def account_corrections(ctx: Context, account_id: int) -> None:
    """List the corrections of an account; the partner who says something else is pointed out."""
    rows = portfolio.overrides(ctx, account_id, ended=True)
    shown = pl.when(pl.col("field") == "label").then("text").otherwise(
        pl.Series("value", [french.number(v) if v is not None else "" for v in rows["value"]],
                  dtype=pl.String)
    )  # fmt: skip
    alert = pl.when(pl.col("differs") & pl.col("active")).then(pl.lit("a changé depuis"))
    pressed = table(
        ctx,
        rows.with_columns(shown=shown, alert=alert.otherwise(pl.lit(""))),
        COLUMNS,
        key=f"corrections_{account_id}",
        noun="corrections",
        actions=[END] if ctx.may(Permission.POSITION_CORRECT) else [],
        empty="Aucune correction à la main : les chiffres sont ceux du partenaire.",
    )
    if pressed.action == "end":
        with saving(f"end_{pressed.row}", "Correction terminée."):
            aggregation.end_correction(ctx, int(pressed.row))


def correction_facts(ctx: Context, row: dict[str, Any]) -> None:
    """Say, in the origin of a figure, what somebody corrected, and what the partner says."""
    section("Corrigé à la main")
    mine = portfolio.overrides(ctx, row["account_id"]).filter(
        pl.col("instrument_id") == row["instrument_id"]
    )
    for one in mine.iter_rows(named=True):
        value = one["text"] if one["field"] == "label" else french.number(one["value"])
        facts(
            [
                (one["field_label"], f"{value} (partenaire : {one['told_now'] or 'n.c.'})"),
                ("Motif", one["reason"]),
                ("Par", f"{one['author']}, le {french.day(one['made_at'].date())}"),
                ("Jusqu'au", french.day(one["until"]) if one["until"] else "sans fin"),
            ]
        )
        if one["differs"]:
            st.warning(f"Le partenaire disait {one['told'] or 'n.c.'} : vérifiez la correction.")
