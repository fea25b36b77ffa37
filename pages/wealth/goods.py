"""Contacts › Patrimoine › Actifs / Passifs: each good and each debt, and what can be done."""

import streamlit as st

from o2s_core import ui, wealth
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import wealth_view, wealth_windows
from o2s_core.ui.opened_file import opened_file

ctx = ui.page("Actifs / Passifs", needs=Permission.WEALTH_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)
SOLD = [
    ui.Column("label", "Bien vendu", width=220),
    ui.Column("sold_on", "Vendu le", "day"),
    ui.Column("proceeds", "Prix net", "number"),
    ui.Column("currency", "Devise"),
]
scope, found = wealth_view.asked_balance(ctx, opened)
key = f"goods_{scope.kind}_{scope.id}"

wealth_view.balance_figures(found)
with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Actif", "les comptes viennent de Portefeuille")
    st.space("stretch")
    if ctx.may(Permission.WEALTH_WRITE) and st.button(
        "Ajouter un bien ou une dette", icon=":material/add:", type="primary"
    ):
        wealth_windows.new_asset(opened.contact_ids)
wealth_view.balance_rows(ctx, found, "asset", opened, key=f"{key}_assets")
ui.section("Passif", "le capital restant dû des prêts vient de leur échéancier")
wealth_view.balance_rows(ctx, found, "debt", opened, key=f"{key}_debts")
sold = ui.cached(wealth.sold_assets)(ctx, scope)
if not sold.is_empty():
    ui.section("Biens vendus")
    ui.table(ctx, sold, SOLD, key=f"{key}_sold", noun="biens vendus", tools=False)

asked = st.query_params.get("bien", "")
if asked.isdecimal():
    del st.query_params["bien"]
    wealth_windows.asset_window(int(asked))
