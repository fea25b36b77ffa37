"""Services › Données › Rejeu: everything that files brought, made again from the archive."""

import streamlit as st

from o2s_core import aggregation, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import replaying

ctx = ui.page("Rejeu de l'archive", needs=Permission.FEED_REPLAY)

ui.section("Rejeu de l'archive", "le registre refait depuis les fichiers des partenaires")
does, keeps = st.columns(2, gap="large")
with does:
    st.markdown(replaying.DOES)
with keeps:
    st.markdown(replaying.KEEPS)
replaying.ask(aggregation.last_replay(ctx))
