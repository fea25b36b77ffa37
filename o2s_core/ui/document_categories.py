"""The categories of a shelf: what comes with the application, what the firm adds or closes."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import documents
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.ui import session
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import form, saving
from o2s_core.ui.tables import Action, table

COLUMNS: Final = [
    Column("title", "Catégorie", width=280),
    Column("origin", "Origine", labels={"True": "Fournie", "False": "Cabinet"}),
    Column("closed", "Fermée", "yes_no"),
]


def shelf_categories(ctx: Context, owner_kind: str) -> None:
    """Show the categories of a kind of owner, to rename, close, open again, or add to."""
    with st.expander("Catégories de ce rayon", icon=":material/category:"):
        rows = documents.document_categories(ctx, owner_kind)
        if st.button("Ajouter une catégorie", icon=":material/add:", key=f"category_{owner_kind}"):
            new_category(owner_kind)
        pressed = table(
            ctx,
            rows.with_columns(origin=pl.col("shipped").cast(pl.String).str.to_titlecase()),
            COLUMNS,
            key=f"categories_{owner_kind}",
            id="code",
            tools=False,
            actions=[Action("rename", "Renommer", "edit"),
                     Action("turn", "Fermer ou rouvrir", "block")],
        )  # fmt: skip
    if pressed.action:
        row = rows.filter(code=pressed.row).row(0, named=True)
        if pressed.action == "rename":
            rename_category(owner_kind, row["code"], row["label"])
        else:
            said = "rouverte" if row["closed"] else "fermée : ses documents la gardent"
            with saving(f"turn_{owner_kind}", f"Catégorie {said}."):
                documents.change_category(ctx, owner_kind, row["code"], closed=not row["closed"])


@dialog("Nouvelle catégorie")
def new_category(owner_kind: str) -> None:
    """Ask what a category is called, and under which one it stands."""
    ctx = session.context()
    above = documents.document_categories(ctx, owner_kind).filter(parent="", closed=False)
    key = f"new_category_{owner_kind}"
    schema = FormSchema(
        "Catégorie",
        (
            FormField("label", "Libellé", required=True, maximum=60),
            FormField("parent", "Sous-catégorie de", "choice",
                      choices=dict(above.select("code", "label").iter_rows())),
        ),
    )  # fmt: skip
    values = form(schema, key=key, cancel=True)
    if values is not None:
        with saving(key, "Catégorie ajoutée."):
            documents.add_category(ctx, owner_kind, values["label"], values["parent"] or "")


@dialog("Renommer la catégorie")
def rename_category(owner_kind: str, code: str, label: str) -> None:
    """Ask another label for a category."""
    ctx = session.context()
    key = f"rename_{owner_kind}_{code}"
    schema = FormSchema("Catégorie", (FormField("label", "Libellé", required=True, maximum=60),))
    values = form(schema, key=key, defaults={"label": label}, cancel=True)
    if values is not None:
        with saving(key, "Catégorie renommée."):
            documents.change_category(ctx, owner_kind, code, label=values["label"])
