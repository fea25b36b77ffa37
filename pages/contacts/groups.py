"""Contacts › Foyers et regroupements: who is looked at together."""

import streamlit as st

from o2s_core import contacts, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.gatherings import edit_group
from o2s_core.ui.new_contact import new_contact

ctx = ui.page("Foyers et regroupements", needs=Permission.CONTACT_READ)

HOUSEHOLDS = [
    ui.Column("name", "Foyer", width=220),
    ui.Column("file_code", "Dossier"),
    ui.Column("members", "Membres", "integer"),
    ui.Column("people", "Composition", width=320),
    ui.Column("adviser", "Conseiller", width=140),
]
GROUPS = [
    ui.Column("name", "Regroupement", width=220),
    ui.Column("members", "Membres", "integer"),
    ui.Column("people", "Composition", width=320),
    ui.Column("adviser", "Conseiller", width=140),
    ui.Column("updated_at", "Modifié le", "instant"),
]
may_write = ctx.may(Permission.CONTACT_WRITE)
homes = ui.cached(contacts.households)(ctx)
groups = ui.cached(contacts.groups)(ctx)

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Foyers", "les membres d'un même toit, comptés une fois")
    st.space("stretch")
    if may_write and st.button("Nouveau foyer", icon=":material/add_home:"):
        new_contact("household")
ui.table(
    ctx,
    homes,
    HOUSEHOLDS,
    key="households",
    open="/dossier-general?contact={file_code}",
    noun="foyers",
    page_size=20,
    export="foyers",
    export_needs=Permission.CONTACT_EXPORT,
    empty="Aucun foyer : créez-en un pour voir les avoirs d'une famille ensemble.",
)

with st.container(horizontal=True, vertical_alignment="center"):
    ui.section("Regroupements", "au-delà du foyer : famille élargie, holding, SCI")
    st.space("stretch")
    if may_write and st.button("Nouveau regroupement", icon=":material/group_add:"):
        edit_group()
ui.table(
    ctx,
    groups,
    GROUPS,
    key="groups",
    open="/dossier-general?groupe={id}",
    noun="regroupements",
    page_size=20,
    export="regroupements",
    export_needs=Permission.CONTACT_EXPORT,
    empty="Aucun regroupement : réunissez par exemple des parents, leurs enfants et leur SCI.",
)
