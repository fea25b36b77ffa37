"""A window (dialog) kept open over an empty page, among the real pages of the application.

The test harness of Streamlit runs whole pages, never the part a window is, so a
window opened by a button would close at the next click.
"""

from streamlit.testing.v1 import AppTest

from tests.kit import pages

SCRIPT = """
import streamlit as st
from {module} import {name}
from o2s_core.ui import pages

def page():
    {name}({arguments})

listed = [st.Page(spec.path, title=spec.title, url_path=spec.url) for spec in pages.built()]
st.navigation([st.Page(page, title="essai", default=True), *listed], position="hidden").run()
"""


def open_window(firm, login: str, window: str, arguments: str = "") -> AppTest:
    """Open a window as `login`: `open_window(firm, "alice", "o2s_core.ui.new_contact.new_contact")`."""
    module, name = window.rsplit(".", 1)
    signed_in = pages.app(firm, login)
    at = AppTest.from_string(
        SCRIPT.format(module=module, name=name, arguments=arguments), default_timeout=20
    )
    at.user.update(dict(signed_in.user))
    return at.run()


def press(at: AppTest, label: str) -> AppTest:
    """Press the button that reads `label`."""
    return next(b for b in at.button if b.label == label).click().run()
