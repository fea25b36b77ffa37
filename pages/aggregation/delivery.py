"""Services › Agrégation › Livraison: what one file said, and what became of each account."""

import streamlit as st

from o2s_core import aggregation, portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.account_view import SEE, STATES, situation_window
from o2s_core.ui.account_view import TONES as STATE_TONES
from o2s_core.ui.attach_windows import attach_account
from o2s_core.ui.delivery_windows import (
    SEVERITY_TONES,
    TONES,
    accept_account,
    accept_fund,
    asked_delivery,
    cancel_delivery,
    reject_account,
    reject_fund,
    remap_delivery,
)

ctx = ui.page("Livraison", needs=Permission.FEED_READ)
delivery_id = asked_delivery()
card = ui.cached(aggregation.delivery)(ctx, delivery_id)

CHANNELS = {
    "cli": "ligne de commande",
    "upload": "écran",
    "inbox": "dossier de réception",
    "sftp": "collecte SFTP",
}
ACCOUNTS = [
    ui.Column("external_id", "N° dans le fichier", sub="holder", missing="Sans numéro", width=180),
    ui.Column("state", "État", "badge", labels=aggregation.ACCOUNT_STATES, tones=TONES),
    ui.Column("account", "Compte", link="/compte?compte={account_id}", missing="—"),
    ui.Column("partner", "Partenaire", wide=True),
    ui.Column("as_of", "Situation au", "day"),
    ui.Column("total", "Valeur", "number"),
    ui.Column("currency", "Devise"),
    ui.Column("lines", "Lignes", "integer", total=True),
    ui.Column("movements", "Mouvements", "integer", total=True),
    ui.Column("reason", "Motif", hidden=True),
]
FUNDS = [
    ui.Column("fund", "Code dans le fichier", sub="label", width=180),
    ui.Column("state", "État", "badge", labels=aggregation.ACCOUNT_STATES, tones=TONES),
    ui.Column("instrument", "Support", link="/support?support={instrument_id}", missing="—"),
    ui.Column("as_of", "Données au", "day"),
    ui.Column("facts", "Données", "integer", total=True),
    ui.Column("lines", "Lignes", "integer", total=True, wide=True),
    ui.Column("locator", "Emplacement", wide=True),
    ui.Column("reason", "Motif", wide=True, width=200),
]
SITUATIONS = [
    ui.Column("account", "Compte", link="/compte?compte={account_id}"),
    ui.Column("as_of", "Situation du", "day"),
    ui.Column("revision", "Version", "integer"),
    ui.Column("state", "État", "badge", labels=STATES, tones=STATE_TONES),
    ui.Column("late", "Tardive", "yes_no"),
    ui.Column("added", "Lignes ajoutées", "integer"),
    ui.Column("removed", "retirées", "integer"),
    ui.Column("changed", "modifiées", "integer"),
]
ANOMALIES = [
    ui.Column("severity", "Gravité", "badge", labels=aggregation.SEVERITIES, tones=SEVERITY_TONES),
    ui.Column("code", "Code"),
    ui.Column("external_id", "Compte ou support", missing="Tout le fichier"),
    ui.Column("locator", "Emplacement"),
    ui.Column("raw", "Valeur lue"),
    ui.Column("message", "Ce qui ne va pas, et que faire", sub="decision", width=340, below=True),
]
STEPS = [
    ui.Column("state", "État", "badge", labels=aggregation.DELIVERY_STATES, tones=TONES),
    ui.Column("at", "Le", "instant"),
    ui.Column("actor", "Par"),
]
RAW = [ui.Column("locator", "Emplacement"), ui.Column("cells", "Contenu de la ligne", width=600)]

ui.section(card.file_name, f"{aggregation.DELIVERY_STATES[card.state]}. {card.message}")
ui.figures(
    [
        ("Lignes lues", ui.number(card.counts["rows"], 0)),
        ("Retenues", ui.number(card.counts["mapped"], 0)),
        ("Ignorées", ui.number(card.counts["ignored"], 0), "par une règle"),
        ("En erreur", ui.number(card.counts["errors"], 0)),
        ("Situations", ui.number(card.counts["situations_new"], 0), "nouvelles"),
        ("Mouvements", ui.number(card.counts["movements_new"], 0), "nouveaux"),
        ("Supports", ui.number(card.counts["instruments_created"], 0), "créés"),
    ]
)
may_cancel = card.may_cancel and ctx.may(Permission.FEED_CANCEL)
may_retry = card.may_retry and ctx.may(Permission.FEED_RECEIVE)
may_remap = may_cancel and bool(card.mapping_code)
with st.container(horizontal=True):
    if may_cancel and st.button("Annuler la livraison", icon=":material/undo:"):
        cancel_delivery(delivery_id)
    if may_retry and st.button("Relire le fichier", icon=":material/refresh:"):
        with ui.saving(f"retry_{delivery_id}", "Fichier relu."):
            aggregation.retry(ctx, delivery_id)
    if may_remap and st.button("Relire avec une autre version", icon=":material/sync_alt:"):
        remap_delivery(delivery_id, card.mapping_code)
    if card.duplicate_of and st.button("Voir la première réception", icon=":material/history:"):
        ui.go(ui.link("livraison", livraison=card.duplicate_of))

