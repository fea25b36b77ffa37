"""Which supports does the person choose? A list that one types in, short even in a large firm."""

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from o2s_core import market
from o2s_core.kernel.context import Context
from o2s_core.market import InstrumentFilter
from o2s_core.ui.cache import cached

#: Supports offered at once; beyond, a text narrows them.
OFFERED: Final = 1_200


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
    """Return the supports that a picker offers, by id: their label and their ISIN."""
    asked = InstrumentFilter(statuses=("active", "provisional", "inactive"))
    rows = cached(market.instruments)(ctx, asked)
    if rows.height > OFFERED:
        text = st.text_input(
            "Chercher parmi les supports", placeholder="Libellé, ISIN, société de gestion…",
            icon=":material/search:", key=f"{key}_text",
        )  # fmt: skip
        rows = cached(market.instruments)(ctx, InstrumentFilter(text=text)).head(OFFERED)
    priced = rows.filter(~rows["kind"].is_in(["cash", "fonds_euros", "euro_croissance"]))
    return {
        i: f"{label} · {isin}" if isin else label
        for i, label, isin in priced.select("id", "label", "isin").iter_rows()
    }
