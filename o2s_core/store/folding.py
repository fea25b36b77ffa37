"""Texts as they are searched: every word, wherever it stands, wildcards taken as letters."""

from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from o2s_core.kernel.identifiers import search_key


def holds_words(column: Any, text: str) -> ColumnElement[bool]:  # noqa: ANN401
    """Return the condition that a column of search keys holds every word of a text."""
    return and_(*(col(column).contains(word, autoescape=True) for word in search_key(text).split()))
