"""The firm's mail server on screen: the address, the secret, a trial."""

import streamlit as st

from o2s_core import administration, messaging
from o2s_core.kernel.context import Context
from o2s_core.kernel.french import day
from o2s_core.kernel.settings import PARIS
from o2s_core.messaging import MailServerCard, MailServerForm
from o2s_core.ui import boundary
from o2s_core.ui.figures import facts, section
from o2s_core.ui.forms import form, opened_version, saving

KEY = "mail_server"


def show(ctx: Context) -> None:
    """Show, try, and let change where the firm's messages leave from."""
    card = messaging.mail_server(ctx)
    if card is None:
        st.info(
            "Aucun serveur d'envoi : les messages aux clients sont conservés, aucun ne part. "
            "Votre hébergeur de messagerie vous donne ces renseignements.",
            icon=":material/cloud_off:",
        )
    else:
        _state(card)
        _trial(ctx)
    section("Réglage")
    _edit(ctx, card)


def _state(card: MailServerCard) -> None:
    facts(
        [
            ("Serveur", f"{card.form.host}:{card.form.port}"),
            ("Expéditeur", card.form.sender_address),
            ("Dernier échec", _instant(card) if card.failure else "Aucun"),
        ]
    )
    if card.failure:
        st.error(card.failure)


def _instant(card: MailServerCard) -> str:
    if card.tried_at is None:
        return "—"
    here = card.tried_at.astimezone(PARIS)
    return f"{day(here.date())} {here:%H:%M}"


def _trial(ctx: Context) -> None:
    """Send a message to an address one can read."""
    with (
        st.form(f"{KEY}_trial", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        to = st.text_input("Adresse de l'essai", value=administration.me(ctx).email, width=320)
        sent = st.form_submit_button("Envoyer un essai", icon=":material/send:")
    if sent:
        with boundary.errors(), st.spinner("Envoi…"):
            messaging.try_mail_server(ctx, to)
            st.success(f"Le serveur a accepté l'essai : vérifiez la boîte {to}.")


def _edit(ctx: Context, card: MailServerCard | None) -> None:
    known = card.form if card else MailServerForm("", "")
    values = form(
        messaging.SERVER_FORM, key=KEY, defaults=known.values(),
        version=card.version if card else 0,
    )  # fmt: skip
    if values is not None:
        with saving(KEY, "Serveur d'envoi enregistré."):
            typed = MailServerForm.typed(values)
            messaging.save_mail_server(ctx, typed, opened_version(KEY))
