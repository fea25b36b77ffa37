"""Services › Agrégation › Livraisons: every file received, and what it became."""

import streamlit as st

from o2s_core import aggregation, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.delivery_windows import TONES, deposit

ctx = ui.page("Livraisons", needs=Permission.FEED_READ)

VIEWS = {
    "Toutes": (),
    "À traiter": ("partly_committed", "quarantined"),
    "Validées": ("committed",),
    "Rejetées": ("rejected",),
    "Doublons et annulées": ("duplicate", "cancelled", "superseded"),
}
LISTED = [
    ui.Column("file_name", "Fichier", sub="message", width=150),
    ui.Column("received_at", "Reçu le", "instant"),
    ui.Column("state", "État", "badge", labels=aggregation.DELIVERY_STATES, tones=TONES),
    ui.Column("feed", "Flux", missing="Non reconnu", wide=True),
    ui.Column("partner", "Partenaire", hidden=True),
    ui.Column("format", "Format", hidden=True),
    ui.Column("as_of", "Données au", "day", wide=True),
    ui.Column("accounts", "Comptes", "integer", total=True, wide=True),
    ui.Column("waiting", "En attente", "integer", total=True, wide=True),
    ui.Column("situations_new", "Situations", "integer", total=True, wide=True),
    ui.Column("movements_new", "Mouvements", "integer", total=True, wide=True),
    ui.Column("errors", "Lignes en erreur", "integer", total=True, wide=True),
]
UNDER_WAY = [
    ui.Column("file_name", "Fichier"),
    ui.Column("state", "État"),
    ui.Column("progress", "Avancement", "progress"),
    ui.Column("message", "Message", width=240),
]


@st.fragment(run_every=5)
def show_under_way() -> None:
    """Show the large files that the worker is reading."""
    with ui.errors():
        uploads = aggregation.uploads_under_way(ui.context())
        if not uploads.is_empty():
            ui.section("Lecture en arrière-plan")
            ui.table(ui.context(), uploads, UNDER_WAY, key="uploads", noun="fichiers", tools=False)


with st.container(horizontal=True, vertical_alignment="center"):
    view = st.segmented_control(
        "Vue", list(VIEWS), default="Toutes", required=True, key="deliveries_view",
        label_visibility="collapsed",
    )  # fmt: skip
    st.space("stretch")
    if ctx.may(Permission.FEED_RECEIVE) and st.button(
        "Déposer un fichier", icon=":material/upload_file:", type="primary"
    ):
        deposit()
show_under_way()
wanted = aggregation.DeliveryFilter(
    states=VIEWS[str(view or "Toutes")], feed=st.query_params.get("flux", "")
)
if wanted.feed and st.button("Tous les flux", icon=":material/filter_alt_off:", type="tertiary"):
    ui.go(ui.link("livraisons"))
ui.table(
    ctx,
    ui.cached(aggregation.deliveries)(ctx, wanted),
    LISTED,
    key=f"deliveries_{wanted.feed}",
    open="/livraison?livraison={id}",
    noun="livraisons",
    export="livraisons",
    export_needs=Permission.FEED_EXPORT,
    empty="Aucune livraison : déposez un fichier, ou placez-le dans le dossier de réception.",
)
