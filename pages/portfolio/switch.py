"""Contacts › Portefeuille › Arbitrage: the model of each account, and what was proposed."""

import polars as pl
import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.opened_file import chosen_scope, opened_file
from o2s_core.ui.switch_windows import follow, propose, switchable

ctx = ui.page("Arbitrage", needs=Permission.PORTFOLIO_READ)
opened = opened_file(ctx)
ui.file_header(ctx, opened.file)
scope = chosen_scope(ctx, opened)
may_propose = ctx.may(Permission.SWITCH_PROPOSE)

STATE_TONES = {"draft": "", "to_review": "warn", "kept": "good", "dismissed": "quiet"}
ACCOUNTS = [
    ui.Column("label", "Compte", width=190, sub="number"),
    ui.Column("envelope_label", "Enveloppe", wide=True),
    ui.Column("provider", "Partenaire", wide=True),
    ui.Column("model", "Modèle suivi", missing="aucun", width=130),
    ui.Column("drift", "À arbitrer", "percent", decimals=1, missing="—",
              help="Part du compte à déplacer pour revenir au modèle"),
    ui.Column("widest", "Plus grand écart", "percent", decimals=1, missing="—", wide=True),
    ui.Column("outside", "Lignes hors bornes", "integer", missing="—"),
]  # fmt: skip
PROPOSALS = [
    ui.Column("account", "Compte", width=180, sub="number"),
    ui.Column("model", "Modèle", width=120),
    ui.Column("state", "État", "badge", labels=portfolio.PROPOSAL_STATES, tones=STATE_TONES),
    ui.Column("made_on", "Calculée le", "day"),
    ui.Column("orders", "Mouvements", "integer", wide=True),
    ui.Column("moved_eur", "Vendu", "eur"),
    ui.Column("tax_eur", "Impôt estimé", "eur", missing="n.c.", wide=True),
]

rows = switchable(portfolio.accounts(ctx, scope))
if rows.is_empty():
    ui.empty(
        f"Aucun compte de {scope.name} ne s'arbitre.",
        "Un arbitrage se propose sur une assurance-vie, un PER, un PEA ou un compte-titres.",
    )
    st.stop()
followed = ui.cached(portfolio.model_followers)(ctx).select(
    "account_id", "model", "drift", "widest", "outside"
)
ui.section("Comptes", "choisissez un compte pour le comparer à son modèle")
answer = ui.table(
    ctx,
    rows.join(followed, on="account_id", how="left", maintain_order="left"),
    ACCOUNTS,
    key=f"switch_accounts_{scope.kind}_{scope.id}",
    id="account_id",
    noun="comptes",
    actions=[
        ui.Action("propose", "Proposer un arbitrage", "balance"),
        ui.Action("follow", "Modèle suivi", "bookmark"),
    ]
    if may_propose
    else (),
)
if answer.action == "propose":
    propose(int(answer.row))
elif answer.action == "follow":
    follow(int(answer.row))

ui.section("Propositions", "un brouillon n'engage rien : il se revoit, se retient ou s'écarte")
ids = tuple(rows["account_id"].cast(pl.Int64).to_list())
ui.table(
    ctx,
    ui.cached(portfolio.switch_proposals)(ctx, ids),
    PROPOSALS,
    key=f"switch_proposals_{scope.kind}_{scope.id}",
    open="/proposition?proposition={id}",
    noun="propositions",
    empty="Aucune proposition : choisissez un compte ci-dessus, puis « Proposer un arbitrage ».",
)
