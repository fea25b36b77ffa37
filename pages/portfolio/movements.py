"""Contacts › Portefeuille › Mouvements: what happened on their contracts."""

import polars as pl
import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.movement_windows import offer_movement
from o2s_core.ui.movements_view import movement_filter, movement_table
from o2s_core.ui.opened_file import chosen_scope, opened_file

ctx = ui.page("Mouvements", needs=Permission.MOVEMENT_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)

with st.container(horizontal=True, vertical_alignment="center", key="o2s_scope_row"):
    scope = chosen_scope(ctx, opened)
    st.space("stretch")
    own = st.container(width="content")
key = f"movements_{scope.kind}_{scope.id}"
accounts = ui.cached(portfolio.accounts)(ctx, scope)
with own:
    by_hand = accounts.filter(~pl.col("aggregated"), pl.col("closed_on").is_null())
    named = by_hand.select("account_id", pl.format("{} · n° {}", "label", "number"))
    offer_movement(ctx, dict(named.iter_rows()), key=key)
wanted = movement_filter(dict(accounts.select("account_id", "label").iter_rows()), key=key)
rows = ui.cached(portfolio.movements)(ctx, scope, wanted)
movement_table(ctx, rows, key=key, one_account=False)
ui.note("Les montants et les soldes sont ceux du compte entier, quels que soient ses titulaires.")
