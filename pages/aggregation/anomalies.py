"""Services › Agrégation › Anomalies: what is wrong in the files, and what to do."""

import streamlit as st

from o2s_core import aggregation, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.delivery_windows import SEVERITY_TONES

ctx = ui.page("Anomalies", needs=Permission.FEED_READ)

LISTED = [
    ui.Column("file_name", "Fichier", sub="locator", width=200),
    ui.Column("severity", "Gravité", "badge", labels=aggregation.SEVERITIES, tones=SEVERITY_TONES),
    ui.Column("code", "Code"),
    ui.Column("external_id", "Compte", missing="Tout le fichier"),
    ui.Column("raw", "Valeur lue"),
    ui.Column("message", "Ce qui ne va pas, et que faire", sub="decision", width=380, below=True),
    ui.Column("received_at", "Reçu le", "instant"),
]

with st.container(horizontal=True, vertical_alignment="center"):
    severity = st.segmented_control(
        "Gravité",
        list(aggregation.SEVERITIES),
        format_func=aggregation.SEVERITIES.__getitem__,
        key="anomalies_severity",
        label_visibility="collapsed",
    )
    everything = st.toggle("Avec celles déjà décidées", key="anomalies_all")
found = ui.cached(aggregation.anomalies)(
    ctx, open_only=not everything, severity=str(severity or "")
)
counts = aggregation.severities(found)
ui.figures([(label, ui.number(counts[code], 0)) for code, label in aggregation.SEVERITIES.items()])
ui.table(
    ctx,
    found,
    LISTED,
    key="anomalies",
    open="/livraison?livraison={delivery_id}",
    noun="anomalies",
    export="anomalies",
    export_needs=Permission.FEED_EXPORT,
    empty="Aucune anomalie à traiter.",
)
