"""Contacts › Portefeuille › Comptes: which contracts they have, and what can be done to them."""

import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui import account_windows
from o2s_core.ui.accounts_view import account_table
from o2s_core.ui.opened_file import chosen_scope, opened_file

ctx = ui.page("Comptes", needs=Permission.PORTFOLIO_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)

with st.container(horizontal=True, vertical_alignment="center", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
    st.space("stretch")
    if ctx.may(Permission.ACCOUNT_WRITE) and st.button(
        "Ajouter un compte", icon=":material/add:", type="primary"
    ):
        account_windows.new_account(opened.contact_ids)

held = ui.cached(portfolio.holdings)(ctx, scope)
accounts = ui.cached(portfolio.accounts)(ctx, scope)
ui.figures(
    [
        ("Comptes", ui.number(accounts.height, 0), scope.name),
        (
            f"Valeur au {ui.day(held.on)}",
            ui.eur(held.total_eur),
            ui.count(held.lines.height, "ligne"),
        ),
        (
            "+/- value latente",
            ui.eur(held.gain_eur, signed=True),
            ui.percent(held.gain_ratio, signed=True),
        ),
    ]
)
answer = account_table(ctx, accounts, held, key=f"accounts_{scope.kind}_{scope.id}")
windows = {
    "situation": lambda id_: ui.go(ui.link("situation", compte=id_)),
    "edit": account_windows.edit_account,
    "reassign": account_windows.reassign_account,
    "delete": account_windows.delete_account,
}
if answer.action:
    windows[answer.action](int(answer.row))
