"""How one account is shown: what it is, who holds it, the history of its situations."""

from typing import Final

import polars as pl
import streamlit as st

from o2s_core import portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.portfolio import MANAGEMENT_MODES, AccountCard, SituationView
from o2s_core.ui.columns import Column
from o2s_core.ui.dialogs import dialog
from o2s_core.ui.figures import badges, empty, facts, section
from o2s_core.ui.navigation import go, link
from o2s_core.ui.session import context
from o2s_core.ui.tables import Action, table

STATES: Final = {"active": "en vigueur", "superseded": "remplacée", "cancelled": "annulée"}
TONES: Final = {"active": "good", "superseded": "quiet", "cancelled": "bad"}
SOURCES: Final = {"partner": "partenaire", "manual": "déclaratif", "takeover": "reprise"}
CHANGES: Final = {"added": "ajoutée", "removed": "retirée", "changed": "modifiée"}
SITUATIONS: Final = [
    Column("as_of", "Situation du", "day"),
    Column("revision", "Version", "integer"),
    Column("state", "État", "badge", labels=STATES, tones=TONES),
    Column("source", "Origine", labels=SOURCES),
    Column("lines", "Lignes", "integer"),
    Column("value", "Valeur", "number", missing="n.c."),
    Column("currency", "Devise"),
    Column("received_at", "Reçue le", "instant"),
    Column("late", "Tardive", "yes_no"),
    Column("note", "Commentaire", hidden=True),
]
LINES: Final = [
    Column("label", "Support", sub="isin", width=200),
    Column("quantity", "Quantité", "quantity"),
    Column("unit_cost", "PRU", "number", decimals=4, missing="n.c."),
    Column("price", "Cours", "number", decimals=4),
    Column("price_on", "Au", "day"),
    Column("value", "Valeur", "number"),
    Column("currency", "Devise"),
]
DIFFERENCES: Final = [
    Column("label", "Support", width=200),
    Column("change", "Ligne", labels=CHANGES),
    Column("quantity", "Quantité avant", "quantity"),
    Column("quantity_after", "après", "quantity"),
    Column("value", "Valeur avant", "number"),
    Column("value_after", "après", "number"),
]
HOLDERS: Final = [
    Column("name", "Titulaire", link="/portefeuille-synthese?contact={file_code}", width=180),
    Column("role", "Qualité", labels=portfolio.ROLES),
    Column("right", "Droit", labels=portfolio.RIGHTS),
    Column("share", "Part", "percent", decimals=1),
    Column("where", "Dossier", missing=""),
]
SEE: Final = Action("see", "Voir la situation", "visibility")


def account_head(card: AccountCard) -> None:
    """Show what the account is, and where it stands."""
    section(card.label, f"{card.envelope_label} · {card.provider} · n° {card.number}")
    badges(
        [
            ("Alimenté par le partenaire" if card.aggregated else "Saisi à la main", "info"),
            (MANAGEMENT_MODES.get(card.management, card.management), ""),
            *([] if card.managed else [("Hors gestion", "quiet")]),  # type: ignore[list-item]
            *([(f"Clos le {french.day(card.closed_on)}", "quiet")] if card.closed_on else []),  # type: ignore[list-item]
        ]
    )


def holder_links(card: AccountCard) -> None:
    """Offer the way to the file of each holder; outside the perimeter there is a name only."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for holder in card.holders:
            if holder.file_code is None:
                st.caption(f"{holder.name} (hors périmètre)")
            elif st.button(
                holder.name,
                key=f"holder_{card.id}_{holder.contact_id}_{holder.right}",
                icon=":material/person:",
                type="tertiary",
            ):
                go(link("portefeuille-synthese", contact=holder.file_code))


def holders(ctx: Context, card: AccountCard) -> None:
    """Show who holds the account; outside the perimeter there is a name only."""
    rows = [
        {
            "name": h.name,
            "file_code": h.file_code,
            "role": h.role,
            "right": h.right,
            "share": float(h.share),
            "where": h.file_code or "hors périmètre",
        }
        for h in card.holders
    ]
    table(ctx, pl.DataFrame(rows), HOLDERS, key=f"holders_{card.id}", id="name", tools=False)
    facts(
        [
            ("Produit", card.product),
            ("Devise", card.currency),
            ("Date d'effet", french.day(card.opened_on)),
            ("Commentaire", card.comment),
        ]
    )


def situation_history(ctx: Context, card: AccountCard) -> None:
    """Show every situation of the account; a button opens one with what it changed."""
    rows = portfolio.situations(ctx, card.id)
    answer = table(
        ctx,
        rows,
        SITUATIONS,
        key=f"situations_{card.id}",
        id="situation_id",
        noun="situations",
        actions=[SEE],
        empty="Aucune situation : saisissez-en une, ou importez le fichier du partenaire.",
    )
    if answer.action:
        situation_window(int(answer.row))


@dialog("Situation", width="large")
def situation_window(situation_id: int) -> None:
    """Show the lines of a situation, and what it changed."""
    ctx = context()
    view = portfolio.situation(ctx, situation_id)
    section(f"Situation du {french.day(view.as_of)}", f"version {view.revision}")
    badges([(STATES[view.state], TONES[view.state]), (SOURCES[view.source], "")])  # type: ignore[list-item]
    table(ctx, view.lines, LINES, key=f"lines_of_{view.id}", id="line_id", tools=False)
    _changes(ctx, view)


def _changes(ctx: Context, view: SituationView) -> None:
    if view.previous_on is None:
        empty("Première situation connue de ce compte.")
        return
    section("Ce qui a changé", f"par rapport à celle du {french.day(view.previous_on)}")
    table(
        ctx,
        view.changes,
        DIFFERENCES,
        key=f"changes_{view.id}",
        id="label",
        tools=False,
        empty="Aucune différence de quantité ni de valeur.",
    )
