"""Files in series on the screen: the drop, how far the reading is, what is left to file."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import documents, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.portfolio import FilingForm
from o2s_core.ui import session
from o2s_core.ui.boundary import errors
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.document_windows import TYPES
from o2s_core.ui.figures import note, section
from o2s_core.ui.forms import form, once, saving
from o2s_core.ui.tables import Action, table

TONES: Final = {"found": "info", "unfiled": "warn", "refused": "bad", "filed": "good"}
BATCH_COLUMNS: Final = [
    Column("title", "Dépôt", width=220),
    Column("year", "Année", "text"),
    Column("created_at", "Déposé le", "instant"),
    Column("files", "Fichiers", "integer"),
    Column("waiting", "À lire", "integer"),
    Column("found", "Contrat trouvé", "integer"),
    Column("unfiled", "À classer", "integer"),
    Column("refused", "Refusés", "integer"),
    Column("filed", "Rangés", "integer"),
]
ITEM_COLUMNS: Final = [
    Column("file_name", "Fichier", sub="reason", width=280),
    Column("state", "État", "badge", labels=portfolio.FILING_STATES, tones=TONES),
    Column("account", "Contrat", width=260, link="/compte?compte={account_id}", missing="—"),
]


@dialog("Déposer des fichiers", width="large")
def drop() -> None:
    """Ask many files and what they are; each finds its contract by its number."""
    ctx = session.context()
    turn = st.session_state.get("series_turn", 0)
    sent = st.file_uploader(
        "Fichiers (25 Mo chacun, 2 000 au plus)", TYPES, accept_multiple_files=True,
        key=f"series_files_{turn}",
    )  # fmt: skip
    labels = documents.category_labels(ctx, "account", closed=False)
    years = {str(ctx.today.year - n): str(ctx.today.year - n) for n in range(8)}
    schema = FormSchema(
        "Dépôt",
        (
            FormField("title", "Titre de chaque document", required=True, maximum=100),
            FormField("category", "Catégorie", "choice", required=True, choices=labels),
            FormField("year", "Année", "choice", required=True, choices=years),
            FormField("visibility", "Visibilité", "choice", required=True,
                      choices=documents.VISIBILITIES),
        ),
    )  # fmt: skip
    known = {"title": "IFU", "category": "tax", "year": str(ctx.today.year - 1),
             "visibility": "internal"}  # fmt: skip
    values = form(schema, key="series", defaults=known, cancel=True, submit="Déposer")
    if values is not None:
        asked = FilingForm(
            values["title"], values["category"], int(values["year"]), values["visibility"]
        )
        with saving("series", "Fichiers déposés : leur lecture commence."):
            files = [(file.name, file.getvalue()) for file in sent]
            portfolio.drop_papers(ctx, asked, files, key=once("series"))


def batches(ctx: Context) -> int | None:
    """Show the user's drops, the reading of those under way, and return the one to look at."""
    rows = portfolio.filing_batches(ctx)
    if rows.is_empty():
        note("Aucun dépôt : le numéro du contrat, dans le nom ou le texte de chaque fichier, "
             "dit où il va.")  # fmt: skip
        return None
    if rows["waiting"].sum():
        _follow()
    pressed = table(
        ctx, rows, BATCH_COLUMNS, key="filing_batches", noun="dépôts", tools=False,
        actions=[Action("open", "Voir les fichiers", "list")],
    )  # fmt: skip
    if pressed.action:
        st.session_state["o2s_filing_batch"] = int(pressed.row)
    chosen = st.session_state.get("o2s_filing_batch", rows["id"][0])
    return chosen if chosen in rows["id"].to_list() else rows["id"][0]


@st.fragment(run_every=2)
def _follow() -> None:
    with errors():
        rows = portfolio.filing_batches(session.context()).filter(pl.col("waiting") > 0)
        if rows.is_empty():
            st.rerun(scope="app")
        for row in rows.iter_rows(named=True):
            read = row["files"] - row["waiting"]
            said = f"{row['title']} {row['year']} : {read} fichiers lus sur {row['files']}"
            st.progress(read / row["files"], text=said)


def items(ctx: Context, batch_id: int) -> None:
    """Show the files of a drop, those without a contract first, and publish the others."""
    batch = portfolio.filing_batches(ctx).filter(id=batch_id).row(0, named=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        section(f"{batch['title']} {batch['year']}", french.count(batch["files"], "fichier"))
        st.space("stretch")
        if batch["found"] and st.button(
            f"Ranger {french.count(batch['found'], 'document')}", type="primary",
            icon=":material/publish:", key=f"publish_{batch_id}",
        ):  # fmt: skip
            with saving(f"publish_{batch_id}", "Documents rangés avec leurs contrats."):
                portfolio.publish_papers(ctx, batch_id)
    pressed = table(
        ctx, portfolio.filing_items(ctx, batch_id), ITEM_COLUMNS, key=f"filing_{batch_id}",
        noun="fichiers", actions=[Action("file", "Dire le contrat", "edit")],
    )  # fmt: skip
    if pressed.action:
        name_contract(int(pressed.row))


@dialog("Contrat de ce fichier")
def name_contract(item_id: int) -> None:
    """Ask the number of the contract that a file is about."""
    ctx = session.context()
    key = f"file_item_{item_id}"
    schema = FormSchema(
        "Contrat", (FormField("typed_number", "Numéro du contrat", required=True, maximum=60),)
    )
    values = form(schema, key=key, cancel=True)
    if values is not None:
        with saving(key, "Contrat noté : « Ranger » classera le document."):
            portfolio.file_by_hand(ctx, item_id, values["typed_number"])
