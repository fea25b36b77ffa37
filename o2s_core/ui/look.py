"""The look: one style sheet, two palettes whose every series stands out from its ground."""

from pathlib import Path
from typing import Final, Literal

import streamlit as st

HERE: Final = Path(__file__).parent
ICON: Final = HERE / "icon.png"
Theme = Literal["light", "dark"]


def apply() -> None:
    """Put the style sheet on the page."""
    st.html(HERE / "look.css")


def current() -> Theme:
    """Return the theme that the browser shows."""
    return "dark" if st.context.theme.type == "dark" else "light"
