"""The few parts of a screen that Streamlit does not have; each draws what `data` says, as text."""

from pathlib import Path
from typing import Any, Final

import streamlit as st

HERE: Final = Path(__file__).parent


def _source(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _component(name: str, html: str, *files: str) -> Any:  # noqa: ANN401
    """Declare a component from its files; the last script is the one that draws."""
    sheets = [file for file in files if file.endswith(".css")]
    scripts = [file for file in files if file.endswith(".js")]
    return st.components.v2.component(
        f"o2s_{name}",
        html=html,
        css="\n".join(_source(sheet) for sheet in sheets),
        js="\n".join(_source(script) for script in scripts),
    )


bar: Final = _component(
    "bar", '<div class="bar"></div>', "bar.css", "search.css", "french.js", "search.js", "bar.js"
)
head: Final = _component("head", '<div class="head"></div>', "head.css", "head.js")
table: Final = _component("table", '<div class="table"></div>', "table.css", "table.js")
