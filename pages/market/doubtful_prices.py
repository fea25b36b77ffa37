"""Services › Cours › À confirmer: fund prices too far from the one before."""

import streamlit as st

from o2s_core import market, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.price_windows import decide_price

ctx = ui.page("Cours à confirmer", needs=Permission.MARKET_READ)
found = ui.cached(market.doubtful_prices)(ctx)
sources = market.price_sources(ctx, found["source"].unique().to_list())

WAITING = [
    ui.Column("label", "Support", width=220, sub="isin", link="/support?support={instrument_id}"),
    ui.Column("kind", "Famille", labels=market.INSTRUMENT_KINDS, wide=True),
    ui.Column("day", "Cours du", "day"),
    ui.Column("value", "Cours reçu", "number", decimals=4),
    ui.Column("currency", "Devise"),
    ui.Column("change", "Écart", "percent", signed=True),
    ui.Column("previous_value", "Cours précédent", "number", decimals=4),
    ui.Column("previous_on", "Du", "day", wide=True),
    ui.Column("source", "Source", labels=sources, width=160, wide=True),
]

pressed = ui.table(
    ctx,
    found,
    WAITING,
    key="doubtful_prices",
    noun="cours",
    actions=[ui.Action("accept", "Accepter", "check"), ui.Action("refuse", "Refuser", "close")]
    if ctx.may(Permission.PRICE_WRITE)
    else (),
    export="cours-a-confirmer",
    export_needs=Permission.MARKET_EXPORT,
    empty="Aucun cours à confirmer.",
)
ui.note(
    "Un fonds dont le cours s'écarte de plus de 15 % du précédent attend ici : en attendant, le "
    "dernier cours sûr compte. Votre décision est retenue si le même cours revient."
)
if pressed.action in {"accept", "refuse"}:
    decide_price(int(pressed.row), accept=pressed.action == "accept")
if not found.is_empty() and not ctx.may(Permission.PRICE_WRITE):
    st.caption("Seul un profil qui peut saisir des cours peut décider.")
