"""How a range of the catalogue is shown and filled: its products, then its supports."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import market
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import session
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import note, section
from o2s_core.ui.forms import form, once, saving
from o2s_core.ui.messages import flash
from o2s_core.ui.offers_view import OFFER_COLUMNS, readable
from o2s_core.ui.support_picker import pick_supports
from o2s_core.ui.support_search import DECIDED, DECISION_TONES, with_charge
from o2s_core.ui.tables import table

SUPPORTS: Final = [
    Column("label", "Support", sub="isin", width=220),
    Column("asset_class", "Classe", labels=market.ASSET_CLASSES, wide=True),
    Column("decision", "Statut", "badge", labels=DECIDED, tones=DECISION_TONES),
    Column("sri", "SRI", "integer"),
    Column("sfdr", "SFDR", "integer", wide=True),
    Column("charge", "Frais courants", missing="n.c."),
    Column("perf_1y", "1 an", "percent", signed=True, missing="n.c."),
    Column("perf_5y", "5 ans", "percent", signed=True, missing="n.c.", wide=True),
]


def one_range(ctx: Context, row: Mapping[str, Any]) -> None:
    """Show a range with what it holds, and what one may do with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        section(row["name"], row["purpose"])
        st.space("stretch")
        _moves(ctx, row)
    products = cached(market.range_products)(ctx).filter(pl.col("range_id") == row["id"])
    supports = cached(market.range_supports)(ctx).filter(pl.col("range_id") == row["id"])
    if products.height:
        table(ctx, readable(products), OFFER_COLUMNS, key=f"range_products_{row['id']}",
              tools=False, noun="produits")  # fmt: skip
    if supports.height:
        table(ctx, with_charge(supports), SUPPORTS, key=f"range_supports_{row['id']}",
              open="/support?support={id}", tools=False, noun="supports")  # fmt: skip
    if not products.height and not supports.height:
        note("Cette gamme est vide.")


def _moves(ctx: Context, row: Mapping[str, Any]) -> None:
    if not row["in_catalogue"]:
        note("Masquée")
    if not ctx.may(Permission.CATALOGUE_WRITE):
        return
    if st.button("Composer", icon=":material/edit:", key=f"fill_{row['id']}"):
        fill_range(int(row["id"]))
    shown = bool(row["in_catalogue"])
    if st.button("Masquer" if shown else "Afficher", key=f"show_{row['id']}"):
        market.show_range(ctx, int(row["id"]), shown=not shown)
        flash("Catalogue mis à jour.")
        st.rerun()


@dialog("Nouvelle gamme", width="small")
def new_range() -> None:
    """Ask the name of a range and who it is for."""
    ctx = session.context()
    key = "new_range"
    values = form(market.RANGE_FORM, key=key, columns=1, submit="Créer la gamme", cancel=True)
    if values is not None:
        with saving(key, "Gamme créée."):
            market.add_range(ctx, values["name"], values["purpose"] or "", key=once(key))


@dialog("Composer la gamme")
def fill_range(range_id: int) -> None:
    """Ask which products and which supports a range holds, in order."""
    ctx = session.context()
    key = f"fill_range_{range_id}"
    inside = market.range_supports(ctx).filter(pl.col("range_id") == range_id)["id"].to_list()
    held = market.range_products(ctx).filter(pl.col("range_id") == range_id)["id"].to_list()
    supports = pick_supports(ctx, inside, key=f"{key}_supports", label="Supports", most=60)
    names = {
        i: f"{name} · {partner}"
        for i, name, partner in market.products(ctx).select("id", "name", "provider").iter_rows()
    }
    products = st.multiselect(
        "Produits", list(names), default=[i for i in held if i in names],
        format_func=names.__getitem__, placeholder="Aucun", key=f"{key}_products",
    )  # fmt: skip
    st.caption(french.count(len(supports) + len(products), "élément"))
    if st.button("Enregistrer la gamme", type="primary", key=f"{key}_send"):
        with saving(key, "Gamme enregistrée."):
            market.fill_range(ctx, range_id, list(supports), list(products))
