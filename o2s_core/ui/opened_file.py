"""Which file a page of the client's rubriques is about, and the scope that is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st

from o2s_core import contacts, portfolio
from o2s_core.contacts import ContactCard, Scope
from o2s_core.kernel.context import Context
from o2s_core.kernel.errors import InvalidInputError
from o2s_core.portfolio import AccountCard
from o2s_core.ui.navigation import link

OWN: Final = "dossier"


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The file named by the address: a contact, or a named group."""

    file: ContactCard | Scope
    scopes: Mapping[str, str]  #: key of a scope -> what it is called, the file's own first

    @property
    def contact_ids(self) -> tuple[int, ...]:
        """Return whom a new account of this file is for: the contact, or nobody yet."""
        if isinstance(self.file, Scope) or self.file.form.kind == "household":
            return ()
        return (self.file.id,)

    def link(self, url: str, **query: object) -> str:
        """Return the address of another page about the same file."""
        if isinstance(self.file, ContactCard):
            return link(url, contact=self.file.file_code, **query)
        return link(url, groupe=self.file.id, **query)


def opened_file(ctx: Context) -> OpenedFile:
    """Return the file that the address names (`?contact=` or `?groupe=`).

    Raises
    ------
    InvalidInputError
        The address names none.
    NotFoundError
        It does not exist, or not for this user.
    """
    if group := st.query_params.get("groupe"):
        file = contacts.scope(ctx, "group", int(group) if group.isdecimal() else 0)
        return OpenedFile(file, {OWN: file.name})
    code = st.query_params.get("contact")
    if not code:
        raise InvalidInputError("Aucun dossier n'est ouvert : choisissez-en un dans Contacts.")
    card = contacts.contact(ctx, code)
    if card.form.kind == "household":
        people = contacts.members(ctx, card.id)
        members = {f"personne-{m.contact.file_code}": m.name for m in people if m.contact}
        return OpenedFile(card, {OWN: "Foyer"} | members)
    own = {OWN: card.name}
    homes = {f"foyer-{home.file_code}": home.name for home in card.households}
    groups = {f"groupe-{group.id}": group.name for group in contacts.groups_of(ctx, card.id)}
    return OpenedFile(card, own | homes | groups)


def chosen_scope(ctx: Context, opened: OpenedFile) -> Scope:
    """Show the scopes of a file (dossier, foyer, regroupement); return the one that is looked at.

    The address keeps the choice (`?perimetre=`), so that a link shows the same figures.
    """
    asked = st.query_params.get("perimetre", OWN)
    keys = list(opened.scopes)
    chosen = asked if asked in opened.scopes else OWN
    if len(keys) > 1:
        chosen = (
            st.segmented_control(
                "Périmètre",
                keys,
                default=chosen,
                format_func=lambda key: opened.scopes[key],
                key=f"scope_{_identity(opened)}",
                label_visibility="collapsed",
                required=True,
            )
            or OWN
        )
    if chosen != asked:
        st.query_params["perimetre"] = chosen
    return _scope(ctx, opened, chosen)


def _identity(opened: OpenedFile) -> str:
    file = opened.file
    return f"c{file.id}" if isinstance(file, ContactCard) else f"g{file.id}"


def _scope(ctx: Context, opened: OpenedFile, chosen: str) -> Scope:
    kind, _, reference = chosen.partition("-")
    if isinstance(opened.file, Scope):
        return opened.file
    if kind == "personne":
        return contacts.scope(ctx, "contact", reference)
    if kind == "foyer":
        return contacts.scope(ctx, "household", reference)
    if kind == "groupe":
        return contacts.scope(ctx, "group", int(reference))
    return contacts.scope(ctx, "contact", opened.file.file_code)


def opened_account(ctx: Context) -> AccountCard:
    """Return the account that the address names (`?compte=`)."""
    number = st.query_params.get("compte", "")
    if not number.isdecimal():
        raise InvalidInputError("Aucun compte n'est ouvert : choisissez-en un dans un dossier.")
    return portfolio.account(ctx, int(number))
