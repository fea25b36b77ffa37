"""Contacts › Dossier › Général: who this person, company, household or group is."""

import streamlit as st

from o2s_core import contacts, portfolio, ui
from o2s_core.contacts import ContactForm, vocabulary
from o2s_core.kernel.permissions import Permission
from o2s_core.ui.contact_moves import archive_or_restore, change_adviser, delete_contact
from o2s_core.ui.gatherings import delete_group, edit_group, edit_household

ctx = ui.page("Général", needs=Permission.CONTACT_READ)

HISTORY = [
    ui.Column("at", "Le", "instant"),
    ui.Column("actor", "Par"),
    ui.Column("action", "Action"),
    ui.Column("field", "Rubrique"),
    ui.Column("before", "Avant", width=160),
    ui.Column("after", "Après", width=160),
]

MEMBERS = [
    ui.Column("name", "Nom", width=220, sub="outside"),
    ui.Column("file_code", "Dossier"),
    ui.Column("kind", "Nature", labels=vocabulary.KINDS),
    ui.Column("stage", "Type", "badge", labels=vocabulary.STAGES),
    ui.Column("birth_year", "Année de naissance"),
]
RELATED = [
    ui.Column("name", "Nom"),
    ui.Column("relation", "Relation"),
]
NEAR = [
    ui.Column("name", "Nom", sub="outside"),
    ui.Column("role", "Rôle", labels=vocabulary.ROLES),
]


def show_group(group_id: int) -> None:
    """Show a named group: its members, each with the way to their file."""
    card = contacts.group(ctx, group_id)
    scope = contacts.scope(ctx, "group", group_id)
    ui.file_header(ctx, scope, badges=[("Regroupement", "quiet")])
    with st.container(horizontal=True, vertical_alignment="center"):
        ui.section("Membres", f"suivi par {card.adviser}" if card.adviser else "")
        st.space("stretch")
        if ctx.may(Permission.CONTACT_WRITE) and st.button("Modifier", icon=":material/edit:"):
            edit_group(card)
        if ctx.may(Permission.CONTACT_DELETE) and st.button("Supprimer", icon=":material/delete:"):
            delete_group(card)
    show_members(card.members, MEMBERS, key=f"group_members_{group_id}")
    show_portfolio(scope, groupe=group_id)


def show_members(
    people: tuple[contacts.Member, ...], columns: list[ui.Column], *, key: str
) -> None:
    """Show people with the way to their file; those outside the perimeter by their name."""
    ui.table(
        ctx,
        contacts.member_table(people),
        columns,
        key=key,
        open="/dossier-general?contact={file_code}",
        noun="membres",
        empty="Aucun membre.",
    )


def show_actions(card: contacts.ContactCard) -> None:
    """Offer what can be done to the file as a whole."""
    with st.popover("Actions", icon=":material/more_vert:", type="tertiary"):
        may_sign = ctx.may(Permission.CONTACT_WRITE) and card.stage == "prospect"
        if may_sign and st.button("Passer en client"):
            with ui.saving(f"contact_{card.id}", "Le prospect est devenu client."):
                contacts.change_stage(ctx, card.id, "client", card.version)
        if ctx.may(Permission.CONTACT_REASSIGN) and st.button("Changer de conseiller…"):
            change_adviser((card.id,))
        if ctx.may(Permission.CONTACT_WRITE):
            away = card.archived_at is None
            if st.button("Archiver…" if away else "Restaurer…"):
                archive_or_restore((card.id,), away=away)
        if ctx.may(Permission.CONTACT_DELETE) and st.button("Supprimer…"):
            delete_contact(card)


def show_identity(card: contacts.ContactCard) -> None:
    """Show the form of the file; what is mandatory at its stage is on a coloured ground."""
    key = f"contact_{card.id}"
    partial = bool(card.missing) and st.toggle(
        "Dossier incomplet : les informations obligatoires manquantes seront renseignées plus tard",
        key=f"{key}_partial",
    )
    values = ui.form(
        contacts.file_schema(ctx, card, incomplete=partial),
        key=key,
        defaults=card.form.typed(),
        version=card.version,
        columns=3,
    )
    if values is not None:
        typed = ContactForm.of(values, card.form)
        seen_version = ui.opened_version(key)
        with ui.saving(key, "Dossier enregistré."):
            contacts.edit_contact(ctx, card.id, typed, seen_version, incomplete=partial)


