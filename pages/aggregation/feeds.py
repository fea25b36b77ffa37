"""Services › Agrégation › Flux: who sends what, how often, and who is late."""

import streamlit as st

from o2s_core import aggregation, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.alert_windows import show_alerts
from o2s_core.ui.feed_windows import FEED_TONES, declare_feed, edit_feed

ctx = ui.page("Flux", needs=Permission.FEED_READ)

LISTED = [
    ui.Column("partner", "Partenaire", sub="label", width=180),
    ui.Column("state", "État", "badge", labels=aggregation.FEED_STATES, tones=FEED_TONES),
    ui.Column("expected_on", "Prochain attendu", "day", missing="—"),
    ui.Column("last_received_at", "Dernier fichier", "instant", missing="Aucun"),
    ui.Column("last_as_of", "Données au", "day", missing="—", wide=True),
    ui.Column("frequency", "Fréquence", labels=aggregation.FREQUENCIES, wide=True),
    ui.Column("grace_days", "Grâce (j. ouvrés)", "integer", wide=True),
    ui.Column("format", "Format", wide=True),
    ui.Column("code", "Code", hidden=True),
    ui.Column("deliveries", "Livraisons", "integer", total=True, wide=True),
]

found = ui.cached(aggregation.declared_feeds)(ctx)
counts = aggregation.feeds_by_state(found)
ui.figures([(label, ui.number(counts[code], 0)) for code, label in aggregation.FEED_STATES.items()])
show_alerts(ctx)
with st.container(horizontal=True, vertical_alignment="bottom"):
    ui.section("Flux")
    state = st.segmented_control(
        "État",
        list(aggregation.FEED_STATES),
        format_func=aggregation.FEED_STATES.__getitem__,
        key="feeds_state",
        label_visibility="collapsed",
    )
    partner = st.selectbox(
        "Partenaire",
        sorted(set(found["partner"])),
        index=None,
        placeholder="Tous les partenaires",
        key="feeds_partner",
        label_visibility="collapsed",
        width=240,
    )
    st.space("stretch")
    if ctx.may(Permission.FEED_WRITE) and st.button(
        "Déclarer un flux", icon=":material/add:", type="primary"
    ):
        declare_feed()
shown = aggregation.feeds_matching(found, state=str(state or ""), partner=str(partner or ""))
pressed = ui.table(
    ctx,
    shown,
    LISTED,
    key="feeds",
    open="/livraisons?flux={code}",
    noun="flux",
    actions=[ui.Action("edit", "Ouvrir la fiche", "tune")],
    export="flux",
    export_needs=Permission.FEED_EXPORT,
    empty="Aucun flux : déposez un premier fichier, ou déclarez ce qu'un partenaire va envoyer.",
)
if pressed.action == "edit":
    edit_feed(int(pressed.row))
ui.note(
    "Attendu : jour ouvré français suivant le dernier fichier, selon la fréquence. En retard : "
    "les jours de grâce du flux sont passés."
)