if ctx.may(Permission.FEED_ATTACH) and not card.unknown.is_empty():
    ui.section("À rattacher", "à qui sont ces comptes ?")
    pressed = ui.table(
        ctx,
        card.unknown,
        ACCOUNTS,
        key=f"unknown_{delivery_id}",
        noun="comptes",
        actions=[ui.Action("attach", "Rattacher", "link")],
    )
    if pressed.action == "attach":
        attach_account(int(pressed.row))
if ctx.may(Permission.FEED_ACCEPT) and not card.stopped.is_empty():
    ui.section("En quarantaine", "rien de ces comptes n'est compté")
    pressed = ui.table(
        ctx,
        card.stopped,
        ACCOUNTS,
        key=f"stopped_{delivery_id}",
        noun="comptes",
        actions=[ui.Action("accept", "Accepter", "check"), ui.Action("reject", "Rejeter", "close")],
    )
    if pressed.action == "accept":
        accept_account(int(pressed.row))
    if pressed.action == "reject":
        reject_account(int(pressed.row))

if ctx.may(Permission.FEED_ACCEPT) and not card.stopped_funds.is_empty():
    ui.section("Supports en quarantaine", "rien de ces supports n'est retenu")
    pressed = ui.table(
        ctx,
        card.stopped_funds,
        FUNDS,
        key=f"stopped_funds_{delivery_id}",
        noun="supports",
        actions=[ui.Action("accept", "Accepter", "check"), ui.Action("reject", "Rejeter", "close")],
    )
    if pressed.action == "accept":
        accept_fund(int(pressed.row))
    if pressed.action == "reject":
        reject_fund(int(pressed.row))
if not card.funds.is_empty():
    ui.section("Supports", "décrits par leur société de gestion")
    ui.table(ctx, card.funds, FUNDS, key=f"funds_{delivery_id}", noun="supports")
else:
    ui.section("Comptes")
    ui.table(
        ctx,
        card.accounts,
        ACCOUNTS,
        key=f"accounts_{delivery_id}",
        noun="comptes",
        empty="Aucun compte de votre périmètre dans ce fichier.",
    )
if ctx.may(Permission.PORTFOLIO_READ):
    ui.section("Situations apportées", "nouvelles, corrigées ou tardives")
    pressed = ui.table(
        ctx,
        portfolio.delivered_situations(ctx, delivery_id),
        SITUATIONS,
        key=f"situations_{delivery_id}",
        noun="situations",
        actions=[SEE],
        empty="Aucune situation nouvelle.",
    )
    if pressed.action:
        situation_window(int(pressed.row))
ui.section("Anomalies")
ui.table(
    ctx,
    card.anomalies,
    ANOMALIES,
    key=f"anomalies_{delivery_id}",
    noun="anomalies",
    export="anomalies",
    export_needs=Permission.FEED_EXPORT,
    empty="Aucune anomalie.",
)
left, right = st.columns(2, gap="medium")
with left:
    ui.section("Origine")
    ui.facts(
        [
            ("Flux", card.feed),
            ("Partenaire", card.partner),
            ("Format", card.format_label),
            ("Correspondance", card.mapping),
            ("Données au", ui.day(card.as_of)),
            ("Reçue par", CHANNELS[card.channel]),
            ("Taille", f"{ui.number(card.size, 0)} octets"),
            ("Empreinte", f"{card.sha256[:16]}…"),
        ]
    )
with right:
    ui.section("Étapes")
    ui.table(ctx, card.steps, STEPS, key=f"steps_{delivery_id}", id="at", tools=False)
with st.expander(
    "Lignes du fichier, telles quelles", key=f"raw_{delivery_id}", on_change="rerun"
) as raw:
    if raw.open:
        ui.table(
            ctx,
            aggregation.raw_rows(ctx, delivery_id),
            RAW,
            key=f"rows_{delivery_id}",
            id="locator",
            noun="lignes",
            empty="Lignes réservées à qui voit tous les comptes du fichier.",
        )