def show_aside(card: contacts.ContactCard) -> None:
    """Show what surrounds the identity: completeness, household, groups, accounts."""
    show_actions(card)
    show_portfolio(contacts.scope(ctx, "contact", card.file_code), contact=card.file_code)
    if card.missing:
        ui.section("À compléter", ui.percent(card.completeness, 0))
        st.progress(card.completeness)
        ui.note(", ".join(card.missing))
    if card.kind == "household":
        show_household(card.id, "Membres")
    for home in card.households:
        show_household(home.id, home.name)
    show_groups(contacts.groups_of(ctx, card.id))
    show_relations(card.id)


def show_relations(contact_id: int) -> None:
    """Show who is who for the contact, each with the way to their file."""
    related = contacts.relations(ctx, contact_id)
    if related.is_empty():
        return
    ui.section("Relations")
    ui.table(
        ctx,
        related,
        RELATED,
        key=f"relations_{contact_id}",
        open="/dossier-general?contact={file_code}",
        noun="relations",
        tools=False,
    )


def show_portfolio(scope: contacts.Scope, **file: object) -> None:
    """Show what a file is worth today, and the way to the lines and to the accounts."""
    if not ctx.may(Permission.PORTFOLIO_READ):
        return
    held = ui.cached(portfolio.holdings)(ctx, scope)
    ui.section("Portefeuille", f"valeur au {ui.day(held.on)}")
    ui.figures([("Avoirs", ui.eur(held.total_eur), ui.count(held.accounts.height, "contrat"))])
    with st.container(horizontal=True):
        if st.button("Voir la synthèse", icon=":material/donut_small:", type="tertiary"):
            ui.go(ui.link("portefeuille-synthese", **file))
        if st.button("Voir les comptes", icon=":material/account_balance:", type="tertiary"):
            ui.go(ui.link("portefeuille-comptes", **file))


def show_groups(groups: tuple[contacts.GroupRef, ...]) -> None:
    """Show the named groups the contact belongs to, each with the way to it."""
    if groups:
        ui.section("Regroupements")
    for group in groups:
        if st.button(group.name, type="tertiary", key=f"group_{group.id}"):
            ui.go(ui.link("dossier-general", groupe=group.id))


def show_household(household_id: int, title: str) -> None:
    """Show a household with its members, and the way to change it."""
    ui.section(title, "foyer")
    people = contacts.members(ctx, household_id)
    show_members(people, NEAR, key=f"members_{household_id}")
    if ctx.may(Permission.CONTACT_WRITE) and st.button(
        "Modifier le foyer", icon=":material/edit:", type="tertiary", key=f"home_{household_id}"
    ):
        edit_household(contacts.contact_by_id(ctx, household_id))


group_id = st.query_params.get("groupe", "")
code = st.query_params.get("contact", "")
if group_id.isdigit():
    show_group(int(group_id))
    st.stop()
if not code:
    ui.empty("Aucun dossier choisi.", "Ouvrez un contact depuis la liste.")
    st.stop()

card = contacts.contact(ctx, code)
share = f"Complet à {ui.percent(card.completeness, 0)}"
ui.file_header(ctx, card, badges=[(share, "warn")] if card.missing else [])
identity, aside = st.columns([3, 1], gap="large")
with aside:
    show_aside(card)
with identity:
    if ctx.may(Permission.CONTACT_WRITE):
        show_identity(card)
    else:
        schema = contacts.file_schema(ctx, card)
        ui.facts(contacts.readable_facts(card, schema))
    ui.section("Historique", "qui a changé quoi")
    ui.table(
        ctx,
        contacts.history(ctx, card.id),
        HISTORY,
        key=f"history_{card.id}",
        id="at",
        noun="modifications",
        page_size=10,
        empty="Aucune modification depuis la création.",
    )
