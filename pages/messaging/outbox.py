"""Messagerie: what was written to clients, what left, what did not and why."""

from typing import Final

import streamlit as st

from o2s_core import messaging, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import mail_view

FOLDERS: Final = {
    "Tous": (),
    "À envoyer": ("queued", "sending"),
    "Envoyés": ("sent",),
    "À traiter": ("failed", "uncertain"),
    "Annulés": ("cancelled",),
}
ctx = ui.page("Messagerie", needs=Permission.MAIL_READ)

if messaging.is_offline(ctx):
    mail_view.offline(ctx)
every = messaging.outbox(ctx)
mail_view.counters(every)
folder = st.segmented_control(
    "Dossier", list(FOLDERS), default="Tous", required=True, label_visibility="collapsed",
    key="mail_folder",
)  # fmt: skip
mail_view.listed(ctx, mail_view.inside(every, FOLDERS[folder or "Tous"]), folder or "Tous")
