"""The tree of Services: each heading with its pages, those that exist and that one may open."""

import streamlit as st

from o2s_core.kernel.context import Context
from o2s_core.ui import pages


def service_tree(ctx: Context) -> None:
    """Draw the headings of Services under the page that leads to them."""
    for heading in (spec for spec in pages.built() if spec.parent == "services"):
        if not ctx.may(heading.needs):
            continue
        st.page_link(str(heading.path), label=f"**{heading.title}**")
        for spec in pages.built():
            if spec.parent == heading.url and spec.menu and ctx.may(spec.needs):
                st.page_link(str(spec.path), label=f"\u2003{spec.title}")
