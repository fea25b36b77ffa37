"""Administration › Journal d'audit: who did what and when, and whether the trail is whole."""

import streamlit as st

from o2s_core import administration, store, ui
from o2s_core.kernel.permissions import Permission
from o2s_core.store import AuditFilter

ctx = ui.page("Journal d'audit", needs=Permission.AUDIT_READ)

COLUMNS = [
    ui.Column("seq", "Ligne", "integer"),
    ui.Column("at", "Le", "instant", width=130),
    ui.Column("actor", "Par", width=110),
    ui.Column("action", "Action", labels=administration.ACTIONS, width=170),
    ui.Column("entity", "Objet", labels=administration.ENTITIES, width=130),
    ui.Column("entity_id", "Réf.", width=80),
    ui.Column("subject_id", "Contact", "integer", hidden=True),
    ui.Column("fields", "Champs", width=180, hidden=True),
    ui.Column("detail", "Détail", width=380),
]
offered = administration.audit_choices(ctx)
with st.container(horizontal=True, vertical_alignment="bottom", key="journal_filters"):
    days = st.date_input("Période", value=[], format="DD/MM/YYYY", key="journal_days", width=240)
    actor = st.selectbox(
        "Par", offered["actors"], index=None, placeholder="Tous", key="journal_actor", width=170
    )
    action = st.selectbox(
        "Action",
        list(offered["actions"]),
        index=None,
        format_func=offered["actions"].__getitem__,
        placeholder="Toutes",
        key="journal_action",
        width=230,
    )
    entity = st.selectbox(
        "Objet",
        list(offered["entities"]),
        index=None,
        format_func=offered["entities"].__getitem__,
        placeholder="Tous",
        key="journal_entity",
        width=190,
    )
    st.space("stretch")
    check = st.button("Vérifier le chaînage", icon=":material/link:")
period = days if isinstance(days, tuple) else (days,)
wanted = AuditFilter(
    start=period[0] if period else None,
    end=period[-1] if period else None,
    actor=actor,
    action=action,
    entity=entity,
)
if check:
    with ui.errors():
        state = store.verify_audit(ctx)
        (st.success if state.ok else st.error)(state.message)
found, total = administration.audit_log(ctx, wanted)
ui.table(
    ctx, found, COLUMNS, key="journal", id="seq", noun="lignes", page_size=20, tools=True,
    empty="Aucune ligne ne correspond.",
)  # fmt: skip
with st.container(horizontal=True, vertical_alignment="center"):
    if total > found.height:
        shown = ui.number(found.height, 0)
        ui.note(f"Les {shown} dernières lignes sont affichées, sur {ui.number(total, 0)}.")
    if ctx.may(Permission.AUDIT_EXPORT) and st.button("Exporter tout", type="tertiary"):
        with ui.errors():
            ticket = administration.export_audit_log(ctx, wanted)
            st.link_button("Télécharger le journal (une fois, 1 minute)", f"/dl/{ticket}")
