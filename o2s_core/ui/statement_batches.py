"""How statements are asked by the hundred, and followed until they are made."""

from typing import Final

import streamlit as st

from o2s_core import contacts, reporting
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.reporting import StatementForm
from o2s_core.ui import boundary, session
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import note, section
from o2s_core.ui.forms import once, saving
from o2s_core.ui.tables import table

KEY: Final = "statement_batch"
CHOSEN: Final = [
    Column("full_name", "Contact", sub="file_code", width=260),
    Column("household", "Foyer", wide=True),
    Column("adviser", "Conseiller", wide=True),
    Column("segment", "Segment", wide=True),
]
BATCHES: Final = [
    Column("created_at", "Demandé le", "instant"),
    Column("model", "Modèle", width=200),
    Column("on", "Arrêté au", "day"),
    Column("format", "Format", labels=reporting.FORMATS),
    Column("state", "État", "badge"),
    Column("done", "Avancement", "integer"),
    Column("total", "Dossiers", "integer"),
    Column("refused", "Sans état", "integer", help="Dossiers dont l'état n'a pas pu être établi"),
    Column("message", "Message", wide=True, width=240),
]


def choose(ctx: Context) -> None:
    """Let the person choose a model, a day and contacts, then hand the work over."""
    section("Nouvelle série", "chaque état est classé dans le dossier de son client")
    models = {card.code: card.form for card in reporting.statement_models(ctx)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox("Modèle", list(models), key=f"{KEY}_model", width=260,
                             format_func=lambda code: models[code].name)  # fmt: skip
        on = st.date_input("Arrêté au", value=ctx.today, max_value=ctx.today, width=160,
                           format="DD/MM/YYYY", key=f"{KEY}_on")  # fmt: skip
        form = st.segmented_control(
            "Format", list(reporting.FORMATS), format_func=reporting.FORMATS.__getitem__,
            default="pdf", required=True, key=f"{KEY}_format",
        )  # fmt: skip
        everybody = st.toggle("Tous mes clients", key=f"{KEY}_all")
    view = contacts.ContactFilter("client")
    clients = cached(contacts.contact_list)(ctx, view).rows
    ids: list[int] = clients["id"].to_list()
    if not everybody:
        answer = table(ctx, clients, CHOSEN, key=f"{KEY}_table", noun="clients", select=True,
                       page_size=10)  # fmt: skip
        ids = [int(chosen) for chosen in answer.selected]
    label = f"Établir {french.count(len(ids), 'état')}" if ids else "Établir les états"
    if st.button(label, type="primary", icon=":material/stacks:", disabled=not ids):
        with saving(KEY, "Série lancée : les états se préparent en arrière-plan."):
            asked = StatementForm(model, on, format=form or "pdf")
            reporting.request_statements(ctx, ids, asked, key=once(KEY))


def batches(ctx: Context) -> None:
    """List the batches; those under way are drawn again until they end."""
    found = reporting.statement_batches(ctx)
    running = found.filter(found["state"].is_in(["En attente", "En cours"]))
    section("Séries", "les vôtres, la dernière d'abord")
    if running.height:
        _follow()
    table(ctx, found, BATCHES, key="batches", noun="séries", page_size=10,
          empty="Aucune série demandée.")  # fmt: skip
    if found["refused"].sum():
        note("Sans état : le dossier n'est plus accessible, ou ses chiffres n'ont pas pu être lus.")


@st.fragment(run_every=2)
def _follow() -> None:
    with boundary.errors():
        ctx = session.context()
        found = reporting.statement_batches(ctx)
        running = found.filter(found["state"].is_in(["En attente", "En cours"]))
        if running.is_empty():
            st.rerun(scope="app")
            return
        for row in running.iter_rows(named=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.progress(
                    row["done"] / max(row["total"], 1),
                    text=f"{row['model']} : {row['done']} sur {row['total']}",
                )
                if ctx.may(Permission.DOCUMENT_WRITE) and st.button(
                    "Arrêter", key=f"stop_{row['id']}"
                ):
                    reporting.stop_statements(ctx, row["id"])
