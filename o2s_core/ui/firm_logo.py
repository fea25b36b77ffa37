"""The logo of the firm's documents: seen, replaced, taken off."""

import streamlit as st

from o2s_core import administration
from o2s_core.kernel.context import Context
from o2s_core.ui.figures import note, section
from o2s_core.ui.forms import saving


def firm_logo(ctx: Context) -> None:
    """Show the logo, and let the person put another or take it off."""
    section("Logo", "en tête des états de compte")
    known = administration.letterhead(ctx).logo
    if known is None:
        note("Aucun logo : les documents portent le nom du cabinet.")
    else:
        st.image(known, width=220)
    sent = st.file_uploader("PNG ou JPEG, 1 Mo au plus", type=["png", "jpg", "jpeg"], key="logo")
    with st.container(horizontal=True):
        if sent is not None and st.button("Enregistrer le logo", type="primary"):
            with saving("logo", "Logo enregistré."):
                administration.save_logo(ctx, sent.getvalue())
        if known is not None and st.button("Retirer le logo"):
            with saving("logo", "Logo retiré."):
                administration.save_logo(ctx, None)
