"""The brief of an appointment on screen: figures, what to settle, what is held, what happened."""

from dataclasses import asdict
from datetime import date

import polars as pl
import streamlit as st

from o2s_core import steering
from o2s_core.contacts import Scope
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.steering import MeetingBrief
from o2s_core.ui.cache import cached
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import empty, figures, section
from o2s_core.ui.file_offer import offer_file
from o2s_core.ui.movements_view import movement_table
from o2s_core.ui.opened_file import OpenedFile
from o2s_core.ui.tables import table

ACCOUNTS = (
    Column("account", "Compte", sub="provider", width=190, link="/compte?compte={account_id}"),
    Column("value_eur", "Valeur", "eur", width=120),
    Column("weight", "Part", "percent", width=70, wide=True),
    Column("oldest_data_on", "Données au", "day", width=100),
)
EXCHANGES = (
    Column("day", "Date", "day", width=100),
    Column("what", "Quoi", width=200),
    Column("detail", "Détail", width=240),
)


def since(ctx: Context, scope: Scope, *, key: str) -> date:
    """Ask since when to tell: by default the last message sent, else a year ago."""
    usual = cached(steering.usual_start)(ctx, scope)
    chosen: date | None = st.date_input(
        "Depuis le", value=usual, max_value=ctx.today, format="DD/MM/YYYY", width=170,
        key=f"since_{key}",
    )  # fmt: skip
    return chosen or usual


def leave(ctx: Context, scope: Scope, start: date, *, key: str) -> None:
    """Offer the sheet as a PDF, to who may export a portfolio."""
    if not ctx.may(Permission.PORTFOLIO_EXPORT):
        return
    name = f"rendez-vous-{ctx.today:%Y-%m-%d}.pdf"
    offer_file(ctx, "Fiche PDF", name, lambda: steering.meeting_pdf(ctx, scope, start),
               key=f"meeting_pdf_{key}")  # fmt: skip


def figures_row(brief: MeetingBrief) -> None:
    """Show the figures that open the printed sheet."""
    figures([(f["label"], f["value"], f["note"]) for f in steering.figures_of(brief)])


def to_settle(ctx: Context, brief: MeetingBrief, opened: OpenedFile, *, key: str) -> None:
    """List what to settle; a click opens the page of the file where one does it."""
    section("À voir ensemble", french.count(len(brief.points), "point"))
    if not brief.points:
        empty("Rien à signaler : dossier complet, documents valables, valeurs à jour.")
        return
    _, _, query = opened.link("").partition("?")
    columns = (
        Column("kind", "Sujet", width=110, wide=True),
        Column("said", "À voir", sub="detail", width=240, link=f"/{{url}}?{query}"),
    )
    rows = pl.DataFrame([asdict(point) for point in brief.points]).with_row_index("n")
    table(ctx, rows, columns, key=f"meeting_points_{key}", id="n", tools=False, noun="points")


def accounts(ctx: Context, brief: MeetingBrief, *, key: str) -> None:
    """Show what is held, account by account."""
    section("Comptes", f"au {french.day(brief.held.on)}")
    table(ctx, brief.held.accounts, ACCOUNTS, key=f"meeting_accounts_{key}", id="account_id",
          tools=False, noun="comptes")  # fmt: skip


def movements(ctx: Context, brief: MeetingBrief, *, key: str) -> None:
    """Show what moved since, to who may read movements."""
    if brief.movements is None:
        return
    section("Mouvements", f"depuis le {french.day(brief.since)}")
    movement_table(ctx, brief.movements, key=f"meeting_movements_{key}", one_account=False)


def exchanges(ctx: Context, brief: MeetingBrief, *, key: str) -> None:
    """Show what was sent and what changed in the file since."""
    section("Échanges et dossier", f"depuis le {french.day(brief.since)}")
    if brief.exchanges.is_empty():
        empty("Aucun message envoyé ni changement du dossier depuis ce jour.")
        return
    rows = brief.exchanges.with_row_index("n")
    table(ctx, rows, EXCHANGES, key=f"meeting_exchanges_{key}", id="n", tools=False,
          noun="échanges")  # fmt: skip
