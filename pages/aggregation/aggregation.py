"""Services › Agrégation: what the partners send, what waits, and where to put a file."""

import streamlit as st

from o2s_core import aggregation, charts, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.alert_windows import show_alerts
from o2s_core.ui.delivery_windows import TONES, deposit
from o2s_core.ui.feed_windows import FEED_TONES

ctx = ui.page("Agrégation", needs=Permission.FEED_READ)
seen = ui.cached(aggregation.overview)(ctx)
waiting = seen.waiting
gaps = ui.cached(aggregation.breaks)(ctx)

PARTNERS = [
    ui.Column("partner", "Partenaire", sub="label", width=150),
    ui.Column("state", "État", "badge", labels=aggregation.FEED_STATES, tones=FEED_TONES),
    ui.Column("last_received_at", "Dernier fichier", "instant", missing="Aucun"),
    ui.Column("last_as_of", "Données au", "day", wide=True),
    ui.Column("expected_on", "Prochain attendu", "day", missing="—", wide=True),
    ui.Column("frequency", "Fréquence", wide=True),
    ui.Column("deliveries", "Livraisons", "integer", total=True),
]
LAST = [
    ui.Column("file_name", "Fichier", sub="message", width=160),
    ui.Column("received_at", "Reçu le", "instant"),
    ui.Column("state", "État", "badge", labels=aggregation.DELIVERY_STATES, tones=TONES),
    ui.Column("accounts", "Comptes", "integer", wide=True),
]
STATES = [
    ui.Column("label", "État"),
    ui.Column("deliveries", "Livraisons", "integer", total=True),
]

ui.figures(
    [
        ("Comptes à rattacher", ui.number(waiting.to_attach, 0), "à qui sont-ils ?"),
        ("En quarantaine", ui.number(waiting.quarantined, 0), "anomalies à lever"),
        ("Supports à compléter", ui.number(waiting.unknown_instruments, 0), "créés par un fichier"),
        ("Écarts ouverts", ui.number(gaps.height, 0), "chiffres qui se contredisent"),
        ("Flux en retard", ui.number(seen.late, 0)),
        ("Livraisons", ui.number(seen.received, 0), "sur 30 jours"),
    ]
)
may_receive = ctx.may(Permission.FEED_RECEIVE)
if may_receive and st.button("Déposer un fichier", icon=":material/upload_file:", type="primary"):
    deposit()

left, right = st.columns([3, 2], gap="medium")
with left:
    ui.section("Partenaires et flux", "dernier fichier reçu et prochain attendu")
    ui.table(
        ctx,
        seen.partners,
        PARTNERS,
        key="partners",
        id="code",
        open="/livraisons?flux={code}",
        noun="flux",
        empty="Aucun fichier reçu : déposez le premier, son flux se crée tout seul.",
    )
with right:
    ui.section("Livraisons par état", "30 derniers jours")
    ui.chart(
        ctx,
        charts.bars(seen.states, "label", "deliveries", theme=ui.theme(), unit=""),
        seen.states,
        STATES,
        key="deliveries_by_state",
        alt="Nombre de livraisons des 30 derniers jours par état",
    )
show_alerts(ctx)
ui.section("Derniers fichiers")
ui.table(
    ctx,
    ui.cached(aggregation.deliveries)(ctx).head(8),
    LAST,
    key="last_deliveries",
    open="/livraison?livraison={id}",
    noun="livraisons",
    tools=False,
    empty="Aucune livraison.",
)
