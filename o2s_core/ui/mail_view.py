"""The messages to clients on screen: how many wait or failed, and what to do of each."""

from collections.abc import Collection
from typing import Final

import polars as pl
import streamlit as st

from o2s_core import messaging
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import facts, figures, note
from o2s_core.ui.forms import saving
from o2s_core.ui.session import context
from o2s_core.ui.tables import Action, table

TONES: Final = {
    "queued": "info",
    "sending": "info",
    "sent": "good",
    "failed": "bad",
    "uncertain": "warn",
    "cancelled": "quiet",
}
COLUMNS: Final = [
    Column("contact", "Client", sub="to_address", width=220,
           link="/dossier-general?contact={file_code}"),
    Column("subject", "Objet", sub="files", width=260),
    Column("state", "État", "badge", labels=messaging.STATES, tones=TONES, hint="reason"),
    Column("created_at", "Écrit le", "instant"),
    Column("sent_at", "Parti le", "instant", missing="—"),
    Column("author", "Par", wide=True),
    Column("reason", "Constat", below=True, width=260),
]  # fmt: skip


def offline(ctx: Context) -> None:
    """Say that nothing leaves, and who can change it."""
    if ctx.may(Permission.MAIL_SERVER):
        next_step = "Réglez le serveur dans Administration > Serveur d'envoi."
    else:
        next_step = "L'administrateur du cabinet le règle dans Administration > Serveur d'envoi."
    st.info(
        f"Mode hors ligne : aucun serveur d'envoi n'est réglé. Les messages sont conservés et "
        f"partiront dès qu'il le sera. {next_step}",
        icon=":material/cloud_off:",
    )


def counters(every: pl.DataFrame) -> None:
    """Show how many messages wait, left and ask for a decision."""
    waiting = inside(every, ("queued", "sending")).height
    stuck = inside(every, ("failed", "uncertain")).height
    figures(
        [
            ("À envoyer", str(waiting), "en file"),
            ("Envoyés", str(inside(every, ("sent",)).height), "remis au serveur"),
            ("À traiter", str(stuck), "échecs et envois douteux"),
        ]
    )


def inside(every: pl.DataFrame, states: Collection[str]) -> pl.DataFrame:
    """Return the messages of some states; all of them when none is named."""
    return every.filter(pl.col("state").is_in(list(states))) if states else every


def listed(ctx: Context, rows: pl.DataFrame, folder: str) -> None:
    """List messages; a row opens what may be done of it."""
    answer = table(
        ctx, rows, COLUMNS, key=f"mails_{folder}", noun="messages", page_size=20,
        actions=[Action("open", "Traiter", "edit")] if ctx.may(Permission.MAIL_SEND) else [],
        empty="Aucun message dans ce dossier.",
    )  # fmt: skip
    if answer.action == "open":
        decide(int(answer.row))


@dialog("Message")
def decide(mail_id: int) -> None:
    """Show a message, and offer what its state allows."""
    ctx = context()
    one = messaging.outbox(ctx).filter(id=mail_id).to_dicts()
    if not one:
        note("Ce message n'est plus là.")
        return
    row = one[0]
    facts(
        [
            ("Client", row["contact"]),
            ("Adresse", row["to_address"]),
            ("Objet", row["subject"]),
            ("Pièces jointes", row["files"] or "Aucune"),
            ("État", messaging.STATES[row["state"]]),
        ]
    )
    if row["reason"]:
        st.warning(row["reason"])
    _offers(ctx, mail_id, row["state"])


def _offers(ctx: Context, mail_id: int, state: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="right"):
        if state in {"queued", "failed"} and st.button("Annuler l'envoi", icon=":material/block:"):
            with saving(f"mail_{mail_id}", "Envoi annulé."):
                messaging.cancel_mail(ctx, mail_id)
        if state == "uncertain" and st.button("Le client l'a reçu", icon=":material/check:"):
            with saving(f"mail_{mail_id}", "Message marqué reçu."):
                messaging.mark_received(ctx, mail_id)
        if state in {"failed", "uncertain"} and st.button(
            "Renvoyer", type="primary", icon=":material/send:"
        ):
            with saving(f"mail_{mail_id}", "Message remis en file : il part dans la minute."):
                messaging.send_again(ctx, mail_id)
    if state in {"sent", "cancelled", "sending"}:
        note("Rien à faire pour ce message.")
