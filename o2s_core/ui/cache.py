"""Answers kept from one run to the next, each for one perimeter, one profile, one data version."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import polars as pl
import streamlit as st

from o2s_core.kernel.context import Context

P = ParamSpec("P")
R = TypeVar("R")
ENTRIES: Final = 256


def cached(
    question: Callable[Concatenate[Context, P], R],
) -> Callable[Concatenate[Context, P], R]:
    """Keep the answers of a question of the core: `ui.cached(portfolio.holdings)(ctx, scope, on)`.

    Two users who see the whole firm with one profile share an answer: what depends
    on the person (their settings, their sessions) is not kept.

    Raises
    ------
    TypeError
        A data frame is among the arguments: Streamlit hashes a sample of it and
        would give the answer of another frame.
    """
    kept = _kept(question)

    @wraps(question)
    def ask(ctx: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if any(isinstance(a, pl.DataFrame | pl.LazyFrame) for a in (*args, *kwargs.values())):
            raise TypeError("a data frame cannot be the argument of a cached question")
        return kept(ctx, *args, **kwargs)

    return ask


@cache
def _kept(question: Callable[..., Any]) -> Callable[..., Any]:
    """Return the one cached form of a question in this process."""
    keys: dict[str | type[Any], Callable[[Any], Any]] = {Context: lambda ctx: ctx.cache_key}
    return st.cache_resource(hash_funcs=keys, show_spinner=False, max_entries=ENTRIES)(question)
