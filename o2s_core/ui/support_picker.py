"""Which supports does the person choose? A list that one types in, short even in a large firm."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import polars as pl
import streamlit as st

from o2s_core import market
from o2s_core.kernel.context import Context
from o2s_core.market import SupportFilter
from o2s_core.ui.cache import cached

#: Supports offered at once; beyond, a text narrows them.
OFFERED: Final = 1_200
ASKED: Final = SupportFilter(statuses=("active", "provisional", "inactive"))
#: Decisions that whoever picks a support must know.
WARNED: Final = frozenset({"watched", "excluded"})


def pick_supports(
    ctx: Context,
    chosen: Sequence[int],
    *,
    key: str,
    label: str,
    most: int,
    on_change: Callable[[], None] | None = None,
) -> tuple[int, ...]:
    """Let the person choose some supports; those of the address come first."""
    names = support_names(ctx, key=key)
    known = {i: n for i, n in names.items() if i in chosen}
    missing = [i for i in chosen if i not in known]
    known |= {i: market.instrument(ctx, i).label for i in missing}
    options = {**known, **names}
    picked = st.multiselect(
        label, list(options), default=[i for i in chosen if i in options],
        format_func=lambda i: options.get(i, ""), max_selections=most, key=key,
        placeholder="Libellé ou ISIN…", on_change=on_change,
    )  # fmt: skip
    return tuple(picked)


def support_names(ctx: Context, *, key: str) -> dict[int, str]:
    """Return the supports that a picker offers, by id: label, ISIN, what the firm decided.

    The favourites come first, unless the person wants otherwise.
    """
    rows = cached(market.supports)(ctx, ASKED)
    if rows.height > OFFERED:
        text = st.text_input(
            "Chercher parmi les supports", placeholder="Libellé, ISIN, société de gestion…",
            icon=":material/search:", key=f"{key}_text",
        )  # fmt: skip
        rows = cached(market.supports)(ctx, replace(ASKED, text=text)).head(OFFERED)
    priced = rows.filter(~pl.col("kind").is_in(["cash", "fonds_euros", "euro_croissance"]))
    names = {
        i: _said(label, isin, decision)
        for i, label, isin, decision in priced.select("id", "label", "isin", "decision").iter_rows()
    }
    first = _preferred(ctx)
    return {i: f"★ {names[i]}" for i in first if i in names} | {
        i: name for i, name in names.items() if i not in first
    }


def _said(label: str, isin: str | None, decision: str) -> str:
    """Return a support as a picker reads it; an excluded or watched one says so."""
    parts = [label, isin or ""]
    if decision in WARNED:
        parts.append(market.DECISIONS[decision].lower())
    return " · ".join(part for part in parts if part)


def _preferred(ctx: Context) -> list[int]:
    """Return the favourites of the person and of the firm, each once, in their order."""
    if not market.display(ctx, "favourites").first_in_pickers:
        return []
    return list(dict.fromkeys(market.favourites(ctx)["id"].to_list()))
