"""How a statement is asked, looked at, taken away and kept, on a client's file."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import administration, contacts, messaging, reporting, store
from o2s_core.contacts import Scope
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.reporting import Made, StatementForm
from o2s_core.ui import boundary, mail_view
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import note, section
from o2s_core.ui.forms import saving
from o2s_core.ui.statement_sending import send_statement
from o2s_core.ui.tables import Action, table

MEDIA: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ISSUED: Final = [
    Column("end_on", "Arrêté au", "day"),
    Column("start_on", "Depuis le", "day"),
    Column("model", "Modèle", width=220),
    Column("format", "Format", labels=reporting.FORMATS),
    Column("created_at", "Établi le", "instant"),
    Column("sent", "Envoi", "badge", labels=messaging.STATES, tones=mail_view.TONES,
           missing="Non envoyé"),
]  # fmt: skip


def asked(ctx: Context, scope: Scope) -> StatementForm:
    """Let the person choose the model, the day, the period and the format."""
    key = f"statement_{scope.kind}_{scope.id}"
    models = {card.code: card.form for card in reporting.statement_models(ctx)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox(
            "Modèle", list(models), format_func=lambda code: models[code].name, width=260,
            key=f"{key}_model",
        )  # fmt: skip
        on = st.date_input("Arrêté au", value=ctx.today, max_value=ctx.today, width=160,
                           format="DD/MM/YYYY", key=f"{key}_on")  # fmt: skip
        start = st.date_input("Depuis le", value=None, max_value=ctx.today, width=160,
                              format="DD/MM/YYYY", key=f"{key}_start",
                              help="Vide : la période du modèle.")  # fmt: skip
        form = st.segmented_control(
            "Format", list(reporting.FORMATS), format_func=reporting.FORMATS.__getitem__,
            default="pdf", required=True, key=f"{key}_format",
        )  # fmt: skip
    period = reporting.PERIODS[models[model].period]
    shown = ", ".join(reporting.SECTIONS[code].lower() for code in models[model].sections)
    note(f"{'Période choisie' if start else period} · {shown}")
    return StatementForm(model, on, start, form or "pdf")


def produce(ctx: Context, scope: Scope, form: StatementForm) -> None:
    """Offer to take the statement away once, and to keep it in the file."""
    key = f"statement_{scope.kind}_{scope.id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if (
            scope.kind != "group"
            and ctx.may(Permission.DOCUMENT_WRITE)
            and st.button("Établir et classer", type="primary", icon=":material/task:", key=key)
        ):
            with saving(key, "État de compte établi et classé dans Autres > Documents."):
                reporting.issue_statement(ctx, scope, form)
        if ctx.may(Permission.PORTFOLIO_EXPORT) and st.button(
            "Télécharger", icon=":material/download:", key=f"{key}_download"
        ):
            with boundary.errors():
                _ticket(ctx, _made(ctx, scope, form), form.format)


def preview(ctx: Context, scope: Scope, form: StatementForm) -> None:
    """Show the pages as the client will read them."""
    with boundary.errors():
        section("Aperçu", "les pages du PDF, telles que le client les lira")
        as_pdf = StatementForm(form.model, form.on, form.start, "pdf")
        st.pdf(_made(ctx, scope, as_pdf).data, height=900)
        if form.format == "xlsx":
            note("Le classeur Excel porte les mêmes chiffres, une feuille par rubrique.")


def issued(ctx: Context, scope: Scope) -> None:
    """List the statements made for this file, each to be fetched again or sent."""
    section("États établis", "classés dans Autres > Documents")
    answer = table(
        ctx,
        _with_sendings(ctx, reporting.issued_statements(ctx, scope.id)),
        ISSUED,
        key=f"issued_{scope.id}",
        id="document_id",
        noun="états",
        page_size=10,
        actions=_actions(ctx),
        empty="Aucun état de compte établi pour ce dossier.",
    )
    if answer.action == "download":
        with boundary.errors():
            _link(contacts.paper_ticket(ctx, int(answer.row)))
    if answer.action == "send":
        send_statement(int(answer.row))


def _actions(ctx: Context) -> list[Action]:
    offered = [
        (Permission.FILE_DOWNLOAD, Action("download", "Télécharger", "download")),
        (Permission.MAIL_SEND, Action("send", "Envoyer", "send")),
    ]
    return [action for needs, action in offered if ctx.may(needs)]


def _with_sendings(ctx: Context, issues: pl.DataFrame) -> pl.DataFrame:
    """Return the statements with the state of the last message that carried each."""
    if not ctx.may(Permission.MAIL_READ):
        return issues.with_columns(sent=pl.lit(None, pl.String))
    last = messaging.mails_about(ctx, issues["document_id"].to_list()).unique(
        "document_id", keep="last", maintain_order=True
    )
    states = last.select("document_id", sent="state")
    return issues.join(states, on="document_id", how="left", maintain_order="left")


def _made(ctx: Context, scope: Scope, form: StatementForm) -> Made:
    return cached(reporting.make_statement)(ctx, scope, form)


def _ticket(ctx: Context, made: Made, form: str) -> None:
    ctx.require(Permission.PORTFOLIO_EXPORT)
    kept = store.save_blob(ctx, made.data)
    _link(administration.issue_ticket(ctx, kept, made.file_name, MEDIA[form]))
    st.caption(f"{made.file_name}, {french.number(len(made.data) / 1000, 0)} ko")


def _link(ticket: str) -> None:
    st.link_button("Télécharger (une fois, 1 minute)", f"/dl/{ticket}", type="primary")
