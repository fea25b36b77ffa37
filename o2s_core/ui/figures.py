"""The figures on top of a page: a low strip, each with its note; badges; what is empty."""

from collections.abc import Sequence
from html import escape
from typing import Literal

import streamlit as st

from o2s_core.kernel.french import MINUS

Tone = Literal["good", "warn", "bad", "info", "quiet", ""]


def figures(shown: Sequence[tuple[str, ...]]) -> None:
    """Show figures side by side: label, value already in French, note (period, date, scope).

    A value that starts with a minus sign is in red.
    """
    cells = [_figure(*each) for each in shown]
    st.html(f'<dl class="o2s-figures">{"".join(cells)}</dl>')


def _figure(label: str, value: str, note: str = "") -> str:
    tone = " loss" if value.startswith(MINUS) else ""
    small = f"<small>{escape(note)}</small>" if note else ""
    return f'<div><dt>{escape(label)}</dt><dd class="{tone}">{escape(value)}{small}</dd></div>'


def note(text: str) -> None:
    """Say something in small under figures: freshness, source, what is left out."""
    st.html(f'<p class="o2s-note">{escape(text)}</p>')


def badges(shown: Sequence[tuple[str, Tone]]) -> None:
    """Show short states side by side."""
    spans = (f'<span class="o2s-badge {tone}">{escape(text)}</span>' for text, tone in shown)
    st.html(f"<p>{' '.join(spans)}</p>", width="content")


def empty(text: str, hint: str = "") -> None:
    """Say that there is nothing yet, and what fills it."""
    small = f"<small>{escape(hint)}</small>" if hint else ""
    st.html(f'<p class="o2s-empty">{escape(text)}{small}</p>')


def section(title: str, aside: str = "") -> None:
    """Head a part of a page; `aside` says its date or scope."""
    small = f"<small>{escape(aside)}</small>" if aside else ""
    st.html(f'<h2 class="o2s-section">{escape(title)}{small}</h2>', width="content")


def facts(shown: Sequence[tuple[str, str]]) -> None:
    """Show what is known of something, in two columns: label, value; nothing reads « n.c. »."""
    rows = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(value or 'n.c.')}</dd></div>"
        for label, value in shown
    )
    st.html(f'<dl class="o2s-facts">{rows}</dl>')
