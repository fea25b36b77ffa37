"""Outils › Distributeur: who a partner is, and what it offers."""

import polars as pl
import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import documents_view, offers_view
from o2s_core.ui.provider_windows import edit_provider, provider_agreement

ctx = ui.page("Distributeur", needs=Permission.MARKET_READ)
number = st.query_params.get("distributeur", "")
if not number.isdigit():
    raise NotFoundError("Distributeur", number or "aucun numéro dans l'adresse")
card = market.provider_by_id(ctx, int(number))
may_write = ctx.may(Permission.PROVIDER_WRITE)

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section(card.name, "" if card.active else "retiré des listes")
    st.space("stretch")
    if may_write and st.button("Modifier", icon=":material/edit:"):
        edit_provider(card.id)
    if may_write and st.button("Ajouter un produit", icon=":material/add:"):
        offers_view.new_product(card.id)

ui.facts(
    [
        ("Rôles", ", ".join(market.PROVIDER_ROLES.get(role, role) for role in card.roles)),
        ("Code interne", card.code),
        ("LEI", card.lei),
        ("BIC", card.bic),
        ("Convention", provider_agreement(card)),
        ("Interlocuteur", card.contact),
        ("E-mail", card.contact_email),
        ("Téléphone", card.contact_phone),
        ("Site ou extranet", card.website),
    ]
)
if card.website:
    st.link_button("Ouvrir l'extranet", card.website, icon=":material/open_in_new:")
offers_view.provider_offers(ctx, card.id)
funds = ui.cached(market.supports)(ctx).filter(pl.col("provider") == card.name)
if funds.height:
    ui.section("Fonds en euros et supports de ce distributeur")
    ui.table(
        ctx,
        funds,
        [
            ui.Column("label", "Support", width=240),
            ui.Column("kind", "Famille", labels=market.INSTRUMENT_KINDS),
            ui.Column("sri", "SRI", "integer"),
        ],
        key=f"funds_{card.id}",
        open="/support?support={id}",
        tools=False,
        noun="supports",
    )

ui.section("Documents", "conventions, barèmes, imprimés")
owners = {("provider", card.id): card.name}
if "custodian" in card.roles:
    owners |= {("custodian", card.id): f"{card.name} (dépositaire)"}
documents_view.shelf(ctx, f"provider_papers_{card.id}", owners=owners)
