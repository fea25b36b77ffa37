"""Services › Agrégation › Comptes à rattacher: who owns what nobody knows."""

import streamlit as st

from o2s_core import aggregation, portfolio, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.attach_windows import attach_account
from o2s_core.ui.delivery_windows import deposit

ctx = ui.page("Comptes à rattacher", needs=Permission.FEED_ATTACH)

LISTED = [
    ui.Column("holder", "Titulaire dans le fichier", sub="label", missing="Non dit", width=150),
    ui.Column("external_id", "N° dans le fichier", missing="Sans numéro"),
    ui.Column("partner", "Partenaire", wide=True),
    ui.Column("envelope", "Enveloppe", labels=portfolio.ENVELOPES, wide=True),
    ui.Column("total", "Valeur", "number"),
    ui.Column("currency", "Devise", wide=True),
    ui.Column("as_of", "Situation au", "day", wide=True),
    ui.Column("lines", "Lignes", "integer", wide=True),
    ui.Column("movements", "Mouvements", "integer", wide=True),
    ui.Column("broker_code", "Code courtier", missing="—", wide=True),
    ui.Column("received_at", "Reçu le", "instant", wide=True),
    ui.Column(
        "file_name", "Fichier", link="/livraison?livraison={delivery_id}", width=180, wide=True
    ),
]

found = ui.cached(aggregation.accounts_to_attach)(ctx)
with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Nouveaux clients et portefeuilles à importer")
    st.space("stretch")
    if ctx.may(Permission.FEED_RECEIVE) and st.button(
        "Déposer un fichier", icon=":material/upload_file:"
    ):
        deposit()
pressed = ui.table(
    ctx,
    found,
    LISTED,
    key="to_attach",
    noun="comptes",
    actions=[ui.Action("attach", "Rattacher", "link")],
    export="comptes-a-rattacher",
    export_needs=Permission.FEED_EXPORT,
    empty="Aucun compte à rattacher : tout ce qui est arrivé a trouvé son titulaire.",
)
if pressed.action == "attach":
    attach_account(int(pressed.row))
ui.note(
    "Une proposition n'est jamais appliquée seule. Votre choix est retenu : les livraisons "
    "suivantes du même numéro vont au même compte."
)
