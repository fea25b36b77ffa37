"""Contacts: who my clients and prospects are, and the way to each file."""

import streamlit as st

from o2s_core import charts, contacts, portfolio, ui
from o2s_core.contacts import ContactFilter, vocabulary
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.contact_moves import archive_or_restore, change_adviser
from o2s_core.ui.new_contact import new_contact

ctx = ui.page("Contacts", needs=Permission.CONTACT_READ)
seen = ui.cached(contacts.overview)(ctx)

TONES = {"client": "good", "prospect": "info", "former": "quiet", "partner": "quiet"}
COLUMNS = [
    ui.Column("name", "Nom", width=130),
    ui.Column("first_name", "Prénom", width=110),
    ui.Column("file_code", "Dossier", wide=True),
    ui.Column("stage", "Type", "badge", labels=vocabulary.STAGES, tones=TONES, wide=True),
    ui.Column("kind", "Nature", labels=vocabulary.KINDS, hidden=True),
    ui.Column("household", "Foyer", width=130, wide=True),
    ui.Column("adviser", "Conseiller", width=130, wide=True),
    ui.Column("segment", "Segment", wide=True),
    ui.Column("value_eur", "Encours", "eur", decimals=0, total=True),
    ui.Column("age", "Âge", "integer", wide=True),
    ui.Column("phone", "Téléphone", width=130),
    ui.Column("email", "E-mail", width=180, wide=True),
    ui.Column("birth_date", "Né(e) le", "day", hidden=True),
    ui.Column("client_number", "Numéro client", hidden=True),
    ui.Column("created_at", "Créé le", "instant", hidden=True),
    ui.Column("updated_at", "Modifié le", "instant", hidden=True),
]
SHARES = [ui.Column("label", "Libellé"), ui.Column("contacts", "Contacts", "integer", total=True)]


def remember() -> None:
    """Keep what the list is narrowed to in the address, so that it can be shared."""
    st.query_params["vue"] = st.session_state["contacts_view"]


def counted(view: str) -> str:
    """Return the label of a view with how many contacts it holds."""
    return f"{contacts.VIEWS[view]}\u00a0{ui.number(seen.counters[view], 0)}"


ui.figures(
    [
        ("Contacts suivis", ui.number(seen.total, 0), "personnes et sociétés"),
        ("Clients", ui.number(seen.counters["client"], 0)),
        ("Prospects", ui.number(seen.counters["prospect"], 0)),
        ("Nouveaux", ui.number(seen.new, 0), f"en {contacts.NEW_DAYS} jours"),
        ("Dossiers à compléter", ui.number(seen.counters["incomplete"], 0)),
    ]
)

with st.container(horizontal=True, vertical_alignment="bottom"):
    asked = st.query_params.get("vue", "all")
    view = st.segmented_control(
        "Afficher",
        list(contacts.VIEWS),
        default=asked if asked in contacts.VIEWS else "all",
        required=True,
        format_func=counted,
        key="contacts_view",
        label_visibility="collapsed",
        on_change=remember,
    )
    st.space("stretch")
    advisers = contacts.adviser_choices(ctx)
    adviser = None
    if len(advisers) > 1:
        adviser = st.selectbox(
            "Conseiller",
            list(advisers),
            index=None,
            format_func=advisers.__getitem__,
            placeholder="Tous les conseillers",
            label_visibility="collapsed",
            key="contacts_adviser",
            width=220,
        )
    if ctx.may(Permission.CONTACT_WRITE) and st.button(
        "Ajouter", type="primary", icon=":material/person_add:"
    ):
        new_contact()

found = ui.cached(contacts.contact_list)(
    ctx, ContactFilter(view=str(view), adviser_id=int(adviser) if adviser else None)
)
rows, columns = found.rows, [c for c in COLUMNS if c.name != "value_eur"]
if ctx.may(Permission.PORTFOLIO_READ):
    owned = ui.cached(portfolio.assets_by_contact)(ctx)
    rows, columns = rows.join(owned, left_on="id", right_on="contact_id", how="left"), COLUMNS
answer = ui.table(
    ctx,
    rows,
    columns,
    key=f"contacts_{view}",
    open="/dossier-general?contact={file_code}",
    noun="contacts",
    select=ctx.may(Permission.CONTACT_WRITE),
    export="contacts",
    export_needs=Permission.CONTACT_EXPORT,
    page_size=20,
    empty="Aucun contact ici. Ajoutez un premier contact avec « Ajouter ».",
)
if answer.selected:
    ids = tuple(int(i) for i in answer.selected)
    with st.container(horizontal=True, vertical_alignment="center"):
        ui.note(ui.count(len(ids), "contact sélectionné", "contacts sélectionnés"))
        if ctx.may(Permission.CONTACT_REASSIGN) and st.button("Changer de conseiller"):
            change_adviser(ids)
        if st.button("Restaurer" if view == "archived" else "Archiver"):
            archive_or_restore(ids, away=view != "archived")

ages, shares = st.columns([3, 2])
with ages:
    ui.section("Âge des personnes", "au jour de consultation")
    ui.chart(
        ctx,
        charts.bars(seen.by_age, "label", "contacts", theme=ui.theme(), unit="", row_height=26),
        seen.by_age,
        SHARES,
        key="contacts_ages",
        alt="Nombre de personnes par tranche d'âge.",
    )
with shares:
    by_adviser = seen.by_adviser.height > 1
    split, title = (
        (seen.by_adviser, "Par conseiller") if by_adviser else (seen.by_stage, "Par type")
    )
    ui.section(title, "personnes et sociétés")
    ui.chart(
        ctx,
        charts.donut(split, "label", "contacts", theme=ui.theme(), unit=""),
        split,
        SHARES,
        key="contacts_shares",
        alt=f"Répartition des contacts {title.lower()}.",
    )
