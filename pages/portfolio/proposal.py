"""Outils › Proposition d'arbitrage: what is sold and bought, what it costs, what it changes."""

import polars as pl
import streamlit as st

from o2s_core import charts, market, portfolio, ui
from o2s_core.kernel.errors import NotFoundError
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.figures import Tone
from o2s_core.ui.proposal_audit import proposed_audit
from o2s_core.ui.switch_windows import dismiss, recalculate

ctx = ui.page("Proposition d'arbitrage", needs=Permission.PORTFOLIO_READ)
number = st.query_params.get("proposition", "")
if not number.isdecimal():
    raise NotFoundError("Proposition", number or "aucun numéro dans l'adresse")
card = portfolio.switch_proposal(ctx, int(number))

TONES: dict[str, Tone] = {
    "draft": "info",
    "to_review": "warn",
    "kept": "good",
    "dismissed": "quiet",
}
NEXT = {"to_review": "À revoir", "kept": "Retenir"}
LINES = [
    ui.Column("label", "Support", width=210, sub="isin"),
    ui.Column("before_eur", "Avant", "eur", total=True, wide=True),
    ui.Column("weight_before", "Poids", "percent", decimals=1, wide=True),
    ui.Column("target", "Modèle", "percent", decimals=1, missing="—", wide=True),
    ui.Column("drift", "Écart", "percent", decimals=1, signed=True, missing="—", wide=True),
    ui.Column("sell_eur", "À vendre", "eur", total=True),
    ui.Column("buy_eur", "À acheter", "eur", total=True),
    ui.Column("share", "Part des achats %", "number", wide=True),
    ui.Column("after_eur", "Après", "eur", total=True, wide=True),
    ui.Column("weight_after", "Poids après", "percent", decimals=1),
    ui.Column("missing_eur", "Non placé", "eur", signed=True, wide=True),
    ui.Column("note", "Remarque", width=240, wide=True),
]
CLASSES = [
    ui.Column("label", "Classe d'actifs"),
    ui.Column("weight_before", "Avant", "percent", decimals=1),
    ui.Column("weight_after", "Après", "percent", decimals=1),
]

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section(f"{card.holders} · {card.account.label}", card.account.number)
    ui.badges([(portfolio.PROPOSAL_STATES[card.state], TONES[card.state])])
    st.space("stretch")
    if ctx.may(Permission.SWITCH_PROPOSE):
        for state in portfolio.NEXT_STATES[card.state]:
            if state == "dismissed":
                if st.button("Écarter"):
                    dismiss(card.id)
            elif st.button(NEXT[state], type="primary" if state == "kept" else "secondary",
                           disabled=state == "kept" and bool(card.stale)):  # fmt: skip
                portfolio.decide_switch(ctx, card.id, state, card.version)
                ui.flash("Proposition enregistrée.")
                st.rerun()
        if card.state == "draft" and st.button("Supprimer"):
            portfolio.drop_switch_draft(ctx, card.id)
            ui.flash("Brouillon supprimé.")
            ui.go(ui.link("arbitrages"))
        if card.state != "kept" and st.button("Recalculer", icon=":material/refresh:"):
            recalculate(ctx, card.id)
ui.note(
    f"Vers « {card.model} » · calculée le {ui.day(card.made_on)} · bornes du modèle, sinon "
    f"{ui.percent(card.terms.band, 1)} de tolérance · "
    "proposition à revoir : aucun ordre n'est transmis."
)
if card.stale and card.state in {"draft", "to_review"}:
    st.warning(card.stale, icon=":material/history:")
if card.reason:
    st.info(f"Motif : {card.reason}", icon=":material/comment:")

fees = [fee for fee in (card.switch_fee_eur, card.entry_fee_eur) if fee is not None]
ui.figures(
    [
        ("Valeur arbitrée", ui.eur(card.total_eur), card.account.provider),
        ("À vendre", ui.eur(card.sold_eur), ui.percent(card.sold_share, 1) + " du compte"),
        ("À acheter", ui.eur(card.bought_eur), "frais d'arbitrage déduits"),
        ("Frais", ui.eur(card.fees_eur) if fees else "n.c.",
         "arbitrage et entrée" if fees else "taux non indiqués"),
        ("Impôt estimé", ui.eur(card.tax_eur) if card.tax_eur is not None else "n.c.",
         f"sur un gain de {ui.eur(card.gain_eur)}" if card.gain_eur is not None else ""),
    ]
)  # fmt: skip
if card.tax_note:
    ui.note(card.tax_note)
if not card.sold_eur:
    ui.empty(
        "Rien à arbitrer : aucune ligne mobile ne sort de sa tolérance.",
        "Les lignes qui s'écartent sans pouvoir bouger disent pourquoi dans leur remarque.",
    )

ui.section("Lignes", "montants indicatifs : le partenaire exécute aux cours du jour de l'ordre")
ui.table(
    ctx, card.lines.with_columns(pl.col("share") * 100), LINES,
    key=f"proposal_{card.id}_{card.version}", id="instrument_id",
    open="/support?support={instrument_id}", noun="lignes", export="proposition-arbitrage",
    export_needs=Permission.PORTFOLIO_EXPORT,
)  # fmt: skip
for said in card.notes:
    ui.note(said)
if card.by_solver:
    ui.note("Répartition choisie par optimisation, pour respecter les minimums demandés.")

ui.section("Avant et après", "poids par classe d'actifs")
classes = card.by_class().with_columns(label=pl.col("asset_class").replace(market.ASSET_CLASSES))
ui.chart(
    ctx, charts.before_after(classes, "label", "weight_before", "weight_after", theme=ui.theme()),
    classes, CLASSES, key=f"proposal_classes_{card.id}_{card.version}",
    alt="Poids de chaque classe d'actifs avant et après l'arbitrage.",
)  # fmt: skip
proposed_audit(ctx, card)
