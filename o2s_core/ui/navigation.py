"""How one page opens another: by the same addresses that the browser shows."""

from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import streamlit as st

from o2s_core.ui import pages


def link(url: str, **query: object) -> str:
    """Return the address of a page: `link("compte", compte=3)` is `/compte?compte=3`."""
    shown = {name: value for name, value in query.items() if value is not None}
    return f"/{url.strip('/')}" + (f"?{urlencode(shown, quote_via=quote)}" if shown else "")


def go(href: str) -> None:
    """Open an address of the application in this tab; an unknown one does nothing."""
    parts = urlsplit(href)
    spec = pages.by_url(parts.path)
    if spec is not None and spec.path.is_file():
        st.switch_page(str(spec.path), query_params=dict(parse_qsl(parts.query)))


def fill(template: str, row: dict[str, Any]) -> str:
    """Return an address with the values of a row: `/compte?compte={account_id}`.

    Empty when the row lacks one of them: there is nothing to open.
    """
    values = {name: quote(str(value)) for name, value in row.items() if value not in (None, "")}
    try:
        return template.format_map(values)
    except KeyError:
        return ""
