"""What was just done, said once on the next screen."""

from typing import Final

import streamlit as st

KEY: Final = "o2s_said"


def flash(message: str) -> None:
    """Say something on the next screen, after a save or a change of page."""
    st.session_state.setdefault(KEY, []).append(message)


def show() -> None:
    """Show what was left to say, once."""
    for message in st.session_state.pop(KEY, []):
        st.toast(message, icon=":material/check:")
