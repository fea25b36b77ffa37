"""The fourth step of a takeover: what it adds and changes, client by client."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import aggregation
from o2s_core.aggregation import TakeoverCard
from o2s_core.aggregation.takeover.kinds import VERDICTS
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.ui import boundary
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import empty, figures, note, section
from o2s_core.ui.navigation import go, link
from o2s_core.ui.tables import Action, table
from o2s_core.ui.takeover_rehearsal import ROWS, TONES

CLIENTS: Final = [
    Column("name", "Client", sub="client", width=200),
    Column("verdict", "Verdict", "badge", labels=VERDICTS, tones=TONES, hint="reason"),
    Column("fields", "Champs modifiés", "integer", total=True, wide=True),
    Column("accounts_new", "Comptes créés", "integer", wide=True),
    Column("accounts_changed", "Comptes modifiés", "integer", hidden=True),
    Column("movements", "Mouvements", "integer", wide=True),
    Column("situations", "Situations", "integer", hidden=True),
    Column("documents", "Documents", "integer", total=True, wide=True),
    Column("amount", "Encours repris", "eur", missing="n.c."),
    Column("announced", "Encours annoncé", "eur", missing="n.c.", wide=True),
    Column("gap", "Écart", "eur", missing="n.c.", signed=True, wide=True),
    Column("reason", "Motif", hidden=True),
]
CHANGES: Final = [
    Column("what", "Quoi"),
    Column("field", "Champ"),
    Column("before", "Avant", width=180),
    Column("after", "Après", width=180),
]
NOTE: Final = (
    "Encours repris : lignes de la dernière situation de chaque compte, à hauteur de la part du "
    "client (l'usufruit compte pour le tout). n.c. quand une ligne n'est pas valorisée en euros. "
    "Un compte joint figure chez chacun de ses titulaires."
)


def show(ctx: Context, card: TakeoverCard) -> None:
    """Show the report of the last rehearsal, searchable, down to one client."""
    report = aggregation.takeover_report(ctx, card.id)
    if report is None:
        empty("Pas de rapport.", "Il est celui de la répétition : répétez la reprise à l'étape 3.")
        return
    clients = report.clients
    gaps = clients.filter(pl.col("gap").abs() > 1).height
    figures(
        [
            ("Clients", french.number(clients.height, 0)),
            *((VERDICTS[v], french.number(clients.filter(pl.col("verdict") == v).height, 0))
              for v in ("new", "updated", "unchanged", "conflict", "error")),
            ("Écarts d'encours", french.number(gaps, 0), "de plus de 1 €"),
        ]
    )  # fmt: skip
    section("Par client", f"répétition du {_when(card)}")
    pressed = table(
        ctx,
        clients,
        CLIENTS,
        key=f"clients_{card.id}",
        id="client",
        noun="clients",
        page_size=20,
        actions=[Action("open", "Avant et après", "compare_arrows")],
    )
    if pressed.action == "open":
        st.session_state[f"client_{card.id}"] = pressed.row
    note(NOTE)
    if client := st.session_state.get(f"client_{card.id}"):
        _one(ctx, card, report, client)
    _leave(ctx, card)


def _when(card: TakeoverCard) -> str:
    return f"{card.rehearsed_at:%d/%m/%Y}" if card.rehearsed_at else ""


def _one(ctx: Context, card: TakeoverCard, report: aggregation.TakeoverReport, client: str) -> None:
    """Show one client: what changes, and every row that speaks of them."""
    section(f"Dossier {client}", "avant et après")
    own = pl.col("client") == client
    table(
        ctx,
        report.changes.filter(own).with_row_index("id"),
        CHANGES,
        key=f"changes_{card.id}_{client}",
        noun="champs",
        tools=False,
        empty="Aucun champ d'un dossier existant ne change.",
    )
    table(
        ctx,
        report.rows.filter(own).head(500).with_row_index("id"),
        ROWS,
        key=f"told_{card.id}_{client}",
        noun="lignes",
        page_size=20,
    )


def _leave(ctx: Context, card: TakeoverCard) -> None:
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Rapport Excel", icon=":material/download:"):
            with boundary.errors():
                ticket = aggregation.takeover_workbook_ticket(ctx, card.id)
                st.link_button("Télécharger (une fois, 1 minute)", f"/dl/{ticket}")
        if st.button("Reprendre", icon=":material/arrow_forward:"):
            go(link("reprise", reprise=card.id, etape=5))
