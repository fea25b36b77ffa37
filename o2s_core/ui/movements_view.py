"""How movements are listed: a ledger with its filters, running balances, the origin of each."""

from typing import Any, Final

import polars as pl
import streamlit as st

from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import MOVEMENT_KINDS, MovementFilter
from o2s_core.ui.columns import Column
from o2s_core.ui.movement_windows import AMEND, amend_movement
from o2s_core.ui.origins import show_movement_origin
from o2s_core.ui.tables import Action, table

STATES: Final = {
    "posted": "", "cancelled_by_partner": "annulé par le partenaire",
    "cancelled": "annulé au cabinet",
}  # fmt: skip
LEDGER: Final = [
    Column("trade_on", "Date", "day", sub="marker"),
    Column("kind", "Mouvement", labels=MOVEMENT_KINDS),
    Column("label", "Support ou libellé", sub="isin", width=120),
    Column("account", "Compte", sub="number", link="/compte?compte={account_id}", wide=True),
    Column("quantity", "Quantité", "quantity", signed=True, wide=True),
    Column("price", "Cours", "number", decimals=4, wide=True),
    Column("fees", "Frais", "number", wide=True),
    Column("taxes", "Taxes", "number", wide=True),
    Column("net", "Montant net", "number", signed=True),
    Column("currency", "Devise", wide=True),
    Column("value_on", "Date de valeur", "day", hidden=True),
    Column("gross", "Montant brut", "number", signed=True, hidden=True),
    Column("held", "Quantité après", "quantity", hidden=True),
    Column("cash", "Espèces après", "number", hidden=True),
    Column("state", "État", labels=STATES, hidden=True),
]
ORIGIN: Final = Action("origin", "Origine du chiffre", "fact_check")


def movement_filter(accounts: dict[int, str], *, key: str) -> MovementFilter:
    """Ask which movements to show: accounts, kinds, days."""
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"o2s_filter_{key}"):
        chosen = (
            st.multiselect(
                "Comptes", list(accounts), format_func=accounts.__getitem__,
                placeholder="Tous les comptes", key=f"accounts_{key}",
            )
            if len(accounts) > 1
            else []
        )  # fmt: skip
        kinds = st.multiselect(
            "Mouvements", list(MOVEMENT_KINDS), format_func=MOVEMENT_KINDS.__getitem__,
            placeholder="Tous", key=f"kinds_{key}",
        )  # fmt: skip
        start = st.date_input("Du", value=None, format="DD/MM/YYYY", key=f"start_{key}", width=150)
        end = st.date_input("Au", value=None, format="DD/MM/YYYY", key=f"end_{key}", width=150)
        withdrawn = st.toggle("Annulés compris", key=f"withdrawn_{key}")
    return MovementFilter(start, end, frozenset(kinds), frozenset(chosen), withdrawn=withdrawn)


def movement_table(ctx: Context, rows: pl.DataFrame, *, key: str, one_account: bool) -> None:
    """Show movements, latest first; those after the situation are marked."""
    shown = rows.reverse().with_columns(marker=_marker())
    columns = [c for c in LEDGER if not (one_account and c.name == "account")]
    answer = table(
        ctx,
        shown,
        columns,
        key=key,
        id="movement_id",
        noun="mouvements",
        actions=_actions(ctx, rows),
        export="mouvements",
        export_needs=Permission.PORTFOLIO_EXPORT,
        empty="Aucun mouvement ne correspond.",
    )
    if answer.action == "origin":
        show_movement_origin(_row(rows, int(answer.row)))
    if answer.action == "amend":
        amend_movement(int(answer.row))


def _marker() -> pl.Expr:
    """Say what is not ordinary in a movement: typed, taken back, later than the situation."""
    typed = (pl.col("source") == "manual") & (pl.col("kind") != "corporate_action")
    return (
        pl.when(pl.col("reverses_id").is_not_null()).then(pl.lit("contrepassation"))
        .when(pl.col("state") == "cancelled").then(pl.lit("annulé"))
        .when("after_situation").then(pl.lit("postérieur à la situation"))
        .when(typed).then(pl.lit("saisi à la main"))
        .otherwise(pl.lit(""))
    )  # fmt: skip


def _actions(ctx: Context, rows: pl.DataFrame) -> list[Action]:
    """Return what may be done with a movement: a correction only where some were typed."""
    typed = not rows.filter(source="manual").is_empty()
    return [ORIGIN, AMEND] if typed and ctx.may(Permission.MOVEMENT_WRITE) else [ORIGIN]


def _row(rows: pl.DataFrame, movement_id: int) -> dict[str, Any]:
    return rows.filter(pl.col("movement_id") == movement_id).row(0, named=True)
