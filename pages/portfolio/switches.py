"""Outils › Arbitrages: which accounts drifted from their model, and the proposals to review."""

import streamlit as st

from o2s_core import portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.switch_windows import propose_all

ctx = ui.page("Arbitrages", needs=Permission.PORTFOLIO_READ)

STATE_TONES = {"draft": "", "to_review": "warn", "kept": "good", "dismissed": "quiet"}
VIEWS = {"accounts": "Comptes suivis", "proposals": "Propositions"}
FOLLOWERS = [
    ui.Column("account", "Compte", width=170, sub="number",
              link="/compte?compte={account_id}"),
    ui.Column("holders", "Titulaires", width=170, wide=True),
    ui.Column("model", "Modèle", width=90),
    ui.Column("provider", "Partenaire", wide=True),
    ui.Column("value_eur", "Valeur", "eur", total=True, wide=True),
    ui.Column("drift", "À arbitrer", "percent", decimals=1, missing="n.c.",
              help="Part du compte à déplacer pour revenir au modèle"),
    ui.Column("widest", "Plus grand écart", "percent", decimals=1, missing="n.c.", wide=True),
    ui.Column("outside", "Lignes hors bornes", "integer", missing="n.c."),
]  # fmt: skip
PROPOSALS = [
    ui.Column("account", "Compte", width=170, sub="number"),
    ui.Column("holders", "Titulaires", width=170),
    ui.Column("model", "Modèle", width=110),
    ui.Column("state", "État", "badge", labels=portfolio.PROPOSAL_STATES, tones=STATE_TONES),
    ui.Column("made_on", "Calculée le", "day"),
    ui.Column("orders", "Mouvements", "integer", wide=True),
    ui.Column("moved_eur", "Vendu", "eur", total=True),
    ui.Column("fees_eur", "Frais", "eur", missing="n.c.", wide=True),
    ui.Column("tax_eur", "Impôt estimé", "eur", missing="n.c.", wide=True),
]

followers = ui.cached(portfolio.model_followers)(ctx)
proposals = ui.cached(portfolio.switch_proposals)(ctx)
ui.figures(
    [
        ("Comptes suivis", ui.number(followers.height, 0), "dans votre périmètre"),
        ("Hors bornes", ui.number(followers.filter(followers["outside"] > 0).height, 0),
         "au moins une ligne"),
        ("À revoir", ui.number(proposals.filter(proposals["state"] == "to_review").height, 0),
         "à décider"),
        ("Brouillons", ui.number(proposals.filter(proposals["state"] == "draft").height, 0),
         "à terminer"),
    ]
)  # fmt: skip
with st.container(horizontal=True, vertical_alignment="center"):
    view = st.segmented_control(
        "Afficher", list(VIEWS), required=True, format_func=VIEWS.__getitem__,
        default=st.session_state.pop("switches_view", "accounts"), key=None,
        label_visibility="collapsed",
    )  # fmt: skip
    st.space("stretch")
    place = st.empty()

if view == "proposals":
    ui.table(
        ctx, proposals, PROPOSALS, key="switches_proposals",
        open="/proposition?proposition={id}", noun="propositions", page_size=20,
        export="propositions-arbitrage", export_needs=Permission.PORTFOLIO_EXPORT,
        empty="Aucune proposition : cochez des comptes suivis, puis « Proposer ».",
    )  # fmt: skip
else:
    answer = ui.table(
        ctx, followers, FOLLOWERS, key="switches_followers", id="account_id", noun="comptes",
        select=ctx.may(Permission.SWITCH_PROPOSE), page_size=20, export="comptes-suivis",
        export_needs=Permission.PORTFOLIO_EXPORT,
        empty="Aucun compte de votre périmètre ne suit de modèle : affectez-en un depuis la page "
        "Arbitrage d'un dossier.",
    )  # fmt: skip
    if ctx.may(Permission.SWITCH_PROPOSE) and place.button(
        f"Proposer ({len(answer.selected)})", type="primary", icon=":material/balance:",
        disabled=not answer.selected,
    ):  # fmt: skip
        propose_all([int(id_) for id_ in answer.selected])
