"""The windows about favourite supports: add some, comment one, put one before another."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from o2s_core import market
from o2s_core.kernel.context import Context
from o2s_core.kernel.forms import FormField, FormSchema
from o2s_core.ui import session
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.forms import form, saving
from o2s_core.ui.messages import flash
from o2s_core.ui.support_picker import pick_supports

COMMENT_FORM = FormSchema(
    "Commentaire", (FormField("comment", "Commentaire", "long_text", maximum=300),)
)


@dialog("Ajouter des fonds préférés")
def add_favourites(*, for_firm: bool = False) -> None:
    """Ask which supports are preferred, by the user or by the firm."""
    ctx = session.context()
    key = f"add_favourites_{'firm' if for_firm else 'mine'}"
    chosen = pick_supports(ctx, (), key=key, label="Supports", most=20)
    if st.button("Ajouter", type="primary", disabled=not chosen, key=f"{key}_send"):
        with saving(key, "Fonds préférés ajoutés."):
            for each in chosen:
                (market.prefer_for_firm if for_firm else market.prefer)(ctx, each)


@dialog("Commentaire", width="small")
def comment_favourite(instrument_id: int) -> None:
    """Ask why a support is preferred."""
    ctx = session.context()
    key = f"comment_{instrument_id}"
    rows = market.favourites(ctx).filter(pl.col("id") == instrument_id, pl.col("mine"))
    known = {"comment": rows["comment"][0] if rows.height else ""}
    values = form(COMMENT_FORM, key=key, defaults=known, columns=1, cancel=True)
    if values is not None:
        with saving(key, "Commentaire enregistré."):
            market.prefer(ctx, instrument_id, values["comment"] or "")


def move_up(ctx: Context, ids: Sequence[int], instrument_id: int) -> None:
    """Put a favourite before the one above it."""
    order = list(ids)
    at = order.index(instrument_id)
    order.insert(max(0, at - 1), order.pop(at))
    market.order_favourites(ctx, order)
    flash("Ordre enregistré.")
    st.rerun()
