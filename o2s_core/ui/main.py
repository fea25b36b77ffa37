"""The one script that Streamlit runs: it lists the pages, then runs the one asked for."""

import streamlit as st

from o2s_core import ui
from o2s_core.ui import boundary, look, pages, shell


def _index() -> None:
    """Send the bare address to the page where this person likes to arrive, else home."""
    ui.go(shell.landing(ui.context()))
    ui.go("/accueil")


def _listed() -> list[st.Page]:
    """Return every page, whatever the profile: a page refuses by itself, in French."""
    first = st.Page(_index, title="O2S", url_path="index", default=True)
    return [first] + [
        st.Page(spec.path, title=spec.title, url_path=spec.url) for spec in pages.built()
    ]


boundary.set_log()
st.set_page_config(layout="wide", page_icon=str(look.ICON))
chosen = st.navigation(_listed(), position="hidden")
look.apply()
try:
    with boundary.errors():
        chosen.run()
finally:
    boundary.put_aside()
