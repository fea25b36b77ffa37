"""How the products of partners are searched and shown: what each asks, costs and gave."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core import market
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.market import OfferFilter, ProductForm
from o2s_core.ui import session
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import note, section
from o2s_core.ui.forms import form, once, opened_version, saving
from o2s_core.ui.tables import Action, table

RATIOS: Final = ("entry_fee", "management_fee", "euro_fee", "switch_fee", "euro_rate")
OFFER_COLUMNS: Final = [
    Column(
        "name",
        "Produit",
        sub="provider",
        width=200,
        link="/distributeur?distributeur={provider_id}",
    ),
    Column("envelope", "Enveloppe", labels=market.OFFERS, width=120),
    Column("minimum_eur", "Minimum", "eur", decimals=0, missing="n.c."),
    Column("entry_fee_said", "Entrée max.", missing="n.c."),
    Column("management_fee_said", "Gestion UC", missing="n.c.", wide=True),
    Column("euro_fee_said", "Gestion euros", missing="—", wide=True),
    Column("switch_fee_said", "Arbitrage", missing="—", wide=True),
    Column("euro_rate_said", "Fonds en euros", missing="—", hint="rate_year"),
    Column("units", "UC", "integer", missing="n.c.", wide=True),
]
OPEN: Final = Column("state", "État", "badge", labels={"true": "", "false": "Fermé"},
                     tones={"false": "quiet"})  # fmt: skip
AMOUNTS: Final = (500, 1_000, 5_000, 10_000, 50_000)


def readable(rows: pl.DataFrame) -> pl.DataFrame:
    """Return products with their fees and rates as they are read, to the hundredth of a percent."""
    said = {
        f"{name}_said": pl.Series(
            [None if v is None else french.percent(v, 2) for v in rows[name]], dtype=pl.String
        )
        for name in RATIOS
    }
    years = [f"Taux net {year}" if year else None for year in rows["euro_rate_year"]]
    return rows.with_columns(**said, rate_year=pl.Series(years, dtype=pl.String))


def facets() -> OfferFilter:
    """Let the person narrow the products by what they ask, cost and gave."""
    first, second, third, fourth = st.columns(4)
    envelopes = first.multiselect(
        "Enveloppe", list(market.OFFERS), format_func=market.OFFERS.__getitem__,
        placeholder="Toutes", key="offers_envelopes",
    )  # fmt: skip
    roles = second.multiselect(
        "Rôle du distributeur", list(market.PROVIDER_ROLES),
        format_func=market.PROVIDER_ROLES.__getitem__, placeholder="Tous", key="offers_roles",
    )  # fmt: skip
    minimum = third.selectbox(
        "Minimum au plus", AMOUNTS, index=None, placeholder="Indifférent", key="offers_minimum",
        format_func=lambda amount: french.eur(Decimal(amount), 0),
    )  # fmt: skip
    units = fourth.selectbox(
        "UC au moins", (50, 100, 250, 500, 1_000), index=None, placeholder="Indifférent",
        key="offers_units",
    )  # fmt: skip
    places = st.columns(4, vertical_alignment="bottom")
    agreed = places[3].toggle("Avec convention", key="offers_agreed")
    return OfferFilter(
        agreed=agreed,
        envelopes=tuple(envelopes),
        roles=tuple(roles),
        minimum_at_most=None if minimum is None else Decimal(minimum),
        units_at_least=units,
        entry_fee_at_most=_share(places[0], "Frais d'entrée au plus", (0, 10, 20, 30), "entry"),
        management_fee_at_most=_share(places[1], "Gestion UC au plus", (6, 8, 9, 10), "fee"),
        euro_rate_at_least=_share(places[2], "Fonds en euros au moins", (20, 25, 30), "rate"),
    )


def _share(place: Any, label: str, thousandths: tuple[int, ...], key: str) -> Decimal | None:  # noqa: ANN401
    chosen = place.selectbox(
        label, [Decimal(n) / 1000 for n in thousandths], index=None, placeholder="Indifférent",
        format_func=lambda ratio: french.percent(ratio, 1), key=f"offers_{key}",
    )  # fmt: skip
    return chosen if isinstance(chosen, Decimal) else None


EDIT: Final = Action("edit", "Modifier", "edit")
CLOSE: Final = Action("close", "Fermer ou rouvrir", "archive")


def provider_offers(ctx: Context, provider_id: int) -> None:
    """Show the products of a partner, those that are closed included, and change them."""
    rows = cached(market.products)(ctx, OfferFilter(closed=True)).filter(
        pl.col("provider_id") == provider_id
    )
    section("Produits", french.count(rows.height, "produit"))
    columns = [replace(OFFER_COLUMNS[0], sub="", link=""), *OFFER_COLUMNS[1:], OPEN]
    pressed = table(
        ctx,
        readable(rows).with_columns(state=pl.col("open").cast(pl.String)),
        columns,
        key=f"offers_{provider_id}",
        noun="produits",
        tools=False,
        actions=[EDIT, CLOSE] if ctx.may(Permission.PROVIDER_WRITE) else [],
        empty="Aucun produit renseigné pour ce distributeur.",
    )
    if pressed.action == "edit":
        edit_product(int(pressed.row))
    if pressed.action == "close":
        close_product(int(pressed.row))


def _product(ctx: Context, product_id: int) -> dict[str, Any]:
    rows = market.products(ctx, OfferFilter(closed=True)).filter(id=product_id)
    if rows.is_empty():
        raise NotFoundError("Produit", product_id)
    return rows.row(0, named=True)


@dialog("Produit", width="large")
def edit_product(product_id: int) -> None:
    """Change what a product asks and costs."""
    ctx: Context = session.context()
    row = _product(ctx, product_id)
    key = f"product_{row['id']}"
    values = form(market.PRODUCT_FORM, key=key, defaults=row, version=row["version"], cancel=True)
    if values is not None:
        with saving(key, "Produit enregistré."):
            market.edit_product(ctx, row["id"], ProductForm(**values), opened_version(key))


@dialog("Fermer ou rouvrir un produit", width="small")
def close_product(product_id: int) -> None:
    """Confirm that a product takes no new contract, or takes some again."""
    ctx: Context = session.context()
    row = _product(ctx, product_id)
    if row["open"]:
        st.write("Ce produit ne sera plus proposé. Les contrats en cours restent inchangés.")
    else:
        st.write("Ce produit sera de nouveau proposé.")
    note(row["name"])
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Annuler"):
            st.rerun()
        if st.button("Fermer" if row["open"] else "Rouvrir", type="primary"):
            said = "Produit fermé." if row["open"] else "Produit rouvert."
            with saving(f"close_{row['id']}", said):
                market.set_product_open(ctx, row["id"], row["version"], active=not row["open"])


@dialog("Nouveau produit", width="large")
def new_product(provider_id: int) -> None:
    """Ask what a partner offers, what it asks and costs."""
    ctx: Context = session.context()
    key = f"new_product_{provider_id}"
    values = form(market.PRODUCT_FORM, key=key, submit="Créer le produit", cancel=True)
    if values is not None:
        with saving(key, "Produit créé."):
            market.add_product(ctx, provider_id, ProductForm(**values), key=once(key))
