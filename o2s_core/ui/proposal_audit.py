"""How the audit of a proposal is shown: verdicts that change, key figures, risk indicators."""

from typing import Final

import streamlit as st

from o2s_core import charts, portfolio
from o2s_core.kernel import french
from o2s_core.kernel.context import Context
from o2s_core.kernel.permissions import Permission
from o2s_core.portfolio import ProposalAudit, ProposalCard
from o2s_core.ui.cache import cached
from o2s_core.ui.chart import chart
from o2s_core.ui.columns import Column
from o2s_core.ui.figures import empty, note, section
from o2s_core.ui.look import current as theme
from o2s_core.ui.tables import table

TONES: Final = {"À examiner": "warn", "Conforme": "good", "Non évaluée": "quiet"}
RULES: Final = [
    Column("title", "Règle", sub="family"),
    Column("severity", "Gravité", wide=True),
    Column("before", "Avant", "badge", tones=TONES, hint="said_before"),
    Column("after", "Après", "badge", tones=TONES, hint="said_after"),
    Column("said_before", "Constat avant", width=150, wide=True),
    Column("said_after", "Constat après", width=150, wide=True),
]
FIGURES: Final = [
    Column("label", "Chiffre clé"),
    Column("before", "Avant"),
    Column("after", "Après"),
]
RISKS: Final = [
    Column("label", "Indicateur"),
    Column("before", "Avant", "percent", decimals=1),
    Column("after", "Après", "percent", decimals=1),
]


def proposed_audit(ctx: Context, card: ProposalCard) -> None:
    """Show what a proposal changes in the audit of its account."""
    if not ctx.may(Permission.MARKET_READ):
        return
    found = cached(portfolio.proposal_audit)(ctx, card.id)
    key = f"{card.id}_{card.version}"
    looked_at = french.count(found.before, "règle à examiner", "règles à examiner")
    section("Audit du compte", f"{looked_at} avant, {found.after} après")
    _rules(ctx, found, key)
    left, right = st.columns(2, gap="large")
    with left:
        table(ctx, found.figures, FIGURES, key=f"proposal_figures_{key}", id="label", tools=False)
    with right:
        _risks(ctx, found, key)
    note(
        "Mêmes règles et mêmes seuils que la page Audit, sur ce compte seul ; les règles de "
        "qualité des données n'y sont pas, ni celles qui demandent un historique."
    )


def _rules(ctx: Context, found: ProposalAudit, key: str) -> None:
    if found.rules.is_empty():
        empty("Aucune règle de l'audit ne change de verdict.")
        return
    table(
        ctx, found.rules, RULES, key=f"proposal_rules_{key}", id="code", noun="règles", tools=False
    )


def _risks(ctx: Context, found: ProposalAudit, key: str) -> None:
    if found.risks.is_empty():
        return
    drawn = charts.before_after(found.risks, "label", "before", "after", theme=theme())
    chart(
        ctx, drawn, found.risks, RISKS, key=f"proposal_risks_{key}",
        alt="Part du compte par indicateur de risque avant et après l'arbitrage.",
    )  # fmt: skip
